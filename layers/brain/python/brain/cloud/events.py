"""Raw Lambda events -> the photos they announce. Knows no AWS library.

Three shapes arrive, each either inside an SQS message or handed to the function directly: an S3
notification, an EventBridge "Object Created", or GuardDuty's verdict on a scanned object. Deliveries
are at least once and unordered, so nothing here assumes that a photo is new.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote_plus

Event = Mapping[str, Any]

SCANNED = "GuardDuty Malware Protection Object Scan Result"
CLEAN = "NO_THREATS_FOUND"


class MalformedEvent(ValueError):
    """An event that has none of the known shapes. Carries no content: it could hold a key."""


@dataclass(frozen=True)
class PhotoEvent:
    """One photo that was stored.

    Attributes:
        key: decoded, as a person would write it.
        etag: without quotes.
        message_id: of the SQS message that told of it; None when there is no queue.
        receive_count: how often that message was delivered, this time included (from 1).
        clean: False when a malware scan did not find the photo clean, for whatever reason.
    """

    bucket: str
    key: str
    etag: str
    message_id: str | None = None
    receive_count: int | None = None
    clean: bool = True


@dataclass(frozen=True)
class Parsed:
    """What an event holds: the photos, and the ids of messages that could not be understood."""

    photos: list[PhotoEvent]
    malformed: list[str]
    queued: bool


def parse(event: Event) -> Parsed:
    """Read an event of any of the known shapes.

    A message that cannot be understood is reported by its id, so that it does not take the rest
    of its batch with it. Events that tell of no new object (`s3:TestEvent`, removals) are dropped.

    Raises:
        MalformedEvent: an event without a queue that has none of the known shapes.
    """
    records = event.get("Records")
    if not records or records[0].get("eventSource") != "aws:sqs":
        return Parsed(_notified(event), [], queued=False)
    photos: list[PhotoEvent] = []
    malformed: list[str] = []
    for message in records:
        try:
            photos += _of_message(message)
        except MalformedEvent:
            malformed.append(message["messageId"])
    return Parsed(photos, malformed, queued=True)


def _of_message(message: Event) -> list[PhotoEvent]:
    try:
        body = json.loads(message["body"])
    except ValueError:
        raise MalformedEvent("the message body is not JSON") from None
    if not isinstance(body, dict):
        raise MalformedEvent("the message body is not an object")
    count = int(message["attributes"]["ApproximateReceiveCount"])
    return _notified(body, message["messageId"], count)


def _notified(
    body: Event, message_id: str | None = None, receive_count: int | None = None
) -> list[PhotoEvent]:
    """The photos that one event tells of."""
    if body.get("Event") == "s3:TestEvent":
        return []
    try:
        if body.get("source") == "aws.guardduty":
            return [PhotoEvent(*_scanned(body), message_id, receive_count, _is_clean(body))]
        found = _from_eventbridge(body) if body.get("source") == "aws.s3" else _from_s3(body)
    except (AttributeError, KeyError, TypeError):
        raise MalformedEvent("the event tells of no stored or scanned object") from None
    return [PhotoEvent(*place, message_id, receive_count) for place in found]


def _scanned(body: Event) -> tuple[str, str, str]:
    """GuardDuty sends keys as they are."""
    if body["detail-type"] != SCANNED:
        raise KeyError("detail-type")
    scanned = body["detail"]["s3ObjectDetails"]
    return scanned["bucketName"], scanned["objectKey"], scanned["eTag"].strip('"')


def _is_clean(body: Event) -> bool:
    """A scan that failed or was skipped vouches for nothing."""
    detail = body["detail"]
    return bool(
        detail["scanStatus"] == "COMPLETED" and detail["scanResultDetails"]["scanResultStatus"] == CLEAN
    )


def _from_s3(body: Event) -> list[tuple[str, str, str]]:
    """S3 notifications encode their keys as in a query string: a space is a plus sign."""
    created = [one["s3"] for one in body["Records"] if one["eventName"].startswith("ObjectCreated:")]
    return [
        (s3["bucket"]["name"], unquote_plus(s3["object"]["key"]), s3["object"]["eTag"].strip('"'))
        for s3 in created
    ]


def _from_eventbridge(body: Event) -> list[tuple[str, str, str]]:
    """EventBridge sends keys as they are."""
    if body["detail-type"] != "Object Created":
        return []
    detail = body["detail"]
    return [(detail["bucket"]["name"], detail["object"]["key"], detail["object"]["etag"].strip('"'))]
