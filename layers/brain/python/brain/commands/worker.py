"""Explains one photo of a batch and saves its files. Nothing that a photo does ends the batch."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from brain.commands.jobs import RESULT_FILE, Job
from brain.core.errors import BrainError, ForwardPassFailed
from brain.core.results import PhotoRequest, Result, Status, failed_result
from brain.core.settings import Settings
from brain.core.stopwatch import Progress
from brain.pipeline.library import explain_bytes, load_explainer, photo_request
from brain.pipeline.photo_input import file_key, read_photo

if TYPE_CHECKING:
    from brain.pipeline.explainer import Explainer

HINT_INTERNAL = "This is a defect of BRAIN. Please report it with the photo, if you may share it: {error!r}."


@dataclass(frozen=True)
class Outcome:
    """What came of a job.

    Attributes:
        result: status `done` or `failed`.
        reused: the result is that of an earlier run.
        write_error: why the files could not be written; empty where they were.
    """

    job: Job
    result: Result
    reused: bool = False
    write_error: str = ""


@dataclass(frozen=True)
class Worker:
    """Explains photos.

    Attributes:
        settings: of the explainer, which is loaded on first use.
        face: which face of each photo.
        resume: skip photos that an earlier run explained.
        load: loads the explainer, or returns the one that is loaded.
    """

    settings: Settings
    face: int = 0
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
            earlier = self.earlier_result(job.out, request) if self.resume else None
            if earlier is not None:
                return Outcome(job, earlier, reused=True)
            explanation = explain_bytes(explainer, data, request, progress)
        except BrainError as error:
            return Outcome(job, failed_result(request, error))
        except Exception as error:
            internal = ForwardPassFailed("internal-error", HINT_INTERNAL.format(error=error))
            return Outcome(job, failed_result(request, internal))
        try:
            explanation.save(job.out)
        except OSError as error:
            return Outcome(job, explanation.result, write_error=str(error))
        return Outcome(job, explanation.result)

    def earlier_result(self, out: Path, request: PhotoRequest) -> Result | None:
        """The result in a folder, where it is of the same photo, face, model and settings."""
        try:
            result = Result.model_validate_json((out / RESULT_FILE).read_bytes())
        except (OSError, ValueError):
            return None
        explanation, face = result.explanation, result.face
        if result.status != Status.DONE or explanation is None or face is None:
            return None
        same_photo = (result.id, face.index) == (request.upload_id, self.face)
        same_settings = explanation.language == self.settings.language and (
            self.settings.check in (None, explanation.check)
        )
        same_model = result.model == self.load(self.settings).model
        return result if same_photo and same_settings and same_model else None
