"""Rows of the status table, and their DynamoDB representation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from boto3.dynamodb.types import TypeDeserializer, TypeSerializer

from brain.core.results import Problem, Source, Status


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
        error: why it failed.
        retryable: whether it failed through no fault of the photo.
    """

    id: str
    status: Status
    created_at: datetime
    updated_at: datetime
    attempts: int
    source: Source
    error: Problem | None = None
    retryable: bool = False


@dataclass(frozen=True)
class Claim:
    """The right to process one photo. It is lost when another worker takes over or the row is deleted.

    Attributes:
        id: upload id.
        created_at: when the photo was announced.
        claimed_at: when the claim was made.
        attempt: number of the claim, starting at 1.
        created: whether the claim created the row, as for the first delivery of a dropped photo.
        stalled: whether the claim was taken over from a worker that died.
    """

    id: str
    created_at: datetime
    claimed_at: datetime
    attempt: int
    created: bool
    stalled: bool


def timestamp(moment: datetime) -> str:
    """ISO 8601 of fixed width, so that comparing strings compares moments."""
    return moment.isoformat(timespec="milliseconds")


def to_dynamodb(values: Mapping[str, Any]) -> dict[str, Any]:
    """Python values as typed DynamoDB attributes."""
    serializer = TypeSerializer()
    return {name: serializer.serialize(value) for name, value in values.items()}


def from_dynamodb(item: Mapping[str, Any]) -> dict[str, Any]:
    """Typed DynamoDB attributes as Python values."""
    deserializer = TypeDeserializer()
    return {name: deserializer.deserialize(value) for name, value in item.items()}


def row_of(item: Mapping[str, Any]) -> StatusRow:
    """The row in a deserialized item."""
    return StatusRow(
        id=item["id"],
        status=Status(item["status"]),
        created_at=datetime.fromisoformat(item["created_at"]),
        updated_at=datetime.fromisoformat(item["updated_at"]),
        attempts=int(item["attempts"]),
        source=Source(bucket=item.get("bucket"), key=item.get("key"), etag=item.get("etag")),
        error=Problem.model_validate(item["error"]) if "error" in item else None,
        retryable=bool(item.get("retryable", False)),
    )
