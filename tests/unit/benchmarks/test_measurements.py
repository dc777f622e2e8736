"""How contenders are timed and compared, and how goals are reported."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest

from benchmarks import report
from benchmarks.measurements import Goal, Measurements
from benchmarks.timing import Spread, interleave, ratio

MACHINE = {"processor": "some processor", "date": "2026-01-02 03:04 UTC"}


def test_every_contender_runs_once_per_round_and_each_runs_first_once() -> None:
    order: list[str] = []
    contenders = {name: partial(order.append, name) for name in ("a", "b", "c")}
    seconds = interleave(contenders, rounds=3, warm_up=0)
    assert {name: len(values) for name, values in seconds.items()} == {"a": 3, "b": 3, "c": 3}
    assert sorted(order[::3]) == ["a", "b", "c"]


def test_a_ratio_is_taken_within_each_round() -> None:
    """Both are slower in the second round; the ratio of their medians would be 2.5."""
    seconds = {"slow": [4.0, 40.0, 2.0], "fast": [2.0, 20.0, 1.0]}
    assert ratio(seconds, "slow", "fast") == Spread(2.0, 2.0, 2.0)


@pytest.mark.parametrize(
    ("at_least", "value", "met"),
    [(True, 4.0, True), (True, 3.99, False), (False, 4.0, True), (False, 4.01, False), (True, None, None)],
)
def test_a_goal_is_met_up_to_its_bound(at_least: bool, value: float | None, met: bool | None) -> None:
    assert Goal("what", 4.0, at_least, "times", value).met is met


def test_a_contender_that_did_not_run_leaves_its_goal_without_a_value() -> None:
    measurements = Measurements(MACHINE, times={"maps": {"ours": [1.0]}})
    with measurements.recording_failures("the peer"):
        raise ImportError("no such module")
    measurements.add_ratio(Goal("Peer against ours", 4.0, True, "times"), "maps", "peer", "ours")
    (goal,) = measurements.goals
    assert (goal.met, goal.note) == (None, "did not run: peer")
    text = "\n".join(report.page(measurements))
    assert "not measured" in text
    assert "the peer: ImportError: no such module" in text


def test_an_unmet_goal_is_listed(tmp_path: Path) -> None:
    measurements = Measurements(MACHINE, goals=[Goal("Speed", 4.0, True, "times", 3.0, 2.5, 3.5)])
    measurements.write(tmp_path / "results.json")
    text = "\n".join(report.page(Measurements.read(tmp_path / "results.json")))
    assert "| Speed | at least 4 times | 3.00 (2.50 to 3.50) | **no** |" in text
    assert "- Speed: 3.00 (2.50 to 3.50); the goal is at least 4 times." in text
