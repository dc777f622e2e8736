"""The arithmetic of the benchmarks: what is compared with what, and what a photo costs."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from benchmarks import cost, materials, peers, prices, report
from benchmarks.findings import Findings, Goal
from benchmarks.timing import Spread, interleave, ratio
from brain.explanation.gradcam import class_activation_maps
from brain.recognition.vgg import VGGFace
from tests import tiny

BARE = {"processor": "one", "date": "2026-01-02 03:04 UTC"}


def test_every_contender_runs_once_a_round_and_each_gets_to_be_first() -> None:
    order: list[str] = []
    contenders = {name: (lambda name=name: order.append(name)) for name in ("a", "b", "c")}
    seconds = interleave(contenders, rounds=3, warm_up=0)
    assert {name: len(many) for name, many in seconds.items()} == {"a": 3, "b": 3, "c": 3}
    assert sorted(order[::3]) == ["a", "b", "c"]


def test_a_ratio_is_taken_within_each_round() -> None:
    """Both slow down together in the second round; their medians' ratio would be 2.5."""
    seconds = {"slow": [4.0, 40.0, 2.0], "fast": [2.0, 20.0, 1.0]}
    assert ratio(seconds, "slow", "fast") == Spread(2.0, 2.0, 2.0)


@pytest.mark.parametrize(
    ("at_least", "value", "met"),
    [(True, 4.0, True), (True, 3.99, False), (False, 4.0, True), (False, 4.01, False), (True, None, None)],
)
def test_a_goal_is_met_up_to_its_bound(at_least: bool, value: float | None, met: bool | None) -> None:
    assert Goal("what", 4.0, at_least, "times", value).met is met


def test_a_contender_that_did_not_run_leaves_its_goal_open_and_says_so() -> None:
    findings = Findings(BARE, times={"maps": {"ours": [1.0]}})
    with findings.excusing("the peer"):
        raise ImportError("no such module")
    findings.compare("maps", "peer", "ours", "Peer against ours", at_least=4.0)
    (goal,) = findings.goals
    assert (goal.met, goal.note) == (None, "did not run: peer")
    text = "\n".join(report.page(findings))
    assert "not measured" in text
    assert "the peer: ImportError: no such module" in text


def test_a_missed_goal_stands_out(tmp_path: Path) -> None:
    findings = Findings(BARE, goals=[Goal("Speed", 4.0, True, "times", 3.0, 2.5, 3.5)])
    findings.write(tmp_path / "results.json")
    text = "\n".join(report.page(Findings.read(tmp_path / "results.json")))
    assert "| Speed | at least 4 times | 3.00 (2.50 to 3.50) | **no** |" in text
    assert "- Speed: 3.00 (2.50 to 3.50), wanted at least 4 times." in text


def test_the_peers_network_is_ours(network: VGGFace) -> None:
    x = torch.randn(2, 3, 28, 28)
    torch.testing.assert_close(peers.PlainVgg(network)(x), network(x))


def test_the_peers_network_yields_our_map_by_autograd(network: VGGFace) -> None:
    crop = np.random.default_rng(0).integers(0, 256, (64, 64, 3), dtype=np.uint8)
    model, label = peers.PlainVgg(network, only_last=True), 3
    kept: list[torch.Tensor] = []
    model.last.register_forward_hook(lambda _, __, output: kept.append(output))
    logits = model(network.preprocess(crop))
    (gradient,) = torch.autograd.grad(logits[0, label], kept[0])
    expected = torch.relu((gradient.mean((2, 3), keepdim=True) * kept[0]).sum(1))[0].detach().numpy()
    ours = class_activation_maps(network, network.forward_with_activations(crop), [label])[0]
    assert np.abs(ours - expected).max() <= 1e-5 * expected.max()


def test_deepfaces_weights_are_ours_as_convolutions() -> None:
    network = tiny.random_network()
    x = torch.relu(torch.randn(1, 8, 7, 7))
    weights = materials.as_convolutions(network)
    convolved = torch.nn.functional.conv2d(x, weights["fc6.weight"], weights["fc6.bias"]).flatten(1)
    torch.testing.assert_close(convolved, network.fc6(x.flatten(1)))


def function(**changes: object) -> cost.Function:
    measured = {
        1: {"loading": 2.0, "first": 0.5, "second": 0.2},
        2: {"loading": 1.5, "first": 0.3, "second": 0.12},
    }
    return replace(cost.Function("brain-mini", measured, around=0.05), **changes)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("memory", "seconds"), [(1769, 0.25), (3008, 0.25), (3538, 0.17), (10240, 0.17), (884.5, 0.45)]
)
def test_memory_buys_whole_processors_or_a_share_of_one(memory: int, seconds: float) -> None:
    assert function().warm(memory) == pytest.approx(seconds)


def test_a_cold_start_is_paid_from_the_start_of_python() -> None:
    assert function().cold(1769) == pytest.approx(2.55)


def test_a_thousand_invocations_cost_their_gigabyte_seconds_and_requests() -> None:
    dollars = cost.compute(2048, 0.5, prices.LAMBDA_X86)
    assert dollars == pytest.approx(1000 * (2 * 0.5 * 0.0000166667 + 0.20 / 1e6))
    assert cost.compute(2048, 0.5, prices.LAMBDA_ARM) < dollars


@pytest.mark.parametrize(
    ("rate", "seconds", "limits"),
    [
        (1, 0.25, "nothing"),
        (100, 0.25, "`MaxConcurrency`"),
        (600, 2.0, "`MaxConcurrency`, then account concurrency"),
        (
            20_000,
            0.25,
            "`MaxConcurrency`, then account concurrency, then queue pollers, then S3 writes per prefix",
        ),
    ],
)
def test_limits_are_met_in_their_order(rate: float, seconds: float, limits: str) -> None:
    met = cost.first_limit(rate, seconds)
    assert met == limits or met.startswith(f"{limits}, then")
