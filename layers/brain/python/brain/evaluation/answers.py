"""One photo through the pipeline, exactly as the explainer sends it, without the explanation.

decode -> detect -> the first face -> crop, as stored -> network -> names, certainty, verdict
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection
from dataclasses import asdict, dataclass
from pathlib import Path

import cv2
import torch
from torch import Tensor

from brain.core.errors import BrainError
from brain.evaluation.journal import Record, fingerprint_of
from brain.evaluation.photos import Question
from brain.explanation import naming, view
from brain.face import alignment, crop, detector, photo
from brain.face.alignment import Aligner
from brain.face.detector import FaceDetector
from brain.pipeline import face_location
from brain.pipeline.face_location import FaceLocator
from brain.recognition import certainty as certainties
from brain.recognition import loading, preprocessing, resnet, vgg
from brain.recognition.classifier import Classifier
from brain.recognition.loading import load_classifier
from brain.recognition.model import LoadedModel

PIPELINE = (
    photo,
    detector,
    crop,
    alignment,
    face_location,
    naming,
    view,
    loading,
    preprocessing,
    resnet,
    vgg,
    certainties,
)


@dataclass(frozen=True)
class Answer:
    """What the model said of one photo.

    Attributes:
        path: of the photo, absolute.
        label: who it is, None for nobody whom the model knows.
        seconds: from the file's bytes to the answer.
        problem: the reason why there is no answer, such as `no-face`; what follows is then empty.
        labels, probabilities: the five most alike, best first.
        ahead: the labels that the network prefers to the right one; empty when it is right.
        certainty: 0 to 1, that it is anybody whom the model knows.
        verdict: `strong`, `weak` or `nobody`.
    """

    path: str
    person: str
    label: int | None
    seconds: float
    problem: str | None = None
    labels: tuple[int, ...] = ()
    probabilities: tuple[float, ...] = ()
    ahead: tuple[int, ...] = ()
    certainty: float = 0.0
    verdict: str | None = None

    @classmethod
    def of(cls, record: Record) -> Answer:
        """From a record of the journal."""
        lists = {name: tuple(value) for name, value in record.items() if isinstance(value, list)}
        return cls(**{**record, **lists})

    @property
    def found(self) -> bool:
        """Whether a face was found, and so an answer given."""
        return self.problem is None

    @property
    def known(self) -> bool:
        """Whether the person is one of the identities."""
        return self.label is not None

    def named(self, within: int = 1, among: Collection[int] | None = None) -> bool:
        """Whether the right name is among the first `within`, answering with the labels `among` only."""
        if not self.found or not self.known:
            return False
        return sum(among is None or label in among for label in self.ahead) < within


def open_examiner(model: Path, cascades_dir: Path | None) -> Callable[[Question], Record]:
    """Load network and cascades; gives the function that answers one question with an `Answer`'s record."""
    loaded = load_classifier(model)
    faces = FaceLocator(FaceDetector(cascades_dir), Aligner(), loaded.config.crop_scale)
    return lambda question: asdict(answer(question, loaded, faces))


def answer(question: Question, network: Classifier, faces: FaceLocator) -> Answer:
    """Name the person in one photo.

    Raises:
        ForwardPassFailed: code 4; a photo that cannot be read or shows no face is an answer, not an error.
    """
    start = time.perf_counter()
    said: Record = {}
    try:
        found = faces.find(photo.decode(question.path.read_bytes()))
        said = judged(network.forward_with_activations(found.view.pixels).logits, question.label, network)
    except OSError:
        said = {"problem": "no-such-file"}
    except BrainError as error:
        if not error.photo_at_fault:
            raise
        said = {"problem": error.reason}
    seconds = round(time.perf_counter() - start, 4)
    return Answer(question.key, question.person, question.label, seconds, **said)


def judged(logits: Tensor, label: int | None, network: Classifier) -> Record:
    """Names, certainty and verdict as the explainer reports them, and who is ahead of the right one.

    Args:
        logits: (K,).
    """
    labels, probabilities = naming.top(logits, naming.CANDIDATES)
    certain = certainties.certainty(logits, network.config)
    return {
        "labels": tuple(labels),
        "probabilities": tuple(probabilities),
        "ahead": () if label is None else ahead(logits, label),
        "certainty": certain,
        "verdict": str(certainties.judge(certain, probabilities[0])),
    }


def ahead(logits: Tensor, label: int) -> tuple[int, ...]:
    """The labels whose logit is greater than that of `label`; among equals the first counts as greater."""
    before = torch.arange(len(logits)) < label
    return tuple(((logits > logits[label]) | ((logits == logits[label]) & before)).nonzero()[:, 0].tolist())


def fingerprint(model: LoadedModel, cascades_dir: Path | None) -> str:
    """Of everything but the photo that decides an answer: weights, names, cascades, code and libraries.

    Answers of an earlier run count only while this stays the same.
    """
    settings = (
        model.sha256,
        str(model.gallery_checksum),
        *model.names,
        str(cascades_dir),
        cv2.__version__,
        torch.__version__,
    )
    return fingerprint_of(
        settings, [*(str(module.__file__) for module in PIPELINE), str(alignment.WEIGHTS), __file__]
    )
