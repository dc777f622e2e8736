"""The evidence map, on a network whose evidence is planted."""

from __future__ import annotations

import numpy as np
import pytest

from brain.core.geometry import Rectangle
from brain.explanation.activation_maps import to_grey
from brain.explanation.evidence import evidence_for, measure_evidence
from brain.explanation.perturbation import PerturbationRunner
from brain.explanation.prior import MAP_SIZE
from brain.explanation.view import FaceView
from brain.face.alignment import landmarks_in_box
from brain.recognition import classifier as classifiers
from brain.recognition.classifier import Classifier
from tests import tiny

SIZE = 28


def view_of(crop: np.ndarray) -> FaceView:
    whole = Rectangle(0, 0, len(crop), len(crop))
    return FaceView(crop, whole, whole, landmarks_in_box(whole))


@pytest.fixture
def network() -> Classifier:
    return tiny.planted_network()


def test_the_map_lies_on_the_planted_evidence(network: Classifier) -> None:
    named, other = evidence_for(network, view_of(tiny.red_corner(SIZE)), [0, 1])
    assert named.shape == (MAP_SIZE, MAP_SIZE)
    y, x = np.unravel_index(named.argmax(), named.shape)
    assert 4 <= y * SIZE / MAP_SIZE < 10
    assert 4 <= x * SIZE / MAP_SIZE < 10
    assert named[MAP_SIZE // 2 :, MAP_SIZE // 2 :].max() < 0.05 * named.max()
    # Nothing is green.
    assert other.max() == 0


@pytest.mark.parametrize(("most_parameters", "windows"), [(classifiers.SMALL, 25), (0, 9)])
def test_what_the_prior_misses_the_windows_find(
    network: Classifier, monkeypatch: pytest.MonkeyPatch, most_parameters: int, windows: int
) -> None:
    """Also in a network whose size affords few of them."""
    monkeypatch.setattr(classifiers, "SMALL", most_parameters)
    view = view_of(tiny.red_corner(SIZE))
    runner = PerturbationRunner(network, view)
    logits = network.forward_with_activations(view.pixels).logits
    (found,) = measure_evidence(runner, np.zeros((1, 14, 14), np.float32), logits, [0])
    y, x = np.unravel_index(found.argmax(), found.shape)
    assert 4 <= y * SIZE / MAP_SIZE < 10
    assert 4 <= x * SIZE / MAP_SIZE < 10
    assert windows / 10 < runner.passes["evidence"] <= windows


@pytest.mark.parametrize("corner", [(0, 0), (0, 1), (1, 0), (1, 1)])
def test_turned_crops_have_turned_maps(network: Classifier, corner: tuple[int, int]) -> None:
    crop = tiny.red_corner(SIZE)
    # No two reds alike: where cells tie, a max-pool prefers the first one, whichever way the crop is turned.
    crop[4:10, 4:10, 2] = np.random.default_rng(0).permutation(36).reshape(6, 6) + 200
    (expected,) = evidence_for(network, view_of(crop), [0])
    steps = tuple(-1 if flip else 1 for flip in corner)
    turned = np.ascontiguousarray(crop[:: steps[0], :: steps[1]])
    (found,) = evidence_for(network, view_of(turned), [0])
    assert np.abs(found[:: steps[0], :: steps[1]] - expected).max() < 0.05 * expected.max()


def test_a_crop_without_evidence_has_an_empty_map(network: Classifier) -> None:
    (found,) = evidence_for(network, view_of(np.full((SIZE, SIZE, 3), 128, np.uint8)), [0])
    assert np.isfinite(found).all()
    assert to_grey(found).max() in (0, 255)


def test_each_candidate_has_a_map_of_its_own() -> None:
    """Only the named one's is finer, whatever the others are."""
    crop = np.random.default_rng(0).integers(0, 256, (150, 150, 3), dtype=np.uint8)
    resnet = tiny.random_resnet()
    first, second = evidence_for(resnet, view_of(crop), [0, 1])
    alone, third = evidence_for(resnet, view_of(crop), [0, 2])
    assert np.allclose(first, alone, atol=1e-4)
    assert np.abs(second - first).max() > 0.1
    assert np.abs(third - second).max() > 0.1
