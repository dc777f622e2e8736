"""The use case: one photo event in, one stored result out.

The name is stored as soon as it is known, the complete explanation when it is done.

The cause of a failure decides what happens next. If the photo is at fault, a `failed` result is stored, which
is final. If the service is at fault, the event is delivered again; the last delivery stores a `failed` result
marked as retryable, so that nobody waits in vain and a redrive can still succeed. A photo whose workers died
is not tried again on its last delivery, because a worker that dies then could not store anything.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, wait
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

from brain.cloud.events import PhotoEvent
from brain.cloud.other_photos import OtherUnavailable
from brain.cloud.photos import PhotoGone, PhotoInaccessible, PhotoReplaced, StoredPhoto
from brain.cloud.status_rows import Claim, Outcome
from brain.cloud.status_table import AlreadyClaimed
from brain.cloud.uploads import id_of_object
from brain.core.errors import BrainError, ForwardPassFailed, PhotoUnreadable
from brain.core.results import OtherPhoto, PhotoRequest, Result, Source, Status, failed_result


class WorkersDied(Exception):
    """Earlier workers died on this photo without storing a result: out of memory, or out of time."""


class Explained(Protocol):
    """A result and its files by name, as `brain.pipeline.explainer` returns them."""

    @property
    def result(self) -> Result:
        """The result, with file names as artifacts."""

    @property
    def files(self) -> Mapping[str, bytes]:
        """Contents by file name, without `result.json`."""


class Explainer(Protocol):
    """Explains photos. A protocol, so that this module does not import torch."""

    def stages(
        self, photo: bytes, request: PhotoRequest, *, on_pictures: Callable[[Mapping[str, bytes]], None]
    ) -> Iterator[Explained]:
        """Explain one photo in stages.

        Args:
            photo: the file's bytes.
            request: what is asked about it.
            on_pictures: may be called with files of the next stage before that stage is complete.

        Yields:
            A result with status `named`, which may be omitted, then one with status `done`. Each has only the
            files that are new in its stage.

        Raises:
            BrainError: the photo cannot be explained.
        """


class ResultRepository(Protocol):
    """Where photos are read and results stored; see `brain.cloud.repository.AwsResultRepository`."""

    def claim(self, upload_id: str, source: Source, stalled_after: float, message: str = "") -> Claim | None:
        """Claim a photo for processing; None if there is nothing to do."""

    def release(self, claim: Claim) -> None:
        """Return a photo for the next delivery."""

    def read_photo(self, source: Source) -> StoredPhoto:
        """Read an announced photo."""

    def read_other(self, claim: Claim) -> OtherPhoto | None:
        """Read the photo that `claim.compare_with` names; None if the claimed photo was deleted."""

    def begin_pictures(self, claim: Claim, files: Mapping[str, bytes]) -> Mapping[str, Future[Any]]:
        """Start storing pictures. Returns a future for each file name."""

    def store_named(self, claim: Claim, result: Result, files: Mapping[str, bytes]) -> Claim | None:
        """Store a result with status `named` and renew the claim; None if the photo was deleted."""

    def finish(self, claim: Claim, outcome: Outcome) -> bool:
        """Store a terminal result; False if the photo was deleted."""

    def discard(self, claim: Claim) -> None:
        """Delete everything about a claimed photo that no longer exists."""


@dataclass(frozen=True)
class Service:
    """Processes photo events.

    Attributes:
        repository: where photos are read and results stored.
        explainer: returns the explainer, loading it on the first call. It is called while a photo is
            processed, so that a missing model becomes a stored error like any other.
        max_receives: number of deliveries after which the queue gives up on an event.
    """

    repository: ResultRepository
    explainer: Callable[[], Explainer]
    max_receives: int

    def process(self, event: PhotoEvent, stalled_after: float) -> Result | None:
        """Explain one photo and store the result.

        Args:
            event: announces the photo.
            stalled_after: seconds after which another worker's unfinished claim counts as abandoned.

        Returns:
            The stored result, `done` or `failed`. None if there was nothing to do: a duplicate delivery, or a
            photo that was deleted before or meanwhile.

        Raises:
            AlreadyClaimed: another worker is processing the photo; deliver the event again later.
            Exception: the service is at fault; deliver the event again.
        """
        if event.removed:
            return None
        source = Source(bucket=event.bucket, key=event.key, etag=event.etag)
        upload_id = id_of_object(event.bucket, event.key, event.etag)
        claim = self.repository.claim(upload_id, source, stalled_after, event.message_id or "")
        if claim is None:
            return None
        task = Task(self.repository, claim, source)
        is_last = self._is_last(event)
        try:
            if claim.stalled and is_last and event.receive_count:
                raise WorkersDied
            return task.run(self.explainer, event.clean)
        except AlreadyClaimed:
            raise
        except Exception as error:
            task.retry_or_fail(error, is_last)
            raise

    def _is_last(self, event: PhotoEvent) -> bool:
        """Whether no further delivery may follow; without a queue, deliveries are not counted."""
        return event.receive_count is None or event.receive_count >= self.max_receives


@dataclass
class Task:
    """The processing of one claimed photo.

    Attributes:
        repository: where photos are read and results stored.
        claim: the claim on the photo; renewed when the name is stored.
        source: the announced object.
        face: index of the face to explain, once the photo was read.
        begun: pictures that are being stored while their stage is computed, by file name.
    """

    repository: ResultRepository
    claim: Claim
    source: Source
    face: int | None = None
    begun: dict[str, Future[Any]] = field(default_factory=dict)

    def run(self, explainer: Callable[[], Explainer], clean: bool) -> Result | None:
        """Read and explain the photo, and store the result, or the error if it is the photo's fault.

        Returns:
            The stored result; None if the photo was deleted before or meanwhile.
        """
        try:
            return self._explain(explainer, clean)
        except PhotoGone as error:
            if self.claim.created:
                self.repository.discard(self.claim)
                return None
            return self.fail(error, retryable=True)
        except (PhotoReplaced, PhotoInaccessible, OtherUnavailable) as error:
            return self.fail(error, retryable=True)
        except BrainError as error:
            if not error.photo_at_fault:
                raise
            return self.fail(error, retryable=False)

    def fail(self, error: BrainError, retryable: bool) -> Result | None:
        """Store a `failed` result."""
        _print_message(error)
        request = PhotoRequest(self.claim.id, self.claim.created_at, self.source)
        return self._finish(failed_result(request, error), {}, retryable)

    def retry_or_fail(self, error: Exception, is_last: bool) -> None:
        """After an internal error: release the photo, or store a retryable failure on the last delivery."""
        brain_error = _as_brain_error(error)
        if is_last:
            self.fail(brain_error, retryable=True)
        else:
            _print_message(brain_error)
            self.repository.release(self.claim)

    def _explain(self, explainer: Callable[[], Explainer], clean: bool) -> Result | None:
        if not clean:
            raise PhotoUnreadable("not-clean", "The photo did not pass the malware scan. Choose another one.")
        photo = self.repository.read_photo(self.source)
        self.face = photo.face
        other = None
        if photo.compare_with is not None:
            self.claim = replace(self.claim, compare_with=photo.compare_with)
            other = self.repository.read_other(self.claim)
            if other is None:
                return None
        request = PhotoRequest(self.claim.id, self.claim.created_at, self.source, photo.face, other)
        try:
            for explained in explainer().stages(photo.data, request, on_pictures=self._begin_pictures):
                files = self._not_begun(explained.files)
                if explained.result.status is not Status.NAMED:
                    return self._finish(explained.result, files, retryable=False)
                renewed = self.repository.store_named(self.claim, explained.result, files)
                if renewed is None:
                    return None
                self.claim = renewed
        finally:
            wait(self.begun.values())
        raise RuntimeError("the explainer ended without a result")

    def _begin_pictures(self, files: Mapping[str, bytes]) -> None:
        self.begun.update(self.repository.begin_pictures(self.claim, files))

    def _not_begun(self, files: Mapping[str, bytes]) -> dict[str, bytes]:
        """The files that are not being stored yet. Waits for the others, and raises whatever that raised."""
        for each in self.begun.values():
            each.result()
        return {name: data for name, data in files.items() if name not in self.begun}

    def _finish(self, result: Result, files: Mapping[str, bytes], retryable: bool) -> Result | None:
        outcome = Outcome(result, files, retryable, self.face)
        return result if self.repository.finish(self.claim, outcome) else None


def _print_message(error: BrainError) -> None:
    """Print the error's message to stderr, as specified for every error code."""
    print(error.message, file=sys.stderr)


def _as_brain_error(error: Exception) -> BrainError:
    if isinstance(error, BrainError):
        return error
    return ForwardPassFailed("internal-error", "Something went wrong on our side. Try again later.")
