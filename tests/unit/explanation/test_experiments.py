"""With the evidence planted, map, effects, reasons, sentences, fidelity and contrast must all point to it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch

from brain.core.clock import now
from brain.core.explanations import Feature
from brain.core.geometry import Rectangle
from brain.core.results import Result, Status
from brain.core.schema import Check
from brain.explanation.activation_maps import to_grey
from brain.explanation.effects import LEAST_EFFECT
from brain.explanation.findings import Findings
from brain.explanation.naming import top
from brain.recognition.model import load_model
from brain.recognition.vgg import VGGFace
from brain.rendering.words.numbers import percent
from brain.rendering.words.rules import explanation
from tests import tiny
from tests.planted import GREEN, RED, Scene


@pytest.fixture(scope="module")
def scene(astronaut: np.ndarray) -> Scene:
    return Scene(astronaut)


@pytest.fixture(scope="module")
def mouth(scene: Scene) -> Findings:
    """Only the mouth is red, and nothing is green."""
    return scene.analyze(scene.painted(mouth=RED))


def feature(found: Findings, name: str) -> Feature:
    return next(feature for feature in found.features if feature.name == name)


def say(found: Findings) -> list[str]:
    result = Result(
        id="0" * 32,
        status=Status.DONE,
        created_at=now(),
        identity=found.identity,
        candidates=found.candidates,
        features=found.features,
        explanation=found.explanation,
    )
    return explanation(result).sentences


def share_inside(grey: np.ndarray, box: Rectangle) -> float:
    """The share of a map's mass inside a box that is half as large again, since windows reach over edges."""
    x, y = box.x - box.width / 4, box.y - box.height / 4
    rows = slice(max(0, round(y)), round(y + 1.5 * box.height))
    columns = slice(max(0, round(x)), round(x + 1.5 * box.width))
    return float(grey[rows, columns].sum() / grey.sum())


def test_both_maps_lie_on_the_planted_evidence(mouth: Findings, scene: Scene) -> None:
    assert mouth.evidence is not None
    assert share_inside(mouth.gc_map, scene.box("mouth")) > 0.8
    # Its windows are wider than the mouth is high, so some of what they see spills over.
    assert share_inside(mouth.evidence, scene.box("mouth")) > 0.55
    y, x = np.unravel_index(mouth.evidence.argmax(), mouth.evidence.shape)
    box = scene.box("mouth")
    assert box.x < x < box.x + box.width
    assert box.y < y < box.y + box.height


def test_only_the_planted_feature_has_an_effect(mouth: Findings) -> None:
    effect = feature(mouth, "mouth").effect
    assert effect is not None
    assert effect.logit > 2
    assert feature(mouth, "mouth").reason
    for name in ("left eye", "right eye", "left brow", "right brow", "forehead"):
        idle = feature(mouth, name)
        assert idle.effect is not None
        assert abs(idle.effect.logit) < 0.01
        assert not idle.reason


def test_the_planted_feature_beats_its_controls(mouth: Findings) -> None:
    planted = feature(mouth, "mouth")
    assert planted.effect is not None
    assert len(planted.controls) == 3
    assert max(control.logit for control in planted.controls) < 0.2 * planted.effect.logit
    for control in planted.controls:
        assert (control.box.width, control.box.height) == (planted.box.width, planted.box.height)


def test_controls_are_measured_where_a_feature_could_be_a_reason(mouth: Findings) -> None:
    for each in mouth.features:
        assert each.effect is not None
        assert bool(each.controls) == (each.effect.probability >= LEAST_EFFECT)


def test_the_only_reason_is_the_planted_feature_and_is_said(mouth: Findings) -> None:
    (reason,) = mouth.explanation.reasons
    assert reason.features == ["mouth"]
    # Without the mouth nothing is coloured, so both names are alike.
    assert reason.after == pytest.approx(0.5, abs=0.02)
    sentences = say(mouth)
    assert "Mostly the mouth: without it the match falls from 92 % to 50 %." in sentences
    assert not any("eye" in sentence for sentence in sentences)


def test_a_pair_is_measured_jointly_and_named_once(scene: Scene) -> None:
    found = scene.analyze(scene.painted(left_eye=RED, right_eye=RED))
    assert [set(reason.features) for reason in found.explanation.reasons] == [{"left eye", "right eye"}]
    assert any(sentence.startswith("Mostly the eyes: without them") for sentence in say(found))


def test_one_eye_of_two_is_named_alone(scene: Scene) -> None:
    found = scene.analyze(scene.painted(left_eye=RED))
    assert [reason.features for reason in found.explanation.reasons] == [["left eye"]]


def test_evidence_shared_by_several_features_is_named_as_a_set(scene: Scene) -> None:
    found = scene.analyze(scene.painted(left_eye=RED, right_eye=RED, nose=RED, mouth=RED))
    (reason,) = found.explanation.reasons
    # The smile lies on the mouth.
    assert set(reason.features) <= {"left eye", "right eye", "nose", "mouth", "smile"}
    assert not any(each.reason for each in found.features)
    assert any(sentence.startswith("No part decides alone, but ") for sentence in say(found))


def test_evidence_off_the_face_is_no_reason_and_a_warning(scene: Scene) -> None:
    picture = scene.painted()
    picture[:, : scene.size // 8] = (25, 25, 255)
    found = scene.analyze(picture)
    assert found.explanation.reasons == []
    assert found.explanation.outside > 0.9
    assert found.explanation.evidence_outside is not None
    assert found.explanation.evidence_outside > 0.85
    share = percent(found.explanation.evidence_outside)
    assert say(found)[-1].startswith(f"Careful: {share} of the evidence lies on no named part")


def test_fidelity_tells_the_planted_maps_from_those_that_know_nothing(mouth: Findings) -> None:
    fidelity = mouth.explanation.fidelity
    assert fidelity is not None
    assert fidelity.evidence is not None
    for known in (fidelity.evidence, fidelity.cam):
        for ignorant in (fidelity.random, fidelity.inverted, fidelity.centre):
            assert known.deletion < ignorant.deletion - 0.05
            assert known.insertion > ignorant.insertion + 0.02


def test_contrast_gives_each_name_its_own_feature(scene: Scene) -> None:
    found = scene.analyze(scene.painted(mouth=RED, left_eye=GREEN))
    contrast = found.explanation.contrast
    assert contrast is not None
    by_label = {contrast.label_for: contrast.features_for, contrast.label_against: contrast.features_against}
    assert by_label == {0: ["mouth"], 1: ["left eye"]}
    maps = {contrast.label_for: contrast.map, contrast.label_against: contrast.against}
    for label, name in ((0, "mouth"), (1, "left eye")):
        assert share_inside(to_grey(maps[label].to_array(), scene.size), scene.box(name)) > 0.8


def test_contrast_needs_no_checks(scene: Scene) -> None:
    found = scene.analyze(scene.painted(mouth=RED, left_eye=GREEN), Check.OFF)
    contrast = found.explanation.contrast
    assert contrast is not None
    by_label = {contrast.label_for: contrast.features_for, contrast.label_against: contrast.features_against}
    assert by_label[0][0] in ("mouth", "smile")
    assert by_label[1][0] == "left eye"


def test_nothing_to_see_is_no_reason(scene: Scene) -> None:
    found = scene.analyze(scene.painted())
    assert found.explanation.reasons == []
    assert found.candidates[0].map.is_empty
    assert any(sentence.startswith("The Grad-CAM map is empty") for sentence in say(found))


@pytest.mark.parametrize(("check", "most"), [(Check.OFF, 1), (Check.FEATURES, 40), (Check.FULL, 80)])
def test_a_photo_costs_a_bounded_number_of_forward_passes(scene: Scene, check: Check, most: int) -> None:
    assert 1 <= sum(scene.analyze(scene.painted(mouth=RED), check).passes.values()) <= most


def test_top_is_sorted_and_bounded() -> None:
    labels, probabilities = top(torch.tensor([0.0, 2.0, 1.0]), 5)
    assert labels == [1, 2, 0]
    assert sum(probabilities) == pytest.approx(1, abs=1e-5)


def test_rounding_does_not_pass_for_an_effect(scene: Scene, make_model: Callable[[VGGFace], Path]) -> None:
    """Tests in bfloat16 start from the probability that is named, which float32 gave."""
    loaded = load_model(make_model(tiny.planted_network()), "bfloat16")
    picture = scene.painted(mouth=RED)
    found = scene.analyze(picture, loaded=loaded)
    named = round(found.identity.probability, 4)
    rounded = torch.softmax(loaded.network.forward_with_activations(picture).logits.double(), 0)[
        found.identity.label
    ]
    assert named != round(float(rounded), 4)
    assert found.explanation.reasons[0].before == named
