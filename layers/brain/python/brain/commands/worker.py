"""Explains one photo of a batch, and saves its files. No photo can end the batch."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from brain.commands.jobs import Job
from brain.core.errors import BrainError, ForwardPassFailed
from brain.core.results import RESULT_FILE, PhotoRequest, Result, Status, failed_result
from brain.core.settings import Settings
from brain.core.stopwatch import Progress
from brain.pipeline.every_face import ExplainedFaces, explain_every_face, face_folder
from brain.pipeline.library import (
    OVERVIEW_FILE,
    Explanation,
    explain_bytes,
    load_explainer,
    photo_request,
)
from brain.pipeline.photo_input import file_key, read_photo

if TYPE_CHECKING:
    from brain.pipeline.explainer import Explainer

HINT_INTERNAL = "This is a defect of BRAIN. Please report it with the photo, if you may share it: {error!r}."


@dataclass(frozen=True)
class Outcome:
    """The outcome of a job.

    Attributes:
        result: status `done` or `failed`.
        others: the results of the photo's other faces, if all faces were explained.
        reused: whether the result is that of an earlier run.
        write_error: why the files could not be written; empty if they were.
    """

    job: Job
    result: Result
    others: tuple[Result, ...] = ()
    reused: bool = False
    write_error: str = ""


@dataclass(frozen=True)
class Worker:
    """Explains photos.

    Attributes:
        settings: of the explainer, which is loaded on first use.
        face: index of the face to explain in each photo.
        every_face: whether to explain all faces of each photo.
        resume: whether to skip photos that an earlier run explained.
        load: loads the explainer, or returns the loaded one.
    """

    settings: Settings
    face: int = 0
    every_face: bool = False
    resume: bool = False
    load: Callable[[Settings], Explainer] = load_explainer

    def run(self, job: Job, progress: Progress | None = None) -> Outcome:
        """Explain a photo and save the files.

        Args:
            progress: called with the name of each stage as it begins.

        Raises:
            BrainError: codes 2, 4 and 5, the explainer does not load.
        """
        explainer = self.load(self.settings)
        request = photo_request(b"", file_key(job.photo), self.face)
        try:
            data = read_photo(job.photo)
            request = photo_request(data, file_key(job.photo), self.face)
            earlier = self.earlier_results(job.out, request) if self.resume else []
            if earlier:
                return Outcome(job, earlier[0], tuple(earlier[1:]), reused=True)
            explained = self.explain(explainer, data, request, progress)
        except BrainError as error:
            return Outcome(job, failed_result(request, error))
        except Exception as error:
            internal = ForwardPassFailed("internal-error", HINT_INTERNAL.format(error=error))
            return Outcome(job, failed_result(request, internal))
        explanations = explained if isinstance(explained, ExplainedFaces) else (explained,)
        result, *others = (each.result for each in explanations)
        write_error = ""
        try:
            explained.save(job.out)
        except OSError as error:
            write_error = str(error)
        return Outcome(job, result, tuple(others), write_error=write_error)

    def explain(
        self, explainer: Explainer, data: bytes, request: PhotoRequest, progress: Progress | None
    ) -> Explanation | ExplainedFaces:
        """Explain the requested face, or every face."""
        if self.every_face:
            return explain_every_face(explainer, data, request.source.key, progress)
        return explain_bytes(explainer, data, request, progress)

    def earlier_results(self, out: Path, request: PhotoRequest) -> list[Result]:
        """The results in a folder; empty if any is missing, or has another photo, model or settings."""
        if not self.every_face:
            earlier = self.earlier_result(out, request)
            return [earlier] if earlier else []
        first = self.earlier_result(face_folder(out, 0), request)
        if first is None or first.face is None or not (out / OVERVIEW_FILE).is_file():
            return []
        others = [
            self.earlier_result(face_folder(out, other.index), replace(request, face=other.index))
            for other in first.face.others
        ]
        return [first, *filter(None, others)] if all(others) else []

    def earlier_result(self, out: Path, request: PhotoRequest) -> Result | None:
        """The result in a folder, if it has the same photo, face, model and settings."""
        try:
            result = Result.model_validate_json((out / RESULT_FILE).read_bytes())
        except (OSError, ValueError):
            return None
        explanation, face = result.explanation, result.face
        if result.status != Status.DONE or explanation is None or face is None:
            return None
        same_photo = (result.id, face.index) == (request.upload_id, request.face)
        explainer, chosen = self.load(self.settings), self.settings
        same_settings = (explanation.language, explanation.check) == (chosen.language, chosen.check)
        same_model = (result.model, explanation.cam) == (explainer.model, explainer.cam)
        return result if same_photo and same_settings and same_model else None
