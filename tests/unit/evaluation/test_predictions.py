"""The prediction for one photo."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path

import pytest
import torch

import brain
from brain.core.errors import ForwardPassFailed
from brain.core.settings import Settings
from brain.evaluation.crops import EvaluatorFactory, with_problems
from brain.evaluation.journal import Record
from brain.evaluation.photos import LabelledPhoto
from brain.evaluation.predictions import Prediction, judge_logits, predict, predictor, ranked_above
from brain.pipeline.face_location import FaceLocator
from brain.recognition.classifier import Classifier
from tests import pictures, tiny
from tests.predictions import BLANK, GREEN, RED, predicted, undetected


@pytest.fixture
def labelled(tmp_path: Path) -> Callable[[bytes], LabelledPhoto]:
    """Writes a photo of Ada Lovelace."""

    def write(data: bytes) -> LabelledPhoto:
        (tmp_path / "photo.jpg").write_bytes(data)
        return LabelledPhoto(tmp_path / "photo.jpg", "Ada Lovelace", 0)

    return write


@pytest.fixture(scope="module")
def faces() -> FaceLocator:
    return FaceLocator.load(Settings(), tiny.config())


def prediction(photo: LabelledPhoto, classifier: Classifier, faces: FaceLocator) -> Prediction:
    def measure(labelled: LabelledPhoto) -> Record:
        return predict(labelled, classifier, faces)

    return Prediction.from_record(photo, with_problems(measure)(photo))


def test_the_prediction_is_the_explainers(
    labelled: Callable[[bytes], LabelledPhoto], models_dir: Path, astronaut_jpeg: bytes
) -> None:
    photo, settings = labelled(astronaut_jpeg), Settings(models_dir=models_dir, model="tiny")
    found = Prediction.from_record(photo, EvaluatorFactory(settings, predictor)()(photo))
    explainer = brain.Explainer.load(settings)
    explanation = brain.explain(astronaut_jpeg, explainer=explainer)
    assert (found.certainty, found.verdict) == (explanation.certainty, explanation.verdict)
    assert found.labels == tuple(candidate.label for candidate in explanation.candidates)
    assert found.probabilities == tuple(candidate.probability for candidate in explanation.candidates)
    assert found.seconds is not None
    assert found.seconds > 0


@pytest.mark.parametrize(("colour", "right"), [(RED, True), (GREEN, False)], ids=["red", "green"])
def test_the_right_name(
    labelled: Callable[[bytes], LabelledPhoto],
    tinted: Callable[[Sequence[float]], bytes],
    faces: FaceLocator,
    colour: Sequence[float],
    right: bool,
) -> None:
    found = prediction(labelled(tinted(colour)), tiny.planted_network(), faces)
    assert found.correct() is right
    assert found.correct(2)
    assert found.ranked_above == (() if right else (1,))


@pytest.mark.parametrize(
    ("photo", "problem"),
    [(pictures.jpeg(BLANK), "no-face"), (pictures.TEXT, "not-an-image"), (b"", "empty")],
    ids=["blank", "text", "empty"],
)
def test_a_photo_without_a_prediction_is_wrong(
    labelled: Callable[[bytes], LabelledPhoto],
    network: Classifier,
    faces: FaceLocator,
    photo: bytes,
    problem: str,
) -> None:
    found = prediction(labelled(photo), network, faces)
    assert found.problem == problem
    assert not found.found
    assert not found.correct(len(tiny.NAMES))


def test_a_photo_that_vanished_is_wrong(tmp_path: Path, network: Classifier, faces: FaceLocator) -> None:
    gone = LabelledPhoto(tmp_path / "gone.jpg", "Ada Lovelace", 0)
    assert prediction(gone, network, faces).problem == "no-such-file"


def test_a_broken_network_is_no_prediction(
    labelled: Callable[[bytes], LabelledPhoto], faces: FaceLocator, astronaut_jpeg: bytes
) -> None:
    broken = tiny.random_network()
    broken.fc8.bias.fill_(torch.nan)
    with pytest.raises(ForwardPassFailed):
        prediction(labelled(astronaut_jpeg), broken, faces)


def test_an_excluded_person_cannot_be_named() -> None:
    logits, network = torch.tensor([6.0, 1.0, 2.0, 0.0, -1.0, -2.0, -3.0]), tiny.random_network()
    everybody, others = judge_logits(logits, network), judge_logits(logits, network, excluded=0)
    assert everybody["labels"] == [0, 2, 1, 3, 4]
    assert others["labels"] == [2, 1, 3, 4, 5]
    expected = torch.softmax(logits[1:].double(), 0)
    assert others["probabilities"][0] == pytest.approx(float(expected[1]), abs=1e-6)
    assert others["certainty"] < everybody["certainty"]


def test_a_known_persons_photo_is_also_judged_without_the_person(
    labelled: Callable[[bytes], LabelledPhoto], network: Classifier, faces: FaceLocator, astronaut_jpeg: bytes
) -> None:
    known = prediction(labelled(astronaut_jpeg), network, faces)
    excluded = LabelledPhoto(labelled(astronaut_jpeg).path, "Ada Lovelace", None, excluded=0)
    unknown = prediction(excluded, network, faces)
    assert (known.left_out_certainty, known.left_out_verdict) == (unknown.certainty, unknown.verdict)
    assert unknown.left_out_certainty is None
    assert 0 not in unknown.labels


def test_labels_with_a_greater_logit_and_the_first_of_equals_rank_above() -> None:
    logits = torch.tensor([3.0, 1.0, 2.0, 1.0, 0.0])
    above = [ranked_above(logits, label) for label in range(5)]
    assert above == [[], [0, 2], [0], [0, 1, 2], [0, 1, 2, 3]]


def test_among_few_names_the_others_do_not_count() -> None:
    found = predicted(4, 5, label=0)
    assert not found.correct()
    assert not found.correct(2)
    assert found.correct(3)
    assert found.correct(2, among={0, 5})
    assert found.correct(1, among={0, 1})


def test_nobody_can_be_named_correctly_without_a_face_or_a_name() -> None:
    assert not undetected().correct(5)
    assert not predicted(label=None).correct(5)


def test_a_prediction_survives_the_journal() -> None:
    found = predicted(3, 1)
    record = {name: list(v) if isinstance(v, tuple) else v for name, v in asdict(found).items()}
    del record["person"], record["label"]
    assert Prediction.from_record(LabelledPhoto(Path(found.path), "somebody", 0), record) == found
