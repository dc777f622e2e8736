from __future__ import annotations

import numpy as np
import pytest
import torch

from brain.explanation.fidelity import areas, centre_map, fidelity, noise_map, order
from brain.explanation.occlusion import Canvas
from tests import tiny

SIZE = 28


@pytest.fixture
def crop() -> np.ndarray:
    return tiny.red_corner(SIZE)


def measured(crop: np.ndarray, grad_cam: np.ndarray, evidence: np.ndarray | None = None):  # type: ignore[no-untyped-def]
    network = tiny.planted_network()
    before = float(torch.softmax(network.forward_with_activations(crop).logits.double(), 0)[0])
    return fidelity(network, Canvas.of(network, crop), 0, before, crop, grad_cam, evidence, (0.1, 0.3, 0.6))


def test_the_map_that_knows_beats_all_that_do_not(crop: np.ndarray) -> None:
    right, wrong = np.zeros((2, 14, 14), np.uint8)
    right[2:5, 2:5] = 255
    wrong[9:12, 9:12] = 255
    figures = measured(crop, wrong, right)
    assert figures.evidence is not None
    others = [figures.grad_cam, figures.random, figures.inverted, figures.centre]
    assert all(figures.evidence.deletion < other.deletion for other in others)
    assert all(figures.evidence.insertion > other.insertion for other in others)


def test_a_map_turned_upside_down_swaps_its_figures(crop: np.ndarray) -> None:
    right = np.zeros((14, 14), np.uint8)
    right[2:5, 2:5] = 255
    figures = measured(crop, right)
    assert figures.evidence is None
    assert figures.inverted.deletion == figures.grad_cam.insertion
    # Measured, not only derived: the curves of the inverse are its mirror image.
    inverse = measured(crop, 255 - right)
    assert inverse.grad_cam.deletion == pytest.approx(figures.grad_cam.insertion, abs=0.1)
    assert inverse.grad_cam.insertion == pytest.approx(figures.grad_cam.deletion, abs=0.1)


def test_areas_are_those_of_the_curves() -> None:
    curves = (np.array([1.0, 0.5, 0.0]), np.array([0.0, 1.0, 1.0]))
    found = areas(curves, (0.5,))
    assert (found.deletion, found.insertion) == (0.5, 0.75)


def test_the_order_is_brightest_first_and_ties_fall_by_lot() -> None:
    shown = np.zeros((2, 2), np.uint8)
    shown[1, 1] = 9
    noise = np.array([[0.1, 0.3], [0.2, 0.0]])
    assert order(shown, noise).tolist() == [[1, 3], [2, 0]]


def test_the_noise_is_that_of_the_crop(crop: np.ndarray) -> None:
    assert np.array_equal(noise_map(crop, SIZE), noise_map(crop.copy(), SIZE))
    assert not np.array_equal(noise_map(crop, SIZE), noise_map(crop + 1, SIZE))


def test_the_dot_is_in_the_middle() -> None:
    dot = centre_map(SIZE)
    assert dot.shape == (SIZE, SIZE)
    assert dot[13:15, 13:15].min() == dot.max()
    assert np.allclose(dot, dot[::-1, ::-1])
