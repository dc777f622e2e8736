from __future__ import annotations

import base64
import json
from dataclasses import replace

import cv2
import numpy as np
import pytest

from brain.core.errors import FaceNotFound
from brain.core.results import Result, Source, Status
from brain.core.settings import Settings
from brain.explanation.activation_maps import ClassActivationMaps, to_grey
from brain.face.features import PROPORTIONS
from brain.pipeline.explained_photo import with_words
from brain.pipeline.explainer import Explainer
from brain.recognition.loading import load_classifier
from tests import pictures, tiny
from tests.unit.pipeline.explaining import ID, explain, request


def pixels(data: bytes) -> np.ndarray:
    picture = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED)
    assert picture is not None
    return picture


def test_a_photo_becomes_a_name_a_picture_and_words(explainer: Explainer, astronaut_jpeg: bytes) -> None:
    result = explain(explainer, astronaut_jpeg).result
    assert (result.id, result.status) == (ID, Status.DONE)
    assert result.identity is not None
    assert result.identity.name == tiny.NAMES[result.identity.label]
    assert result.source == Source(key="a.jpg", width=512, height=512)
    assert result.model == explainer.model
    assert result.explanation is not None
    assert result.identity.name in result.explanation.sentences[0]
    assert {feature.name for feature in result.features} >= set(PROPORTIONS)
    named = ["decode", "face", "classify", "cam", "blend", "features"]
    assert list(result.timings) == [*named, "prepare", "evidence", "checks", "fidelity"]


def test_the_top_five_are_sorted_and_carry_their_maps(explainer: Explainer, astronaut_jpeg: bytes) -> None:
    result = explain(explainer, astronaut_jpeg).result
    probabilities = [candidate.probability for candidate in result.candidates]
    assert len(probabilities) == 5
    assert probabilities == sorted(probabilities, reverse=True)
    assert sum(probabilities) <= 1.0001
    for candidate in result.candidates:
        assert candidate.map.to_array().shape == (14, 14)
        assert len(base64.b64decode(candidate.map.data)) == 14 * 14


def test_the_artifacts_have_the_designs_names_and_sizes(explainer: Explainer, astronaut_jpeg: bytes) -> None:
    explained = explain(explainer, astronaut_jpeg)
    label = explained.result.candidates[0].label
    assert explained.result.artifacts == {
        "cropped": "cropped.jpg",
        "gc_map": f"gc_map_{label}.png",
        "heat_map": f"heat_map_{label}.png",
        "blended": f"blended_{label}.jpg",
        "evidence": f"evidence_{label}.png",
    }
    assert set(explained.files) == set(explained.result.artifacts.values())
    cropped = pixels(explained.files["cropped.jpg"])
    gc_map = pixels(explained.files[f"gc_map_{label}.png"])
    assert cropped.shape == (224, 224, 3)
    assert gc_map.shape == (224, 224)
    assert gc_map.dtype == np.uint8
    assert (gc_map.min(), gc_map.max()) == (0, 255)
    evidence = pixels(explained.files[f"evidence_{label}.png"])
    assert evidence.shape == (224, 224)
    assert evidence.dtype == np.uint8
    assert evidence.max() > 200
    assert pixels(explained.files[f"heat_map_{label}.png"]).shape == (224, 224, 3)
    assert pixels(explained.files[f"blended_{label}.jpg"]).shape == (224, 224, 3)


def test_maps_and_scores_can_be_recomputed_from_the_stored_crop(
    explainer: Explainer, settings: Settings, astronaut_jpeg: bytes
) -> None:
    explained = explain(explainer, astronaut_jpeg)
    network = load_classifier(settings.models_dir / "tiny")
    seen = network.forward_with_activations(pixels(explained.files["cropped.jpg"]))
    labels = [candidate.label for candidate in explained.result.candidates]
    assert labels[0] == int(seen.logits.argmax())
    maps = ClassActivationMaps(network, seen, labels).maps("gradcam")
    for candidate, activation_map in zip(explained.result.candidates, maps, strict=True):
        assert (candidate.map.to_array() == to_grey(activation_map)).all()
    gc_map = pixels(explained.files[explained.result.artifacts["gc_map"]])
    assert (gc_map == to_grey(maps[0], 224)).all()
    for feature in explained.result.features:
        box = feature.box
        mean = gc_map[box.y : box.y + box.height, box.x : box.x + box.width].mean() / 255
        assert feature.score == pytest.approx(mean, abs=1e-4)
        assert feature.significant == (mean > 0.5)


def test_the_same_bytes_give_the_same_answer(explainer: Explainer, astronaut_jpeg: bytes) -> None:
    first, second = (explain(explainer, astronaut_jpeg) for _ in range(2))
    assert first.files == second.files
    assert first.result.candidates == second.result.candidates


def test_every_sentence_can_be_regenerated_from_the_json(explainer: Explainer, astronaut_jpeg: bytes) -> None:
    result = explain(explainer, astronaut_jpeg).result
    stored = Result.model_validate_json(result.model_dump_json())
    assert with_words(stored) == stored == result
    assert json.loads(result.model_dump_json())["status"] == "done"


def test_boxes_refer_to_the_full_resolution_photo(explainer: Explainer, astronaut: np.ndarray) -> None:
    large = cv2.resize(astronaut, (6144, 6144), interpolation=cv2.INTER_LINEAR)
    result = explain(explainer, pictures.jpeg(large)).result
    assert result.face is not None
    assert (result.source.width, result.source.height) == (6144, 6144)
    assert result.face.box.x + result.face.box.width / 2 == pytest.approx(12 * 224, rel=0.05)


def test_another_face_can_be_asked_for(explainer: Explainer, astronaut: np.ndarray) -> None:
    scene = np.full((512, 900, 3), 128, np.uint8)
    scene[:, :512] = astronaut
    scene[100:356, 600:856] = cv2.resize(astronaut, (256, 256), interpolation=cv2.INTER_AREA)
    photo = pictures.encode(pictures.to_image(scene), "PNG")
    first, second = (explain(explainer, photo, face=index).result.face for index in (0, 1))
    assert first is not None
    assert second is not None
    assert (first.box.x, second.index) == (second.others[0].box.x, 1)
    assert second.box.x > 600
    with pytest.raises(FaceNotFound) as error:
        explain(explainer, photo, face=2)
    assert error.value.reason == "no-such-face"


def test_progress_names_each_stage_in_turn(explainer: Explainer, astronaut_jpeg: bytes) -> None:
    stages: list[str] = []
    result = explainer.explain(astronaut_jpeg, request(), stages.append).result
    assert stages == list(result.timings)


def test_an_experiment_can_stand_in_for_the_map(settings: Settings, astronaut: np.ndarray) -> None:
    tiny.write_model(settings.models_dir / "planted", tiny.planted_network())
    red = astronaut.mean(2, keepdims=True) * np.array([0.1, 0.1, 1.0])
    explainer = Explainer.load(replace(settings, model="planted", threshold=1.0))
    result = explain(explainer, pictures.jpeg(red.astype(np.uint8))).result
    assert result.explanation is not None
    assert not any(feature.significant for feature in result.features)
    assert (result.error is None) == bool(result.explanation.reasons)


def test_the_name_comes_before_the_experiments(explainer: Explainer, astronaut_jpeg: bytes) -> None:
    steps: list[str] = []
    stages = explainer.stages(astronaut_jpeg, request(), steps.append)
    named = next(stages)
    assert "evidence" not in steps
    assert (named.result.status, named.result.finished_at) == (Status.NAMED, None)
    assert {path.partition("_")[0] for path in named.files} == {"cropped.jpg", "gc", "heat", "blended"}
    assert named.result.explanation is not None
    assert named.result.explanation.sentences[0]
    (done,) = stages
    assert done.result.status is Status.DONE
    assert done.result.identity == named.result.identity
    assert [each.map for each in done.result.candidates] == [each.map for each in named.result.candidates]
    assert not set(done.files) & set(named.files)
    assert set(done.result.artifacts.values()) == {*named.files, *done.files}
    assert Result.model_validate_json(named.result.model_dump_json()) == named.result


def test_pictures_are_handed_on_as_soon_as_they_are_drawn(
    explainer: Explainer, astronaut_jpeg: bytes
) -> None:
    steps: list[str] = []
    drawn: list[tuple[str, dict[str, bytes]]] = []
    named, done = explainer.stages(
        astronaut_jpeg, request(), steps.append, lambda files: drawn.append((steps[-1], dict(files)))
    )
    assert drawn == [("blend", named.files), ("evidence", done.files)]
    assert steps.index("blend") < steps.index("features")


def test_forward_passes_are_counted(explainer: Explainer, astronaut_jpeg: bytes) -> None:
    passes = explain(explainer, astronaut_jpeg).result.passes
    assert {"naming", "evidence", "features", "fidelity"} <= set(passes)
    assert sum(passes.values()) <= 95
