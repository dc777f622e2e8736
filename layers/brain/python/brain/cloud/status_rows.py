"""Rows of the status table, claims on photos, and outcomes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from brain.core.errors import PhotoUnreadable
from brain.core.results import Problem, Result, Source, Status


@dataclass(frozen=True)
class StatusRow:
    """The status of one photo.

    Attributes:
        id: upload id.
        status: state of the photo.
        created_at: when the photo was announced.
        updated_at: when the row was last changed.
        attempts: how often a worker has claimed the photo.
        source: the object in the uploads bucket.
        face: index of the face that was explained; None until the photo was read.
        compare_with: id of the result that it was compared with.
        error: why it failed.
        retryable: whether it failed through no fault of the photo.
    """

    id: str
    status: Status
    created_at: datetime
    updated_at: datetime
    attempts: int
    source: Source
    face: int | None = None
    compare_with: str | None = None
    error: Problem | None = None
    retryable: bool = False
    message: str = ""

    def is_final(self, message: str) -> bool:
        """Whether no delivery of a message can claim the photo any more, so that the queue may delete it.

        After a failure of the service it may not: the message belongs in the dead-letter queue, from which a
        redrive brings it back as a new one.
        """
        if self.status is Status.FAILED and self.retryable:
            is_same = bool(message) and message == self.message
            return is_same and self.error is not None and self.error.code == PhotoUnreadable.code
        return self.status in (Status.DONE, Status.FAILED)


@dataclass(frozen=True)
class Claim:
    """The right to process one photo. It is lost when another worker takes over or the row is deleted.

    Attributes:
        id: upload id.
        created_at: when the photo was announced.
        claimed_at: when the claim was made or last renewed.
        attempt: number of the claim, starting at 1.
        created: whether only deliveries have written the row: true of a dropped photo until it has a name.
        stalled: whether the claim was taken over from a worker that died.
        named: whether the name is stored already, by this or an earlier claim.
        etag: ETag of the `result.json` that this claim wrote last, in quotes; None if it wrote none.
        compare_with: id of the result that the photo is compared with.
    """

    id: str
    created_at: datetime
    claimed_at: datetime
    attempt: int
    created: bool = False
    stalled: bool = False
    named: bool = False
    etag: str | None = None
    compare_with: str | None = None


@dataclass(frozen=True)
class Outcome:
    """How the processing of a photo ended.

    Attributes:
        result: with status `done` or `failed`.
        files: contents by file name, without `result.json` and without files that are stored already.
        retryable: whether a later delivery may process the photo again.
        face: index of the face that was explained; None if the photo was not read.
    """

    result: Result
    files: Mapping[str, bytes] = field(default_factory=dict)
    retryable: bool = False
    face: int | None = None


def timestamp(moment: datetime) -> str:
    """ISO 8601 of fixed width, so that comparing strings compares moments."""
    return moment.isoformat(timespec="milliseconds")


def new_item(row_id: str, source: Source, moment: datetime, lifetime: timedelta) -> dict[str, Any]:
    """The attributes of a row that begins at a moment, with status `waiting`."""
    return {
        "id": row_id,
        "status": Status.WAITING.value,
        "created_at": timestamp(moment),
        "updated_at": timestamp(moment),
        "attempts": 0,
        "bucket": source.bucket,
        "key": source.key,
        "expires_at": int((moment + lifetime).timestamp()),
    }


def claim_of(before: Mapping[str, Any], row_id: str, moment: datetime) -> Claim:
    """The claim that was made at a given time, from the row's attributes before it."""
    created_at = before.get("created_at")
    return Claim(
        id=row_id,
        created_at=datetime.fromisoformat(created_at) if created_at else moment,
        claimed_at=moment,
        attempt=int(before.get("attempts", 0)) + 1,
        created=not before,
        stalled="claimed_at" in before,
        named=before.get("status") == Status.NAMED,
    )


def row_of(item: Mapping[str, Any]) -> StatusRow:
    """The row in an item of the table."""
    return StatusRow(
        id=item["id"],
        status=Status(item["status"]),
        created_at=datetime.fromisoformat(item["created_at"]),
        updated_at=datetime.fromisoformat(item["updated_at"]),
        attempts=int(item["attempts"]),
        source=Source(bucket=item.get("bucket"), key=item.get("key"), etag=item.get("etag")),
        face=int(item["face"]) if "face" in item else None,
        compare_with=item.get("compare_with"),
        error=Problem.model_validate(item["error"]) if "error" in item else None,
        retryable=bool(item.get("retryable", False)),
        message=item.get("message", ""),
    )
