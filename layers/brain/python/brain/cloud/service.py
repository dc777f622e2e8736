"""The use case: one photo event in, one stored result out.

Whose fault decides what happens. The photo's: a stored `failed` result, for good. Ours: the event
goes back for another delivery, and with the last one a `failed` result is stored too, marked as
retryable, so that nobody waits for ever and a redrive can still succeed. A photo that kills its workers
is given up untried on the last delivery, since a worker that dies then could store nothing any more.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from brain.cloud.events import PhotoEvent
from brain.cloud.rows import Claim
from brain.cloud.store import Photo, PhotoGone, PhotoReplaced
from brain.cloud.uploads import id_of_object
from brain.core.errors import BrainError, ForwardPassFailed, PhotoUnreadable
from brain.core.results import PhotoRequest, Result, Source, failed_result


class WorkersDied(Exception):
    """The workers before did not live to tell what is wrong with a photo: out of memory, or out of time."""


class Explained(Protocol):
    """A finished result and its files by name, as `brain.pipeline.explainer` gives them."""

    @property
    def result(self) -> Result: ...

    @property
    def files(self) -> Mapping[str, bytes]: ...


class Explainer(Protocol):
    """What explains photos; a protocol, so that this module needs no torch."""

    def explain(
        self, photo: bytes, *, upload_id: str, created_at: datetime, source: Source, face: int = 0
    ) -> Explained: ...


class Keeper(Protocol):
    """The part of `brain.cloud.store.Store` that this use case needs."""

    def begin(self, upload_id: str, source: Source, stalled_after: float) -> Claim | None: ...

    def release(self, claim: Claim) -> None: ...

    def photo(self, source: Source) -> Photo: ...

    def finish(
        self, claim: Claim, result: Result, files: Mapping[str, bytes], retryable: bool = False
    ) -> bool: ...

    def discard(self, claim: Claim) -> None: ...


@dataclass(frozen=True)
class Service:
    """What processing needs.

    Attributes:
        explainer: gives the explainer, loading it at the first call. Loading inside the use case
            makes a missing model a stored error like any other.
        max_receives: after how many deliveries the queue gives an event up.
    """

    store: Keeper
    explainer: Callable[[], Explainer]
    max_receives: int

    def process(self, event: PhotoEvent, stalled_after: float) -> Result | None:
        """Explain one photo and store what came out.

        Args:
            stalled_after: seconds after which another worker on the same photo is taken for dead.

        Returns:
            The stored result, `done` or `failed`; None when there was nothing to do: a duplicate
            delivery, or a photo that was deleted before or meanwhile.

        Raises:
            Busy: another worker has the photo; deliver the event again later.
            Exception: a fault of ours; deliver the event again.
        """
        source = Source(bucket=event.bucket, key=event.key, etag=event.etag)
        upload_id = id_of_object(event.bucket, event.key, event.etag)
        claim = self.store.begin(upload_id, source, stalled_after)
        if claim is None:
            return None
        last = self._is_last(event)
        try:
            if claim.stalled and last and event.receive_count:
                raise WorkersDied
            return self._settle(claim, source, event.clean)
        except Exception as error:
            self._hand_back(claim, source, error, last)
            raise

    def _settle(self, claim: Claim, source: Source, clean: bool) -> Result | None:
        try:
            if not clean:
                raise PhotoUnreadable("not-clean", "It did not pass the malware scan. Choose another photo.")
            photo = self.store.photo(source)
            answer = self.explainer().explain(
                photo.data, upload_id=claim.id, created_at=claim.created_at, source=source, face=photo.face
            )
        except PhotoGone as error:
            if claim.created:
                self.store.discard(claim)
                return None
            return self._fail(claim, source, error, retryable=True)
        except PhotoReplaced as error:
            return self._fail(claim, source, error, retryable=True)
        except BrainError as error:
            if not error.photo_at_fault:
                raise
            return self._fail(claim, source, error, retryable=False)
        return self._keep(claim, answer.result, answer.files)

    def _fail(self, claim: Claim, source: Source, error: BrainError, retryable: bool) -> Result | None:
        _say(error.message)
        request = PhotoRequest(claim.id, claim.created_at, source)
        return self._keep(claim, failed_result(request, error), {}, retryable)

    def _keep(
        self, claim: Claim, result: Result, files: Mapping[str, bytes], retryable: bool = False
    ) -> Result | None:
        return result if self.store.finish(claim, result, files, retryable) else None

    def _hand_back(self, claim: Claim, source: Source, error: Exception, last: bool) -> None:
        ours = _as_brain_error(error)
        if last:
            self._fail(claim, source, ours, retryable=True)
        else:
            _say(ours.message)
            self.store.release(claim)

    def _is_last(self, event: PhotoEvent) -> bool:
        """Without a queue nobody counts deliveries, so each may be the last one."""
        return event.receive_count is None or event.receive_count >= self.max_receives


def _say(message: str) -> None:
    """The design's messages go to stderr, to the letter."""
    print(message, file=sys.stderr)


def _as_brain_error(error: Exception) -> BrainError:
    if isinstance(error, BrainError):
        return error
    return ForwardPassFailed("internal-error", "Something broke on our side. Try again later.")
