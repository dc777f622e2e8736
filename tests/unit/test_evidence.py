"""The measured map, on a network whose evidence is planted."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from brain.evidence import LARGE, SMALL, evidence_maps, falls, probes
from brain.fidelity import fidelity
from brain.gradcam import to_grey
from brain.network import Network
from brain.occlusion import Canvas
from tests import tiny

SIZE = 28


@pytest.fixture
def crop() -> np.ndarray:
    return tiny.red_corner(SIZE)


@pytest.fixture
def network() -> Network:
    return tiny.planted_network()


@pytest.mark.parametrize("windows", [SMALL, LARGE], ids=["small", "large"])
def test_every_round_finds_the_place(network: Network, crop: np.ndarray, windows: tuple[float, int]) -> None:
    found = falls(network, Canvas.of(network, crop), network.look(crop).logits, [0], *windows)
    assert found.shape == (1, 14, 14)
    assert found.max() == 1
    assert found[0, 8:, 8:].max() < 0.2


def test_the_map_points_to_the_place_and_holds(network: Network, crop: np.ndarray) -> None:
    canvas, logits = Canvas.of(network, crop), network.look(crop).logits
    maps = evidence_maps(network, canvas, logits, [0, 1])
    assert maps.shape == (2, 14, 14)
    assert maps[0, :6, :6].mean() > 3 * maps[0, 8:, 8:].mean()
    before = float(torch.softmax(logits.double(), 0)[0])
    shown = fidelity(network, canvas, 0, before, crop, to_grey(maps[1]), to_grey(maps[0])).evidence
    assert shown is not None
    assert shown.insertion - shown.deletion > 0.3


def test_all_names_are_answered_by_the_same_passes(network: Network, crop: np.ndarray) -> None:
    canvas, logits = Canvas.of(network, crop), network.look(crop).logits
    together = evidence_maps(network, canvas, logits, [0, 1])
    alone = [evidence_maps(network, canvas, logits, [label])[0] for label in (0, 1)]
    np.testing.assert_array_equal(together, alone)


@pytest.mark.parametrize("grid", [6, 7])
def test_an_odd_grid_skips_windows_on_the_border_only(grid: int) -> None:
    probed = probes(grid)
    assert probed[1:-1, 1:-1].all()
    assert probed.all() == (grid % 2 == 0)
    assert probed[[0, 0, -1, -1], [0, -1, 0, -1]].all()


def test_a_crop_without_evidence_has_an_empty_map(network: Network) -> None:
    plain = np.full((SIZE, SIZE, 3), 128, np.uint8)
    maps = evidence_maps(network, Canvas.of(network, plain), network.look(plain).logits, [0])
    assert np.isfinite(maps).all()
    assert to_grey(maps[0]).max() in (0, 255)
