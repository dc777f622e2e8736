from __future__ import annotations

import numpy as np
import pytest
import torch

from brain.core.geometry import Rectangle
from brain.explanation.activation_maps import ClassActivationMaps
from brain.explanation.perturbation import PerturbationRunner
from brain.explanation.prior import MAP_SIZE, log_odds, named_prior, pixel_gradient_and_layercams, strongest
from brain.explanation.view import FaceView
from brain.recognition.classifier import Classifier
from tests import tiny

CROP = np.random.default_rng(0).integers(0, 256, (150, 150, 3), dtype=np.uint8)
WHOLE = Rectangle(0, 0, 150, 150)
NOTHING = np.zeros((MAP_SIZE, MAP_SIZE), np.float32)


def runner_of(network: Classifier, crop: np.ndarray) -> PerturbationRunner:
    return PerturbationRunner(network, FaceView(crop, WHOLE, WHOLE, np.zeros((5, 2))))


def layercam_of(network: Classifier, crop: np.ndarray, labels: list[int]) -> np.ndarray:
    activations = network.forward_with_activations(crop)
    return ClassActivationMaps(network, activations, labels).maps("layercam")


@pytest.mark.parametrize("layers", [("stage2",), ("stage1", "stage2")])
def test_maps_of_several_layers_are_those_of_each_alone(layers: tuple[str, ...]) -> None:
    network = tiny.random_resnet()
    x = torch.cat([network.preprocess(CROP), network.preprocess(CROP[::-1])])
    pixels, *found = pixel_gradient_and_layercams(network, x, 3, layers)
    for layer, maps in zip(layers, found, strict=True):
        for number, own in enumerate(maps):
            same_pixels, alone = pixel_gradient_and_layercams(network, x[number : number + 1], 3, [layer])
            assert (own - alone[0]).abs().max() <= 1e-4 * alone.max()
            assert (pixels[number] - same_pixels[0]).abs().max() <= 1e-4 * same_pixels.abs().max()


def test_the_only_identity_has_the_map_of_its_logit() -> None:
    network = tiny.random_resnet()
    alone = network.with_gallery(network.gallery.weight[2:3], network.gallery.bias[2:3])
    _, found = pixel_gradient_and_layercams(alone, network.preprocess(CROP), 0, ["stage2"])
    (expected,) = layercam_of(network, CROP, [2])
    assert np.abs(found[0].numpy() - expected).max() <= 1e-4 * expected.max()


def test_the_gradient_of_the_mask_says_what_a_little_blur_costs() -> None:
    network = tiny.random_resnet()
    runner = runner_of(network, CROP)
    pixels, _ = pixel_gradient_and_layercams(
        network, runner.compose(np.zeros((1, 150, 150), np.float32)), 3, ["stage2"]
    )
    mask = np.zeros((2, 150, 150), np.float32)
    mask[1, 40:110, 40:110] = 0.01
    before, after = log_odds(network.predict_batched(runner.compose(mask)), 3)
    expected = float((pixels[0] * runner.lost * torch.from_numpy(mask[1])).sum())
    assert float(before - after) == pytest.approx(expected, rel=0.2)


def test_log_odds_are_those_of_the_probability() -> None:
    logits = torch.tensor([[2.0, -1.0, 0.5], [0.0, 3.0, 1.0]], dtype=torch.float64)
    p = torch.softmax(logits, 1)[:, 1]
    torch.testing.assert_close(log_odds(logits, 1), torch.log(p / (1 - p)))


def test_log_odds_of_a_certain_name_still_have_a_gradient() -> None:
    logits = torch.tensor([[60.0, 1.0, 0.0]], requires_grad=True)
    (gradient,) = torch.autograd.grad(log_odds(logits, 0).sum(), logits)
    torch.testing.assert_close(gradient, torch.tensor([[1.0, -0.7311, -0.2689]]), atol=1e-4, rtol=0)


def test_a_mirrored_photo_has_a_mirrored_prior() -> None:
    network, mirrored = tiny.random_resnet(), np.ascontiguousarray(CROP[:, ::-1])
    prior = named_prior(runner_of(network, CROP), 2, NOTHING)
    other = named_prior(runner_of(network, mirrored), 2, NOTHING)
    assert prior.shape == (MAP_SIZE, MAP_SIZE)
    assert np.corrcoef(other[:, ::-1].ravel(), prior.ravel())[0, 1] > 0.9


def test_gradients_at_every_input_are_counted() -> None:
    runner = runner_of(tiny.random_resnet(), CROP)
    named_prior(runner, 0, NOTHING)
    assert runner.passes == {"prior": 8}


def test_the_strongest_part_of_a_map() -> None:
    values = NOTHING.copy()
    values[:18, :18] = 2
    mask = strongest(values, 0.3, 150)
    assert mask[:60, :60].min() > 0.99
    assert mask[90:, 90:].max() < 0.01
    assert mask.mean() == pytest.approx(0.26, abs=0.03)
    assert strongest(NOTHING, 0.3, 150).max() == 0
