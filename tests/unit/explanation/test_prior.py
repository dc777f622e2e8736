from __future__ import annotations

import numpy as np
import pytest
import torch

from brain.core.geometry import Rectangle
from brain.explanation.activation_maps import ClassActivationMaps
from brain.explanation.perturbation import PerturbationRunner
from brain.explanation.prior import MAP_SIZE, evidence_prior, further_maps, layercam_at
from brain.explanation.view import FaceView
from brain.recognition.classifier import Classifier
from tests import tiny

CROP = np.random.default_rng(0).integers(0, 256, (150, 150, 3), dtype=np.uint8)
WHOLE = Rectangle(0, 0, 150, 150)


def runner_of(network: Classifier, crop: np.ndarray) -> PerturbationRunner:
    return PerturbationRunner(network, FaceView(crop, WHOLE, WHOLE, np.zeros((5, 2))))


def layercam_of(network: Classifier, crop: np.ndarray, labels: list[int]) -> np.ndarray:
    activations = network.forward_with_activations(crop)
    return ClassActivationMaps(network, activations, labels).maps("layercam")


@pytest.mark.parametrize("layers", [("stage2",), ("stage1", "stage2")])
def test_maps_of_several_layers_are_those_of_each_alone(layers: tuple[str, ...]) -> None:
    network = tiny.random_resnet()
    x = torch.cat([network.preprocess(CROP), network.preprocess(CROP[::-1])])
    found = layercam_at(network, x, 3, layers)
    for layer, maps in zip(layers, found, strict=True):
        for crop, own in zip((CROP, CROP[::-1]), maps, strict=True):
            activations = network.forward_with_activations(crop, layer)
            (expected,) = ClassActivationMaps(network, activations, [3]).maps("layercam")
            assert np.abs(own - expected).max() <= 1e-4 * expected.max()


def test_a_mirrored_photo_has_a_mirrored_prior() -> None:
    network, mirrored = tiny.random_resnet(), np.ascontiguousarray(CROP[:, ::-1])
    (prior,) = evidence_prior(runner_of(network, CROP), layercam_of(network, CROP, [2]), 2)
    (other,) = evidence_prior(runner_of(network, mirrored), layercam_of(network, mirrored, [2]), 2)
    assert prior.shape == (MAP_SIZE, MAP_SIZE)
    assert prior.max() == 1
    assert np.abs(other[:, ::-1] - prior).max() < 0.02


def test_further_maps_are_counted_and_a_network_without_them_has_none() -> None:
    runner = runner_of(tiny.random_resnet(), CROP)
    assert len(further_maps(runner, 0)) == 3
    assert runner.passes["prior"] == pytest.approx(2 * (1 + 0.69), abs=0.05)
    plain = runner_of(tiny.random_network(), CROP)
    assert further_maps(plain, 0) == []
    assert "prior" not in plain.passes
    own = layercam_of(plain.classifier, CROP, [0, 1])
    assert evidence_prior(plain, own, 0).max((1, 2)).tolist() == [1, 1]
