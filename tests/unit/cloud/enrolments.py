"""A bucket of enrolment photos whose events arrive in any order, and its service."""

from __future__ import annotations

import base64
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field

from brain.cloud.enrolment import EnrolmentService
from brain.cloud.enrolment_log import EnrolmentLog
from brain.cloud.events import PhotoEvent
from brain.cloud.photos import PhotoGone, PhotoReplaced, StoredPhoto
from brain.cloud.service import Service
from brain.cloud.status_rows import Claim, Outcome
from brain.core.clock import now
from brain.core.results import OtherPhoto, Result, Source
from tests.fakes import FACELESS, FakeEmbedder, FakeExplainer

BUCKET = "brain-uploads"


@dataclass
class FakePeople:
    """A log that is always replaced at once."""

    log: EnrolmentLog = field(default_factory=EnrolmentLog)

    def current(self) -> EnrolmentLog:
        return self.log

    def change(self, edit: Callable[[EnrolmentLog], EnrolmentLog]) -> EnrolmentLog:
        before, self.log = self.log, edit(self.log)
        return before


@dataclass
class Bucket:
    """An uploads bucket with its results: objects by key, events in their true order, outcomes by id."""

    objects: dict[str, bytes] = field(default_factory=dict)
    events: list[PhotoEvent] = field(default_factory=list)
    outcomes: dict[str, Result] = field(default_factory=dict)
    while_read: Callable[[], object] = lambda: None

    def put(self, key: str, content: bytes) -> None:
        self.objects[key] = content
        self._notify(key, content.hex())

    def delete(self, key: str) -> None:
        if self.objects.pop(key, None) is not None:
            self._notify(key, "", removed=True)

    def _notify(self, key: str, etag: str, removed: bool = False) -> None:
        number = len(self.events) + 1
        moment = f"2026-03-14T09:00:{number:02d}.000Z"
        self.events.append(
            PhotoEvent(BUCKET, key, etag, "m", 1, sequencer=f"00{number:06X}", time=moment, removed=removed)
        )

    def people(self) -> set[tuple[str, str]]:
        """Keys and descriptors of the photos that show a face."""
        shown = {key: content for key, content in self.objects.items() if content != FACELESS}
        return {(key, base64.b64encode(content).decode()) for key, content in shown.items()}

    def claim(self, upload_id: str, source: Source, stalled_after: float, message: str = "") -> Claim | None:
        if upload_id in self.outcomes and self.outcomes[upload_id].error is None:
            return None
        if (known := self.outcomes.get(upload_id)) and known.error and known.error.code == 3:
            return None
        return Claim(upload_id, now(), now(), 1, created=True)

    def release(self, claim: Claim) -> None:
        raise AssertionError("nothing is released")

    def read_photo(self, source: Source) -> StoredPhoto:
        assert source.key is not None
        if source.key not in self.objects:
            raise PhotoGone
        content = self.objects[source.key]
        if content.hex() != source.etag:
            raise PhotoReplaced
        self.while_read()
        return StoredPhoto(content)

    def read_other(self, claim: Claim) -> OtherPhoto | None:
        raise AssertionError("nothing is compared")

    def begin_pictures(self, claim: Claim, files: object) -> dict[str, Future[str]]:
        raise AssertionError("an enrolment has no pictures")

    def store_named(self, claim: Claim, result: Result, files: object) -> Claim | None:
        raise AssertionError("an enrolment has one stage")

    def finish(self, claim: Claim, outcome: Outcome) -> bool:
        self.outcomes[claim.id] = outcome.result
        return True

    def discard(self, claim: Claim) -> None:
        self.outcomes.pop(claim.id, None)

    def forget(self, upload_id: str) -> bool:
        return self.outcomes.pop(upload_id, None) is not None


def service(bucket: Bucket, people: FakePeople | None = None) -> EnrolmentService:
    photos = Service(bucket, FakeExplainer, max_receives=5)
    return EnrolmentService(photos, people or FakePeople(), FakeEmbedder, bucket.forget)


def enrolled(log: EnrolmentLog) -> set[tuple[str, str]]:
    return {(record.photo, record.descriptor) for record in log.records()}
