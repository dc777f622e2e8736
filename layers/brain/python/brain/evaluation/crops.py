"""The main face of a photo as the explainer sees it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, TypeVar

from brain.core.errors import BrainError
from brain.core.settings import Settings
from brain.evaluation.journal import Record
from brain.evaluation.photos import LabelledPhoto
from brain.explanation.view import FaceView
from brain.face.photo import decode
from brain.pipeline.face_location import FaceLocator
from brain.recognition.classifier import Classifier
from brain.recognition.loading import load_classifier

Evaluator = Callable[[LabelledPhoto], Record]


class Keyed(Protocol):
    """What an evaluation keeps records of: a photo, or a pair of photos."""

    @property
    def key(self) -> str:
        """Identifies its record in a journal."""


Subject = TypeVar("Subject", bound=Keyed)


@dataclass(frozen=True)
class EvaluatorFactory:
    """Opens an evaluator in each process.

    Attributes:
        settings: the model and the cascades.
        build: makes the evaluator; a module-level function, so that it can be sent to another process.
    """

    settings: Settings
    build: Callable[[Classifier, FaceLocator], Evaluator]

    def __call__(self) -> Evaluator:
        """Load the model and the detector.

        Raises:
            BrainError: codes 2, 4 and 5.
        """
        classifier = load_classifier(self.settings.models_dir / self.settings.model)
        return with_problems(self.build(classifier, FaceLocator.load(self.settings, classifier.config)))


def read_face(path: Path, faces: FaceLocator) -> FaceView:
    """Decode a photo and find its main face: detected, aligned, cut out and stored as JPEG.

    Raises:
        BrainError: codes 1 and 3.
        OSError: the file cannot be read.
    """
    return faces.find(decode(path.read_bytes())).view


def with_problems(measure: Callable[[Subject], Record]) -> Callable[[Subject], Record]:
    """Turn errors that are the photo's fault into records with a `problem`, the error's reason."""

    def evaluate(photo: Subject) -> Record:
        try:
            return {"path": photo.key, **measure(photo)}
        except BrainError as error:
            if not error.photo_at_fault:
                raise
            return {"path": photo.key, "problem": error.reason}
        except OSError:
            return {"path": photo.key, "problem": "no-such-file"}

    return evaluate
