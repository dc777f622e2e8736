"""Parses raw Lambda events into the photos that they announce. Imports no AWS library.

Three formats are known: S3 notifications, EventBridge "Object Created" events, and GuardDuty scan results.
Each arrives inside an SQS message or as a direct invocation. Delivery is at least once and unordered, so an
event does not imply that its photo is new.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote_plus

Event = Mapping[str, Any]
StoredObject = tuple[str, str, str]  # bucket, key, ETag

SCAN_RESULT = "GuardDuty Malware Protection Object Scan Result"
CLEAN = "NO_THREATS_FOUND"


class MalformedEvent(ValueError):
    """An event in none of the known formats. Carries no content, which could include an object key."""


@dataclass(frozen=True)
class PhotoEvent:
    """Announces one stored photo.

    Attributes:
        bucket: name of the uploads bucket.
        key: object key, URL-decoded.
        etag: without quotes.
        message_id: id of the SQS message; None for a direct invocation.
        receive_count: how often SQS has delivered the message, starting at 1; None for a direct invocation.
        clean: False if the malware scan found a threat, failed or was skipped.
    """

    bucket: str
    key: str
    etag: str
    message_id: str | None = None
    receive_count: int | None = None
    clean: bool = True


@dataclass(frozen=True)
class ParsedEvent:
    """The content of a Lambda event.

    Attributes:
        photos: the announced photos, in the order of the event.
        malformed: ids of the SQS messages that could not be parsed.
        queued: whether the event came from SQS.
    """

    photos: list[PhotoEvent]
    malformed: list[str]
    queued: bool


def parse(event: Event) -> ParsedEvent:
    """Parse an event in any of the known formats.

    A malformed SQS message is reported by its id and does not affect the rest of the batch. Events that
    announce no new object (`s3:TestEvent`, deletions) are ignored, and so are folders (keys that end in `/`).

    Raises:
        MalformedEvent: a direct invocation with an event in none of the known formats.
    """
    records = event.get("Records")
    if not records or records[0].get("eventSource") != "aws:sqs":
        return ParsedEvent(_photos_in(event), [], queued=False)
    photos: list[PhotoEvent] = []
    malformed: list[str] = []
    for message in records:
        try:
            photos += _photos_in_message(message)
        except MalformedEvent:
            malformed.append(message["messageId"])
    return ParsedEvent(photos, malformed, queued=True)


def _photos_in_message(message: Event) -> list[PhotoEvent]:
    try:
        body = json.loads(message["body"])
    except ValueError:
        raise MalformedEvent("the message body is not JSON") from None
    if not isinstance(body, dict):
        raise MalformedEvent("the message body is not a JSON object")
    receive_count = int(message["attributes"]["ApproximateReceiveCount"])
    return _photos_in(body, message["messageId"], receive_count)


def _photos_in(
    body: Event, message_id: str | None = None, receive_count: int | None = None
) -> list[PhotoEvent]:
    if body.get("Event") == "s3:TestEvent":
        return []
    try:
        if body.get("source") == "aws.guardduty":
            scanned = _scanned_object(body)
            photo = PhotoEvent(*scanned, message_id, receive_count, _is_clean(body))
            return [] if _is_folder(scanned) else [photo]
        objects = _eventbridge_objects(body) if body.get("source") == "aws.s3" else _s3_objects(body)
    except (AttributeError, KeyError, TypeError):
        raise MalformedEvent("the event announces no stored or scanned object") from None
    return [PhotoEvent(*stored, message_id, receive_count) for stored in objects if not _is_folder(stored)]


def _is_folder(stored: StoredObject) -> bool:
    """Whether an object is a folder that the S3 console or a client created."""
    _, key, _ = stored
    return key.endswith("/")


def _scanned_object(body: Event) -> StoredObject:
    """Bucket, key and ETag in a GuardDuty event, whose keys are not encoded."""
    if body["detail-type"] != SCAN_RESULT:
        raise KeyError("detail-type")
    scanned = body["detail"]["s3ObjectDetails"]
    return scanned["bucketName"], scanned["objectKey"], scanned["eTag"].strip('"')


def _is_clean(body: Event) -> bool:
    """Whether the scan completed without a finding; a failed or skipped scan does not count as clean."""
    detail = body["detail"]
    return bool(
        detail["scanStatus"] == "COMPLETED" and detail["scanResultDetails"]["scanResultStatus"] == CLEAN
    )


def _s3_objects(body: Event) -> list[StoredObject]:
    """Bucket, key and ETag of each created object. S3 notifications encode keys like a query string."""
    created = [record["s3"] for record in body["Records"] if record["eventName"].startswith("ObjectCreated:")]
    return [
        (s3["bucket"]["name"], unquote_plus(s3["object"]["key"]), s3["object"]["eTag"].strip('"'))
        for s3 in created
    ]


def _eventbridge_objects(body: Event) -> list[StoredObject]:
    """Bucket, key and ETag of a created object. EventBridge does not encode keys."""
    if body["detail-type"] != "Object Created":
        return []
    detail = body["detail"]
    return [(detail["bucket"]["name"], detail["object"]["key"], detail["object"]["etag"].strip('"'))]
