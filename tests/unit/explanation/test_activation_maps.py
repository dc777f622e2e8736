from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest
import torch

from brain.core.schema import CAM_METHODS, CamMethod
from brain.core.settings import REPOSITORY
from brain.explanation.activation_maps import ClassActivationMaps, to_colour, to_grey
from brain.recognition.classifier import Classifier
from brain.recognition.loading import load_classifier
from brain.recognition.vgg import VGGFace
from tests import tiny

LABELS = [3, 0, 5]
NETWORKS: dict[str, Callable[[int], Classifier]] = {
    "vgg": tiny.random_network,
    "vgg, odd map": lambda seed: tiny.random_network(seed, input_size=30),
    "vgg, three blocks": lambda seed: tiny.random_network(seed, blocks=((4,), (6, 6), (8,)), input_size=56),
    "resnet": tiny.random_resnet,
}


def noise(seed: int) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 256, (80, 80, 3), dtype=np.uint8)


def drawn(network: Classifier, pixels: np.ndarray, labels: Sequence[int], method: CamMethod) -> np.ndarray:
    activations = network.forward_with_activations(pixels)
    return ClassActivationMaps(network, activations, labels).maps(method)


def by_autograd(
    network: Classifier, pixels: np.ndarray, labels: Sequence[int], method: CamMethod
) -> np.ndarray:
    """The formulas of the papers word for word, with gradients by autograd from the input on: (k, H, W)."""
    x = network.preprocess(pixels).requires_grad_(True)
    features = network.forward_features(x)
    logits = network.forward_head(features)[0]
    maps = []
    for label in labels:
        (gradient,) = torch.autograd.grad(logits[label], features, retain_graph=True)
        weights = {
            "gradcam": gradient.mean(dim=(2, 3), keepdim=True),
            "hirescam": gradient,
            "layercam": torch.relu(gradient),
        }[method]
        maps.append(torch.relu((weights * features).sum(1))[0].detach().float().numpy())
    return np.stack(maps)


@pytest.mark.parametrize("method", CAM_METHODS)
@pytest.mark.parametrize("name", NETWORKS)
@pytest.mark.parametrize("seed", range(2))
def test_every_method_equals_autograd(name: str, method: CamMethod, seed: int) -> None:
    network, pixels = NETWORKS[name](seed), noise(seed)
    maps = drawn(network, pixels, LABELS, method)
    expected = by_autograd(network, pixels, LABELS, method)
    assert maps.shape == (3, network.map_size, network.map_size)
    assert expected.max() > 0
    assert np.abs(maps - expected).max() <= 1e-5 * expected.max()


@pytest.mark.parametrize("method", CAM_METHODS)
def test_in_bfloat16_up_to_rounding(method: CamMethod, make_model: Callable[[VGGFace], Path]) -> None:
    """bfloat16 rounds to 1 in 256, and activations are rounded as well as gradients."""
    exact = tiny.random_network(1)
    network = load_classifier(make_model(exact), "bfloat16")
    maps = drawn(network, noise(1), LABELS, method)
    assert maps.dtype == np.float32
    expected = by_autograd(exact, noise(1), LABELS, method)
    assert np.abs(maps - expected).max() <= 0.03 * expected.max()


@pytest.mark.parametrize("method", CAM_METHODS)
def test_the_shipped_models_equal_autograd(method: CamMethod, astronaut: np.ndarray) -> None:
    folders = sorted(path.parent for path in (REPOSITORY / "models").glob("*/weights.safetensors"))
    assert folders
    for folder in folders:
        network = load_classifier(folder)
        face = astronaut[46:184, 155:293]
        expected = by_autograd(network, face, range(5), method)
        assert np.abs(drawn(network, face, range(5), method) - expected).max() <= 1e-4 * expected.max()


@pytest.mark.parametrize("method", CAM_METHODS)
@pytest.mark.parametrize("name", ["vgg", "resnet"])
def test_signed_maps_are_linear_in_the_logit(name: str, method: CamMethod) -> None:
    """The difference of two maps is the map of the difference of the logits."""
    network, pixels = NETWORKS[name](0), noise(0)
    activations = network.forward_with_activations(pixels)
    first, second = ClassActivationMaps(network, activations, [3, 5]).signed(method)
    features = network.forward_features(network.preprocess(pixels)).detach().requires_grad_(True)
    logits = network.forward_head(features)[0]
    (gradient,) = torch.autograd.grad(logits[3] - logits[5], features)
    weights = gradient.mean((2, 3), keepdim=True) if method == "gradcam" else gradient
    expected = (weights * features).sum(1)[0].detach().numpy()
    assert np.abs(first - second - expected).max() <= 1e-4 * np.abs(expected).max()


def test_hirescam_adds_up_to_the_logit_of_a_linear_head() -> None:
    """Draelos and Carin's guarantee: behind the layer the planted network is linear where it is active."""
    network = tiny.planted_network()
    activations = network.forward_with_activations(tiny.red_corner())
    maps = ClassActivationMaps(network, activations, [0]).signed("hirescam")
    assert maps.sum() == pytest.approx(float(activations.logits[0]), rel=1e-5)


def colourful(red: tuple[int, int], green: tuple[int, int]) -> np.ndarray:
    """A grey picture of 112 x 112 with a red and a green patch of 16 x 16 at (x, y)."""
    crop = np.full((112, 112, 3), 128, np.uint8)
    for (x, y), channel in ((red, 2), (green, 1)):
        crop[y : y + 16, x : x + 16] = 0
        crop[y : y + 16, x : x + 16, channel] = 255
    return crop


@pytest.mark.parametrize("method", CAM_METHODS)
@pytest.mark.parametrize(("red", "green"), [((8, 8), (88, 88)), ((80, 16), (16, 48)), ((48, 88), (48, 8))])
def test_planted_evidence_gets_its_region(
    red: tuple[int, int], green: tuple[int, int], method: CamMethod
) -> None:
    maps = drawn(tiny.planted_network(), colourful(red, green), [0, 1], method)
    for activation_map, (x, y) in zip(maps, (red, green), strict=True):
        grey = to_grey(activation_map, 112).astype(float)
        inside = grey[max(0, y - 8) : y + 24, max(0, x - 8) : x + 24].sum()
        assert inside / grey.sum() > 0.95
        assert np.unravel_index(grey.argmax(), grey.shape) == pytest.approx((y + 8, x + 8), abs=8)


@pytest.mark.parametrize("method", CAM_METHODS)
def test_the_map_of_a_name_without_evidence_is_zero_and_never_nan(method: CamMethod) -> None:
    maps = drawn(tiny.planted_network(), np.full((112, 112, 3), 128, np.uint8), [0, 1], method)
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


def test_high_is_red_and_low_is_blue() -> None:
    colours = to_colour(np.array([[0, 255]], np.uint8))
    blue, red = colours[0]
    assert blue.argmax() == 0
    assert red.argmax() == 2
