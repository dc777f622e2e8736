"""One photo's answer."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, replace
from pathlib import Path

import pytest
import torch

from brain.core.clock import now
from brain.core.errors import ForwardPassFailed
from brain.core.results import PhotoRequest, Source
from brain.core.settings import Settings
from brain.evaluation.answers import Answer, ahead, answer, fingerprint, open_examiner
from brain.evaluation.photos import Question
from brain.face.alignment import Aligner
from brain.face.detector import FaceDetector
from brain.pipeline.explainer import Explainer
from brain.pipeline.face_location import FaceLocator
from brain.recognition.model import LoadedModel, load_model
from brain.recognition.vgg import VGGFace
from tests import pictures, tiny
from tests.answers import BLANK, GREEN, RED, said, unseen


@pytest.fixture
def question(tmp_path: Path) -> Callable[[bytes], Question]:
    """Asks for Ada Lovelace in a photo."""

    def ask(photo: bytes) -> Question:
        (tmp_path / "photo.jpg").write_bytes(photo)
        return Question(tmp_path / "photo.jpg", "Ada Lovelace", 0)

    return ask


def test_the_answer_is_the_explainers(
    question: Callable[[bytes], Question], models_dir: Path, astronaut_jpeg: bytes
) -> None:
    settings = Settings(models_dir=models_dir, model="tiny")
    examine = open_examiner(models_dir / "tiny", None)
    given = Answer.of(examine(question(astronaut_jpeg)))
    explained = Explainer.load(settings).explain(astronaut_jpeg, PhotoRequest("0" * 32, now(), Source()))
    identity, candidates = explained.result.identity, explained.result.candidates
    assert identity is not None
    assert (given.certainty, given.verdict) == (identity.certainty, identity.verdict)
    assert given.labels == tuple(candidate.label for candidate in candidates)
    assert given.probabilities == tuple(candidate.probability for candidate in candidates)
    assert given.seconds > 0


@pytest.mark.parametrize(("colour", "right"), [(RED, True), (GREEN, False)], ids=["red", "green"])
def test_the_right_name(
    question: Callable[[bytes], Question],
    tinted: Callable[[Sequence[float]], bytes],
    detector: FaceDetector,
    aligner: Aligner,
    colour: Sequence[float],
    right: bool,
) -> None:
    given = answer(question(tinted(colour)), tiny.planted_network(), FaceLocator(detector, aligner, 1.5))
    assert given.named() is right
    assert given.named(2)
    assert given.ahead == (() if right else (1,))


@pytest.mark.parametrize(
    ("photo", "problem"),
    [(pictures.jpeg(BLANK), "no-face"), (pictures.TEXT, "not-an-image"), (b"", "empty")],
    ids=["blank", "text", "empty"],
)
def test_a_photo_that_cannot_be_answered_is_wrong(
    question: Callable[[bytes], Question],
    network: VGGFace,
    detector: FaceDetector,
    aligner: Aligner,
    photo: bytes,
    problem: str,
) -> None:
    given = answer(question(photo), network, FaceLocator(detector, aligner, 1.5))
    assert given.problem == problem
    assert not given.found
    assert not given.named(len(tiny.NAMES))


def test_a_photo_that_vanished_is_wrong(
    tmp_path: Path, network: VGGFace, detector: FaceDetector, aligner: Aligner
) -> None:
    gone = Question(tmp_path / "gone.jpg", "Ada Lovelace", 0)
    assert answer(gone, network, FaceLocator(detector, aligner, 1.5)).problem == "no-such-file"


def test_a_broken_network_is_no_answer(
    question: Callable[[bytes], Question], detector: FaceDetector, aligner: Aligner, astronaut_jpeg: bytes
) -> None:
    broken = tiny.random_network()
    broken.fc8.bias.fill_(torch.nan)
    with pytest.raises(ForwardPassFailed):
        answer(question(astronaut_jpeg), broken, FaceLocator(detector, aligner, 1.5))


def test_ahead_are_those_with_a_greater_logit_and_the_first_of_equals() -> None:
    logits = torch.tensor([3.0, 1.0, 2.0, 1.0, 0.0])
    assert [ahead(logits, label) for label in range(5)] == [(), (0, 2), (0,), (0, 1, 2), (0, 1, 2, 3)]


def test_among_few_names_the_others_do_not_count() -> None:
    given = said(4, 5, label=0)
    assert not given.named()
    assert not given.named(2)
    assert given.named(3)
    assert given.named(2, among={0, 5})
    assert given.named(1, among={0, 1})


def test_nobody_can_be_named_rightly_without_a_face_or_a_name() -> None:
    assert not unseen().named(5)
    assert not said(label=None).named(5)


def test_an_answer_survives_the_journal() -> None:
    given = said(3, 1)
    assert Answer.of({**asdict(given), "ahead": [3, 1], "labels": [3], "probabilities": [0.75]}) == given


def test_the_fingerprint_is_that_of_all_that_decides(models_dir: Path) -> None:
    model = load_model(models_dir / "tiny")
    renamed = LoadedModel(model.network, model.names[::-1], model.checksum)
    retrained = replace(model, checksum=tiny.checksum("0" * 64))
    prints = [fingerprint(one, None) for one in (model, renamed, retrained)]
    assert len({*prints, fingerprint(model, Path("/cascades"))}) == 4
    assert fingerprint(load_model(models_dir / "tiny"), None) == prints[0]
