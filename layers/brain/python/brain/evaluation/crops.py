"""The main face of a photo as the explainer sees it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from brain.core.errors import BrainError
from brain.evaluation.journal import Record
from brain.evaluation.photos import LabelledPhoto
from brain.explanation.view import FaceView
from brain.face.photo import decode
from brain.pipeline.face_location import FaceLocator

Evaluator = Callable[[LabelledPhoto], Record]


def read_face(path: Path, faces: FaceLocator) -> FaceView:
    """Decode a photo and find its main face: detected, aligned, cut out and stored as JPEG.

    Raises:
        BrainError: codes 1 and 3.
        OSError: the file cannot be read.
    """
    return faces.find(decode(path.read_bytes())).view


def with_problems(measure: Evaluator) -> Evaluator:
    """Turn errors that are the photo's fault into records with a `problem`, the error's reason."""

    def evaluate(photo: LabelledPhoto) -> Record:
        try:
            return {"path": photo.key, **measure(photo)}
        except BrainError as error:
            if not error.photo_at_fault:
                raise
            return {"path": photo.key, "problem": error.reason}
        except OSError:
            return {"path": photo.key, "problem": "no-such-file"}

    return evaluate
