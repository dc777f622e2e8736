from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from torch.nn import functional

from brain.core.settings import REPOSITORY
from brain.explanation.gradcam import class_activation_maps, to_colour, to_grey
from brain.recognition.loading import load_classifier
from brain.recognition.vgg import VGGFace
from tests import tiny
from tests.gradients import autograd_maps

SIZES = {
    "tiny": {},
    "odd map": {"input_size": 30, "blocks": ((6,), (8, 8))},
    "three blocks": {"blocks": ((4,), (6, 6), (8,)), "input_size": 56},
}


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("seed", range(3))
def test_the_closed_form_equals_autograd(size: str, seed: int) -> None:
    network = tiny.random_network(seed, **SIZES[size])
    crop = np.random.default_rng(seed).integers(0, 256, (80, 80, 3), dtype=np.uint8)
    labels = [3, 0, 5]
    maps = class_activation_maps(network, network.forward_with_activations(crop), labels)
    expected = autograd_maps(network, crop, labels)
    assert expected.max() > 0
    assert np.abs(maps - expected).max() <= 1e-5 * expected.max()


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("seed", range(3))
def test_in_bfloat16_too_but_for_the_rounding(
    size: str, seed: int, make_model: Callable[[VGGFace], Path]
) -> None:
    """bfloat16 rounds to 1 in 256; autograd in float32 starts from other activations besides."""
    exact = tiny.random_network(seed, **SIZES[size])
    network = load_classifier(make_model(exact), "bfloat16")
    crop = np.random.default_rng(seed).integers(0, 256, (80, 80, 3), dtype=np.uint8)
    labels = [3, 0, 5]
    maps = class_activation_maps(network, network.forward_with_activations(crop), labels)
    assert maps.dtype == np.float32
    expected = autograd_maps(network, crop, labels)
    assert np.abs(maps - expected).max() <= 0.01 * expected.max()
    in_float32 = autograd_maps(exact, crop, labels)
    assert np.abs(maps - in_float32).max() <= 0.03 * in_float32.max()


def test_the_shipped_model_equals_autograd(astronaut: np.ndarray) -> None:
    folders = sorted(path.parent for path in (REPOSITORY / "models").glob("*/weights.safetensors"))
    assert folders
    for folder in folders:
        network = load_classifier(folder)
        crop = astronaut[46:184, 155:293]
        labels = list(range(5))
        maps = class_activation_maps(network, network.forward_with_activations(crop), labels)
        expected = autograd_maps(network, crop, labels)
        assert np.abs(maps - expected).max() <= 1e-5 * expected.max()


def colourful(red: tuple[int, int], green: tuple[int, int]) -> np.ndarray:
    """A grey picture of 112 x 112 with a red and a green patch of 16 x 16 at (x, y)."""
    crop = np.full((112, 112, 3), 128, np.uint8)
    for (x, y), channel in ((red, 2), (green, 1)):
        crop[y : y + 16, x : x + 16] = 0
        crop[y : y + 16, x : x + 16, channel] = 255
    return crop


@pytest.mark.parametrize(("red", "green"), [((8, 8), (88, 88)), ((80, 16), (16, 48)), ((48, 88), (48, 8))])
def test_planted_evidence_gets_its_region(red: tuple[int, int], green: tuple[int, int]) -> None:
    network = tiny.planted_network()
    maps = class_activation_maps(network, network.forward_with_activations(colourful(red, green)), [0, 1])
    for activation_map, (x, y) in zip(maps, (red, green), strict=True):
        grey = to_grey(activation_map, 112).astype(float)
        inside = grey[max(0, y - 8) : y + 24, max(0, x - 8) : x + 24].sum()
        assert inside / grey.sum() > 0.95
        assert np.unravel_index(grey.argmax(), grey.shape) == pytest.approx((y + 8, x + 8), abs=8)


def test_the_map_of_a_name_without_evidence_is_zero_and_never_nan() -> None:
    network = tiny.planted_network()
    maps = class_activation_maps(
        network, network.forward_with_activations(np.full((112, 112, 3), 128, np.uint8)), [0, 1]
    )
    assert (maps == 0).all()
    assert (to_grey(maps[0], 64) == 0).all()


def test_a_grey_map_is_resized_before_it_is_stretched() -> None:
    activation_map = np.zeros((14, 14), np.float32)
    activation_map[4, 9] = 0.003
    grey = to_grey(activation_map, 224)
    assert grey.shape == (224, 224)
    assert grey.dtype == np.uint8
    assert (grey.min(), grey.max()) == (0, 255)


def test_a_map_keeps_its_own_size_when_none_is_asked() -> None:
    assert to_grey(np.eye(14, dtype=np.float32)).tolist() == (np.eye(14) * 255).astype(int).tolist()


def test_hot_is_red_and_cold_is_blue() -> None:
    colours = to_colour(np.array([[0, 255]], np.uint8))
    blue, red = colours[0]
    assert blue.argmax() == 0
    assert red.argmax() == 2


def test_the_gradient_of_the_pool_reaches_one_cell_only() -> None:
    """The fact on which the closed form rests."""
    x = torch.rand(1, 1, 4, 4, requires_grad=True)
    functional.max_pool2d(x, 2).sum().backward()
    assert x.grad is not None
    assert x.grad.sum() == 4
    assert (x.grad == 1).sum() == 4


def test_as_many_maps_as_labels(network: VGGFace) -> None:
    seen = network.forward_with_activations(np.zeros((64, 64, 3), np.uint8))
    assert class_activation_maps(network, seen, range(7)).shape == (7, 14, 14)
