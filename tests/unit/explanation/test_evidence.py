"""The measured map, on a network whose evidence is planted."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from brain.explanation.evidence import measure_evidence, probes, rounds
from brain.explanation.fidelity import fidelity
from brain.explanation.gradcam import to_grey
from brain.explanation.occlusion import Canvas
from brain.recognition.vgg import VGGFace
from tests import tiny

SIZE = 28


@pytest.fixture
def crop() -> np.ndarray:
    return tiny.red_corner(SIZE)


@pytest.fixture
def network() -> VGGFace:
    return tiny.planted_network()


def test_every_round_finds_the_place(network: VGGFace, crop: np.ndarray) -> None:
    canvas, logits = Canvas.of(network, crop), network.forward_with_activations(crop).logits
    for found in rounds(network, canvas, logits, [0]):
        assert found.shape == (1, 14, 14)
        assert found.max() == 1
        assert found[0, 8:, 8:].max() < 0.2


def test_the_map_is_the_reading_that_holds_best_and_says_how_well(network: VGGFace, crop: np.ndarray) -> None:
    canvas, logits = Canvas.of(network, crop), network.forward_with_activations(crop).logits
    found = measure_evidence(network, canvas, crop, logits, [0, 1])
    assert found.maps.shape == (2, 14, 14)
    before = float(torch.softmax(logits.double(), 0)[0])
    first, second, third = rounds(network, canvas, logits, [0, 1])
    figures = [
        fidelity(network, canvas, 0, before, crop, to_grey(reading[0]), to_grey(reading[0])).evidence
        for reading in (first + second, first + third, second, found.maps)
    ]
    *drawn_plainly, shown = [one.insertion - one.deletion for one in figures if one]
    assert found.areas == figures[-1]
    assert shown >= max(drawn_plainly) - 0.05
    assert shown > 0.3


def test_a_crop_without_evidence_has_an_empty_map(network: VGGFace) -> None:
    plain = np.full((SIZE, SIZE, 3), 128, np.uint8)
    found = measure_evidence(
        network, Canvas.of(network, plain), plain, network.forward_with_activations(plain).logits, [0]
    )
    assert np.isfinite(found.maps).all()
    assert to_grey(found.maps[0]).max() in (0, 255)


@pytest.mark.parametrize("grid", [7, 9])
def test_windows_are_skipped_on_the_border_only(grid: int) -> None:
    probed = probes(grid)
    assert probed[1:-1, 1:-1].all()
    assert probed[[0, 0, -1, -1], [0, -1, 0, -1]].all()
    assert probed.sum() == grid * grid - 4 * (grid // 2)
