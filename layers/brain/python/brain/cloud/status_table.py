"""The status table: one DynamoDB row per photo, changed by conditional updates only.

Delivery is at least once, so two workers may receive the same photo at the same time. Every update is
conditional on the state that the writer last read; a writer whose condition fails has lost the photo to
another one.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from botocore.exceptions import ClientError

from brain.cloud.status_rows import Claim, StatusRow, from_dynamodb, row_of, timestamp, to_dynamodb
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
CLAIMABLE = (
    "attribute_not_exists(id) OR #status = :waiting"
    " OR (#status = :processing AND #updated_at < :stalled)"
    " OR (#status = :failed AND #retryable = :true)"
)
CLAIM_HELD = "#status = :processing AND #updated_at = :claimed_at AND #attempts = :attempt"


class AlreadyClaimed(Exception):
    """Another worker is processing this photo; deliver the event again later."""


class StatusTable:
    """Creates, claims and finishes rows. Thread-safe, as boto3 clients are.

    Args:
        client: boto3's DynamoDB client.
        table: name of the table.
        days: lifetime of a row.
    """

    def __init__(self, client: Any, table: str, days: int) -> None:
        self._client = client
        self._table = table
        self._lifetime = timedelta(days=days)

    def create(self, row_id: str, source: Source) -> StatusRow:
        """Create a `waiting` row.

        Raises:
            ClientError: `ConditionalCheckFailedException` if the row exists already.
        """
        moment = now()
        item = {
            "id": row_id,
            "status": Status.WAITING.value,
            "created_at": timestamp(moment),
            "updated_at": timestamp(moment),
            "attempts": 0,
            "bucket": source.bucket,
            "key": source.key,
            "expires_at": self._expiry(moment),
        }
        self._client.put_item(
            TableName=self._table, Item=to_dynamodb(item), ConditionExpression="attribute_not_exists(id)"
        )
        return row_of(item)

    def get(self, row_id: str) -> StatusRow | None:
        """The row, read consistently, or None."""
        key = to_dynamodb({"id": row_id})
        response = self._client.get_item(TableName=self._table, Key=key, ConsistentRead=True)
        return row_of(from_dynamodb(response["Item"])) if "Item" in response else None

    def claim(self, row_id: str, source: Source, stalled_after: float) -> Claim | None:
        """Claim a photo for processing, creating the row if there is none.

        Args:
            row_id: upload id.
            source: the announced object.
            stalled_after: seconds after which an unfinished claim counts as abandoned.

        Returns:
            None if the photo is finished already, that is, for a duplicate delivery.

        Raises:
            AlreadyClaimed: another worker is processing the photo.
        """
        moment = now()
        values = {
            ":increment": 1,
            ":now": timestamp(moment),
            ":expiry": self._expiry(moment),
            ":bucket": source.bucket,
            ":key": source.key,
            ":etag": source.etag,
            ":waiting": Status.WAITING.value,
            ":processing": Status.PROCESSING.value,
            ":failed": Status.FAILED.value,
            ":true": True,
            ":stalled": timestamp(moment - timedelta(seconds=stalled_after)),
        }
        change = (
            "SET #status = :processing, #updated_at = :now, #bucket = :bucket, #key = :key, #etag = :etag,"
            " #created_at = if_not_exists(#created_at, :now),"
            " #expires_at = if_not_exists(#expires_at, :expiry)"
            " ADD #attempts :increment REMOVE #error, #retryable"
        )
        before = self._update(row_id, change, CLAIMABLE, values)
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
        """Set a claimed photo back to `waiting`. Returns False if the claim was lost."""
        values = {":waiting": Status.WAITING.value, ":now": timestamp(now())}
        return self._settle(claim, "SET #status = :waiting, #updated_at = :now", values)

    def finish(self, claim: Claim, status: Status, error: Problem | None, retryable: bool) -> bool:
        """Set a terminal status. Returns False if the claim was lost, for instance to a deletion."""
        values: dict[str, Any] = {":status": status.value, ":now": timestamp(now()), ":retryable": retryable}
        change = "SET #status = :status, #updated_at = :now, #retryable = :retryable"
        if error is not None:
            values[":error"] = error.model_dump()
            change += ", #error = :error"
        return self._settle(claim, change, values)

    def delete(self, row_id: str) -> None:
        """Delete a row, if it exists."""
        self._client.delete_item(TableName=self._table, Key=to_dynamodb({"id": row_id}))

    def _settle(self, claim: Claim, change: str, values: Mapping[str, Any]) -> bool:
        held = {
            ":processing": Status.PROCESSING.value,
            ":claimed_at": timestamp(claim.claimed_at),
            ":attempt": claim.attempt,
        }
        return self._update(claim.id, change, CLAIM_HELD, {**values, **held}) is not None

    def _check_finished(self, row_id: str) -> None:
        """Raise `AlreadyClaimed` unless the row is finished and not retryable."""
        row = self.get(row_id)
        if row is None or row.status not in (Status.DONE, Status.FAILED) or row.retryable:
            raise AlreadyClaimed

    def _update(
        self, row_id: str, change: str, condition: str, values: Mapping[str, Any]
    ) -> dict[str, Any] | None:
        """The attributes before the update, or None if the condition did not hold."""
        used = {f"#{name}": name for name in NAMES if f"#{name}" in change + condition}
        try:
            response = self._client.update_item(
                TableName=self._table,
                Key=to_dynamodb({"id": row_id}),
                UpdateExpression=change,
                ConditionExpression=condition,
                ExpressionAttributeNames=used,
                ExpressionAttributeValues=to_dynamodb(values),
                ReturnValues="ALL_OLD",
            )
        except ClientError as error:
            if error.response["Error"]["Code"] != "ConditionalCheckFailedException":
                raise
            return None
        return from_dynamodb(response.get("Attributes", {}))

    def _expiry(self, moment: datetime) -> int:
        return int((moment + self._lifetime).timestamp())
