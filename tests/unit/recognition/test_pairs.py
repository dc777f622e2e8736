"""The probability that two photos show one person, and the network that knows one photo."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from brain.recognition.pair_network import DIFFERENT, SAME, pair_network, paired_activations
from brain.recognition.pairs import PAIRS, PairCalibration
from tests import tiny

CALIBRATION = PairCalibration(slope=20.0, intercept=-15.0, source="made up")


def test_a_calibration_survives_the_round_trip(tmp_path: Path) -> None:
    CALIBRATION.save(tmp_path / PAIRS)
    assert PairCalibration.load(tmp_path / PAIRS) == CALIBRATION


def test_a_model_may_have_no_calibration(tmp_path: Path) -> None:
    assert PairCalibration.load(tmp_path / PAIRS) is None


@pytest.mark.parametrize(
    "text", ["", "[]", '{"slope": 1}', '{"slope": 1, "intercept": 2, "source": "", "x": 1}']
)
def test_what_is_no_calibration_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / PAIRS).write_text(text)
    with pytest.raises(ValueError):  # noqa: PT011
        PairCalibration.load(tmp_path / PAIRS)


def test_the_probability_rises_with_the_similarity_from_0_to_1() -> None:
    found = [CALIBRATION.probability(similarity) for similarity in np.linspace(-1, 1, 21)]
    assert found == sorted(found)
    assert CALIBRATION.probability(0.75) == 0.5
    assert PairCalibration(1e6, 0, "").probability(-1) == 0.0
    assert PairCalibration(1e6, 0, "").probability(1) == 1.0


def test_a_pair_network_gives_the_log_odds_of_either_answer() -> None:
    network = tiny.random_resnet(mirrored=True)
    rng = np.random.default_rng(0)
    first, second = (
        network.forward_with_activations(rng.integers(0, 256, (150, 150, 3)).astype(np.uint8))
        for _ in range(2)
    )
    descriptor = network.descriptor(second)
    paired = pair_network(network, descriptor, CALIBRATION)
    found = paired_activations(paired, first)
    cosine = float(network.descriptor(first) @ descriptor)
    assert float(found.logits[SAME]) == pytest.approx(20 * cosine - 15, abs=1e-4)
    assert float(found.logits[DIFFERENT]) == pytest.approx(15 - 20 * cosine, abs=1e-4)
    plain = paired.forward_head(first.features[None], first.layer)[0]
    assert torch.allclose(found.forward_logits, plain, atol=1e-4)
    # The network itself keeps its people.
    assert network.config.identities == len(tiny.NAMES)
    assert paired.embedding.weight.data_ptr() == network.embedding.weight.data_ptr()
