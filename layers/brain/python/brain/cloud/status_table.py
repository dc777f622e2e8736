"""The status table: one DynamoDB row per photo, changed by conditional updates only.

    waiting -> processing -> named -> done | failed

Delivery is at least once, so two workers may receive the same photo at the same time. A worker claims a photo
before processing it; the attribute `claimed_at` exists while a claim is held. Every update is conditional on
the state that the writer last read, and a writer whose condition fails has lost the photo to another one. A
released or abandoned claim leaves `named` as it is, so that a stored name stays visible while the photo is
processed again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from brain.cloud.conditional_table import ConditionalTable
from brain.cloud.status_rows import Claim, Outcome, StatusRow, claim_of, new_item, row_of, timestamp
from brain.cloud.uploads import upload_key
from brain.core.clock import now
from brain.core.results import Source, Status

UNCLAIMED = "(attribute_not_exists(#claimed_at) OR #claimed_at < :stalled)"
# A duplicate of the message that led to a failure may arrive after the queue deleted that message. It does
# not lead to another attempt: if that failed too, no further delivery would follow.
RETRYABLE = (
    "#status = :failed AND #retryable = :true AND (attribute_not_exists(#message) OR #message <> :message)"
)
CLAIMABLE = f"(#status IN (:waiting, :processing) AND {UNCLAIMED}) OR ({RETRYABLE})"
CLAIMABLE_NAMED = f"#status = :named AND {UNCLAIMED}"
CLAIM_HELD = "#claimed_at = :claimed_at AND #attempts = :attempt"
# A renewal whose response was lost is repeated, and then finds its own timestamp.
CLAIM_RENEWABLE = "#attempts = :attempt AND (#claimed_at = :claimed_at OR #claimed_at = :now)"
CLAIM_NAMED = (
    "ADD #attempts :increment REMOVE #error, #retryable SET #updated_at = :now, #claimed_at = :now,"
    " #bucket = :bucket, #key = :key, #etag = :etag, #message = :message"
)
CLAIM = f"{CLAIM_NAMED}, #status = :processing"


class AlreadyClaimed(Exception):
    """Another worker holds this photo; deliver the event again later."""


class NotClaimable(Exception):
    """The photo is finished, or its row was deleted or never created.

    Attributes:
        row: the finished row; None if there is none.
    """

    def __init__(self, row: StatusRow | None) -> None:
        super().__init__("the photo cannot be claimed")
        self.row = row


class StatusTable:
    """Creates, claims and finishes rows. Thread-safe, as boto3 clients are.

    Args:
        client: boto3's DynamoDB client.
        table: name of the table.
        days: lifetime of a row.
    """

    def __init__(self, client: Any, table: str, days: int) -> None:
        self._table = ConditionalTable(client, table)
        self._lifetime = timedelta(days=days)

    def create(self, row_id: str, source: Source) -> None:
        """Create a `waiting` row under an id that is new.

        If there is a row, boto3 repeated the request because the response was lost.
        """
        self._table.create(new_item(row_id, source, now(), self._lifetime))

    def get(self, row_id: str) -> StatusRow | None:
        """The row, read consistently, or None."""
        item = self._table.get(row_id)
        return row_of(item) if item else None

    def claim(
        self,
        row_id: str,
        source: Source,
        stalled_after: float,
        create: bool = True,
        message: str = "",
    ) -> Claim:
        """Claim a photo for processing.

        Args:
            row_id: upload id.
            source: the announced object.
            stalled_after: seconds after which an unfinished claim counts as abandoned.
            create: whether to create the row if there is none.
            message: id of the message that announced the object; if empty, the delivery counts as a message
                of its own.

        Raises:
            AlreadyClaimed: another worker is processing the photo, or this message has already failed for
                good.
            NotClaimable: the photo is finished, at least for this message, or there is no row and none may be
                created.
        """
        moment = now()
        if create and self._create_claimed(row_id, source, moment, message):
            return claim_of({}, row_id, moment)
        values = self._claim_values(source, moment, message)
        states = {
            ":processing": Status.PROCESSING.value,
            ":waiting": Status.WAITING.value,
            ":failed": Status.FAILED.value,
            ":true": True,
            ":stalled": timestamp(moment - timedelta(seconds=stalled_after)),
        }
        before = self._table.update_returning_old(row_id, CLAIM, CLAIMABLE, values | states)
        if before is None:
            self._check_unfinished(row_id, create, message)
            named = {":named": Status.NAMED.value, ":stalled": states[":stalled"]}
            before = self._table.update_returning_old(row_id, CLAIM_NAMED, CLAIMABLE_NAMED, values | named)
        if before is None:
            raise AlreadyClaimed
        is_unfinished = before.get("status") in (Status.WAITING, Status.PROCESSING)
        is_dropped = source.key != upload_key(row_id)
        return replace(claim_of(before, row_id, moment), created=is_dropped and is_unfinished)

    def reclaim(self, row: StatusRow, source: Source, message: str) -> Claim:
        """Claim a finished photo, to process it again.

        Raises:
            AlreadyClaimed: the row has changed since it was read.
        """
        moment = now()
        values = self._claim_values(source, moment, message) | {
            ":processing": Status.PROCESSING.value,
            ":before": timestamp(row.updated_at),
        }
        condition = "#updated_at = :before AND attribute_not_exists(#claimed_at)"
        before = self._table.update_returning_old(row.id, CLAIM, condition, values)
        if before is None:
            raise AlreadyClaimed
        return claim_of(before, row.id, moment)

    def holds(self, claim: Claim) -> bool:
        """Whether a claim is still held."""
        item = self._table.get(claim.id) or {}
        held = (item.get("claimed_at"), item.get("attempts"))
        return held == (timestamp(claim.claimed_at), claim.attempt)

    def mark_named(self, claim: Claim) -> Claim | None:
        """Set `named` and renew the claim. Returns None if the claim was lost."""
        moment = now()
        change = "SET #status = :named, #updated_at = :now, #claimed_at = :now"
        values = {":named": Status.NAMED.value, ":now": timestamp(moment), **_held(claim)}
        held = self._table.update(claim.id, change, CLAIM_RENEWABLE, values)
        return replace(claim, claimed_at=moment, named=True) if held else None

    def release(self, claim: Claim) -> bool:
        """Give up a claim, so that the photo can be claimed again. Returns False if the claim was lost."""
        if claim.named:
            return self._change(
                claim, "SET #updated_at = :now REMOVE #claimed_at", {":now": timestamp(now())}
            )
        values = {":now": timestamp(now()), ":waiting": Status.WAITING.value}
        return self._change(claim, "SET #updated_at = :now, #status = :waiting REMOVE #claimed_at", values)

    def finish(self, claim: Claim, outcome: Outcome) -> bool:
        """Set a terminal status. Returns False if the claim was lost, for instance to a deletion."""
        result = outcome.result
        changed = {
            "status": result.status.value,
            "updated_at": timestamp(now()),
            "retryable": outcome.retryable,
            "error": result.error.model_dump() if result.error else None,
            "face": outcome.face,
        }
        changed = {name: value for name, value in changed.items() if value is not None}
        assignments = ", ".join(f"#{name} = :{name}" for name in changed)
        values = {f":{name}": value for name, value in changed.items()}
        removed = "#claimed_at" if claim.compare_with else "#claimed_at, #compare_with"
        return self._change(claim, f"SET {assignments} REMOVE {removed}", values)

    def mark_compared(self, claim: Claim) -> bool:
        """Note which result a photo is compared with. Returns False if the claim was lost."""
        return self._change(claim, "SET #compare_with = :other", {":other": claim.compare_with})

    def delete(self, row_id: str) -> None:
        """Delete a row, if it exists."""
        self._table.delete(row_id)

    def delete_claimed(self, claim: Claim) -> bool:
        """Delete a claimed row. Returns False if the claim was lost."""
        return self._table.delete_if(claim.id, CLAIM_HELD, _held(claim))

    def _change(self, claim: Claim, change: str, values: Mapping[str, Any]) -> bool:
        return self._table.update(claim.id, change, CLAIM_HELD, {**values, **_held(claim)})

    def _create_claimed(self, row_id: str, source: Source, moment: datetime, message: str) -> bool:
        """Create a row that is claimed already. Returns False if there is one."""
        claimed = {
            "status": Status.PROCESSING.value,
            "attempts": 1,
            "claimed_at": timestamp(moment),
            "etag": source.etag,
            "message": message or timestamp(moment),
        }
        return self._table.create(new_item(row_id, source, moment, self._lifetime) | claimed)

    def _check_unfinished(self, row_id: str, create: bool, message: str) -> None:
        """After a failed claim: raise `NotClaimable` if no later delivery can claim the photo either."""
        row = self.get(row_id)
        is_missing = row is None and not create
        is_final = row is not None and row.is_final(message)
        if is_missing or is_final:
            raise NotClaimable(row)

    def _claim_values(self, source: Source, moment: datetime, message: str) -> dict[str, Any]:
        return {
            ":increment": 1,
            ":now": timestamp(moment),
            ":bucket": source.bucket,
            ":key": source.key,
            ":etag": source.etag,
            ":message": message or timestamp(moment),
        }


def _held(claim: Claim) -> dict[str, Any]:
    return {":claimed_at": timestamp(claim.claimed_at), ":attempt": claim.attempt}
