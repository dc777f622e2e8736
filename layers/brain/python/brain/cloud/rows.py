"""The status table: one DynamoDB row per photo, moved along by conditional updates only.

Deliveries are at least once, so two workers may hold the same photo at the same time. Every
change is conditional on what the writer last saw; whoever loses learns it and steps back.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from boto3.dynamodb.types import TypeDeserializer, TypeSerializer
from botocore.exceptions import ClientError

from brain.core.clock import now
from brain.core.results import Problem, Source, Status

NAMES = (
    "status",
    "created_at",
    "updated_at",
    "attempts",
    "bucket",
    "key",
    "etag",
    "error",
    "retryable",
    "expires_at",
)
NEW_OR_STALLED = (
    "attribute_not_exists(id) OR #status = :waiting"
    " OR (#status = :processing AND #updated_at < :stalled)"
    " OR (#status = :failed AND #retryable = :true)"
)
STILL_MINE = "#status = :processing AND #updated_at = :mine AND #attempts = :attempt"


class Busy(Exception):
    """Another worker holds this photo at the moment; a later delivery has to look again."""


@dataclass(frozen=True)
class Row:
    """One photo's status. `retryable`: it failed through no fault of the photo."""

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
    """The right to process one photo; lost when the row changes hands or is deleted.

    Attributes:
        created: whether there was no row before, as for a dropped photo seen for the first time.
        stalled: whether it was taken over from a worker that died on it.
    """

    id: str
    created_at: datetime
    claimed_at: datetime
    attempt: int
    created: bool
    stalled: bool


class Rows:
    """The table. Safe to use from several threads, as boto3 clients are."""

    def __init__(self, client: Any, table: str, days: int) -> None:
        self._client = client
        self._table = table
        self._lifetime = timedelta(days=days)

    def create(self, row_id: str, source: Source) -> Row:
        """Add a `waiting` row.

        Raises:
            ClientError: `ConditionalCheckFailedException` when there is such a row already.
        """
        moment = now()
        item = {
            "id": row_id,
            "status": Status.WAITING.value,
            "created_at": _text(moment),
            "updated_at": _text(moment),
            "attempts": 0,
            "bucket": source.bucket,
            "key": source.key,
            "expires_at": self._expiry(moment),
        }
        self._client.put_item(
            TableName=self._table, Item=_typed(item), ConditionExpression="attribute_not_exists(id)"
        )
        return _row(item)

    def get(self, row_id: str) -> Row | None:
        """The row as last written, or None."""
        answer = self._client.get_item(TableName=self._table, Key=_typed({"id": row_id}), ConsistentRead=True)
        return _row(_plain(answer["Item"])) if "Item" in answer else None

    def begin(self, row_id: str, source: Source, stalled_after: float) -> Claim | None:
        """Claim a photo for processing.

        Args:
            stalled_after: seconds after which a worker that has not finished is taken for dead.

        Returns:
            None when the photo is finished already, that is, for a duplicate delivery.

        Raises:
            Busy: another worker has it.
        """
        moment = now()
        values = {
            ":one": 1,
            ":now": _text(moment),
            ":expiry": self._expiry(moment),
            ":bucket": source.bucket,
            ":key": source.key,
            ":etag": source.etag,
            ":waiting": Status.WAITING.value,
            ":processing": Status.PROCESSING.value,
            ":failed": Status.FAILED.value,
            ":true": True,
            ":stalled": _text(moment - timedelta(seconds=stalled_after)),
        }
        change = (
            "SET #status = :processing, #updated_at = :now, #bucket = :bucket, #key = :key, #etag = :etag,"
            " #created_at = if_not_exists(#created_at, :now),"
            " #expires_at = if_not_exists(#expires_at, :expiry)"
            " ADD #attempts :one REMOVE #error, #retryable"
        )
        before = self._update(row_id, change, NEW_OR_STALLED, values)
        if before is None:
            self._check_finished(row_id)
            return None
        created_at = before.get("created_at")
        return Claim(
            id=row_id,
            created_at=datetime.fromisoformat(created_at) if created_at else moment,
            claimed_at=moment,
            attempt=int(before.get("attempts", 0)) + 1,
            created=not before,
            stalled=before.get("status") == Status.PROCESSING,
        )

    def release(self, claim: Claim) -> bool:
        """Give a photo back so that the next delivery may start at once. False when it was lost."""
        values = {":waiting": Status.WAITING.value, ":now": _text(now())}
        return self._settle(claim, "SET #status = :waiting, #updated_at = :now", values)

    def finish(self, claim: Claim, status: Status, error: Problem | None, retryable: bool) -> bool:
        """Write a terminal status. False when the claim was lost, for instance to a DELETE."""
        values: dict[str, Any] = {":status": status.value, ":now": _text(now()), ":retryable": retryable}
        change = "SET #status = :status, #updated_at = :now, #retryable = :retryable"
        if error is not None:
            values[":error"] = error.model_dump()
            change += ", #error = :error"
        return self._settle(claim, change, values)

    def remove(self, row_id: str) -> None:
        """Delete a row; no error when there is none."""
        self._client.delete_item(TableName=self._table, Key=_typed({"id": row_id}))

    def _settle(self, claim: Claim, change: str, values: Mapping[str, Any]) -> bool:
        mine = {
            ":processing": Status.PROCESSING.value,
            ":mine": _text(claim.claimed_at),
            ":attempt": claim.attempt,
        }
        return self._update(claim.id, change, STILL_MINE, {**values, **mine}) is not None

    def _check_finished(self, row_id: str) -> None:
        """After a refusal: unless the photo is finished for good, it deserves another look."""
        row = self.get(row_id)
        if row is None or row.status not in (Status.DONE, Status.FAILED) or row.retryable:
            raise Busy

    def _update(
        self, row_id: str, change: str, condition: str, values: Mapping[str, Any]
    ) -> dict[str, Any] | None:
        """The attributes before the change, or None when the condition did not hold."""
        used = {f"#{name}": name for name in NAMES if f"#{name}" in change + condition}
        try:
            answer = self._client.update_item(
                TableName=self._table,
                Key=_typed({"id": row_id}),
                UpdateExpression=change,
                ConditionExpression=condition,
                ExpressionAttributeNames=used,
                ExpressionAttributeValues=_typed(values),
                ReturnValues="ALL_OLD",
            )
        except ClientError as error:
            if error.response["Error"]["Code"] != "ConditionalCheckFailedException":
                raise
            return None
        return _plain(answer.get("Attributes", {}))

    def _expiry(self, moment: datetime) -> int:
        return int((moment + self._lifetime).timestamp())


def _text(moment: datetime) -> str:
    """A form of fixed width, so that comparing texts compares moments."""
    return moment.isoformat(timespec="milliseconds")


def _typed(values: Mapping[str, Any]) -> dict[str, Any]:
    serializer = TypeSerializer()
    return {name: serializer.serialize(value) for name, value in values.items()}


def _plain(item: Mapping[str, Any]) -> dict[str, Any]:
    deserializer = TypeDeserializer()
    return {name: deserializer.deserialize(value) for name, value in item.items()}


def _row(item: Mapping[str, Any]) -> Row:
    return Row(
        id=item["id"],
        status=Status(item["status"]),
        created_at=datetime.fromisoformat(item["created_at"]),
        updated_at=datetime.fromisoformat(item["updated_at"]),
        attempts=int(item["attempts"]),
        source=Source(bucket=item.get("bucket"), key=item.get("key"), etag=item.get("etag")),
        error=Problem.model_validate(item["error"]) if "error" in item else None,
        retryable=bool(item.get("retryable", False)),
    )
