from __future__ import annotations

import numpy as np
import pytest
import torch

from brain.core.explanations import Areas, Candidate, Fidelity, Map
from brain.core.geometry import Rectangle
from brain.explanation.fidelity import Target, areas, fractions_for, measure_fidelity
from brain.explanation.perturbation import PerturbationRunner
from brain.explanation.view import FaceView
from brain.face.alignment import landmarks_in_box
from brain.recognition.vgg import VGGFace
from tests import tiny

SIZE = 28
FRACTIONS = (0.1, 0.3, 0.6)


def patch(place: slice) -> np.ndarray:
    """A map of a bright square on the diagonal."""
    drawn = np.zeros((14, 14), np.uint8)
    drawn[place, place] = 255
    return drawn


RIGHT, WRONG = patch(slice(2, 5)), patch(slice(9, 12))


def measured(cam: np.ndarray, evidence: np.ndarray | None = None) -> Fidelity:
    """The fidelity of maps of the planted network's red corner."""
    crop, network = tiny.red_corner(SIZE), tiny.planted_network()
    whole = Rectangle(0, 0, SIZE, SIZE)
    logits = network.forward_with_activations(crop).logits.double()
    target = Target(0, float(torch.softmax(logits, 0)[0]))
    candidate = Candidate(
        label=0,
        name="Ada",
        probability=target.probability,
        map=Map.from_array(cam),
        evidence=None if evidence is None else Map.from_array(evidence),
    )
    runner = PerturbationRunner(network, FaceView(crop, whole, whole, landmarks_in_box(whole)))
    return measure_fidelity(runner, target, candidate, FRACTIONS)


def test_the_right_map_beats_all_that_know_nothing() -> None:
    figures = measured(WRONG, RIGHT)
    assert figures.evidence is not None
    others = [figures.cam, figures.random, figures.inverted, figures.centre]
    assert all(figures.evidence.deletion < other.deletion for other in others)
    assert all(figures.evidence.insertion > other.insertion for other in others)


def test_an_inverted_map_swaps_the_figures() -> None:
    figures = measured(RIGHT)
    assert figures.evidence is None
    assert figures.inverted == Areas(deletion=figures.cam.insertion, insertion=figures.cam.deletion)
    # Measured, not only derived: the curves of the inverse are its mirror image.
    inverse = measured(255 - RIGHT)
    assert inverse.cam.deletion == pytest.approx(figures.cam.insertion, abs=0.1)
    assert inverse.cam.insertion == pytest.approx(figures.cam.deletion, abs=0.1)


def test_areas_are_those_under_the_curves() -> None:
    curves = (np.array([1.0, 0.5, 0.0]), np.array([0.0, 1.0, 1.0]))
    found = areas(curves, (0.5,))
    assert (found.deletion, found.insertion) == (0.5, 0.75)


def test_large_networks_measure_fewer_points() -> None:
    vgg_face = tiny.config(
        blocks=((64, 64), (128, 128), (256,) * 3, (512,) * 3, (512,) * 3),
        fully_connected=(4096, 4096),
        identities=2622,
        input_size=224,
    )
    with torch.device("meta"):
        large = VGGFace(vgg_face)
    assert len(fractions_for(large)) == 1
    assert len(fractions_for(tiny.random_network())) == 2
