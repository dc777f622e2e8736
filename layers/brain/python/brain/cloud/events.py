"""Parses raw Lambda events into the photos that they announce. Imports no AWS library.

Three formats are known: S3 notifications, EventBridge "Object Created" and "Object Deleted" events, and
GuardDuty scan results. Each arrives inside an SQS message or as a direct invocation. Delivery is at least
once and unordered, so an event does not imply that its photo is new.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import unquote_plus

from brain.cloud.people_keys import is_enrolment

Event = Mapping[str, Any]
SCAN_RESULT = "GuardDuty Malware Protection Object Scan Result"
CLEAN = "NO_THREATS_FOUND"
EXPIRED = "Lifecycle Expiration"


class MalformedEvent(ValueError):
    """An event in none of the known formats. Carries no content, which could include an object key."""


@dataclass(frozen=True)
class PhotoEvent:
    """Announces one stored photo, or the deletion of an enrolment photo.

    Attributes:
        bucket: name of the uploads bucket.
        key: object key, URL-decoded.
        etag: without quotes.
        message_id: id of the SQS message; None for a direct invocation.
        receive_count: how often SQS has delivered the message, starting at 1; None for a direct invocation.
        clean: False if the malware scan found a threat, failed or was skipped.
        sequencer: orders the events of one object: the later one has the greater sequencer. If S3 gave none,
            it is the event's time.
        time: time of the event, ISO 8601 in UTC.
        removed: whether the object was deleted, by a request rather than by a lifecycle rule.
    """

    bucket: str
    key: str
    etag: str
    message_id: str | None = None
    receive_count: int | None = None
    clean: bool = True
    sequencer: str = ""
    time: str = ""
    removed: bool = False


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
    announce no new object (`s3:TestEvent`, deletions of anything but enrolment photos, expirations) are
    ignored, and so are folders (keys that end in `/`).

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
    sources = {"aws.guardduty": _scanned_object, "aws.s3": _eventbridge_objects}
    try:
        found = sources.get(body.get("source", ""), _s3_objects)(body)
    except (AttributeError, KeyError, TypeError):
        raise MalformedEvent("the event announces no stored or scanned object") from None
    # S3's console and some clients create folders, whose keys end in a slash.
    return [
        replace(event, message_id=message_id, receive_count=receive_count)
        for event in found
        if not event.key.endswith("/") and (is_enrolment(event.key) or not event.removed)
    ]


def _scanned_object(body: Event) -> list[PhotoEvent]:
    """The object in a GuardDuty event, whose keys are not encoded."""
    if body["detail-type"] != SCAN_RESULT:
        raise KeyError("detail-type")
    scanned = body["detail"]["s3ObjectDetails"]
    bucket, key, etag = scanned["bucketName"], scanned["objectKey"], scanned["eTag"].strip('"')
    return [PhotoEvent(bucket, key, etag, clean=_is_clean(body), sequencer=body["time"], time=body["time"])]


def _is_clean(body: Event) -> bool:
    """Whether the scan completed without a finding; a failed or skipped scan does not count as clean."""
    detail = body["detail"]
    return bool(
        detail["scanStatus"] == "COMPLETED" and detail["scanResultDetails"]["scanResultStatus"] == CLEAN
    )


def _s3_objects(body: Event) -> list[PhotoEvent]:
    """The created and deleted objects. S3 notifications encode keys like a query string.

    Expirations by a lifecycle rule have names of their own, `LifecycleExpiration:...`.
    """
    known = {"ObjectCreated": False, "ObjectRemoved": True}
    events = []
    for record in body["Records"]:
        kind = record["eventName"].partition(":")[0]
        if kind in known:
            stored, time = record["s3"]["object"], record.get("eventTime", "")
            events.append(
                PhotoEvent(
                    bucket=record["s3"]["bucket"]["name"],
                    key=unquote_plus(stored["key"]),
                    etag="" if known[kind] else stored["eTag"].strip('"'),
                    sequencer=stored.get("sequencer", time),
                    time=time,
                    removed=known[kind],
                )
            )
    return events


def _eventbridge_objects(body: Event) -> list[PhotoEvent]:
    """The created or deleted object. EventBridge does not encode keys, and says why an object was deleted."""
    detail = body["detail"]
    removed = body["detail-type"] == "Object Deleted"
    if removed and detail.get("reason") == EXPIRED:
        return []
    if not removed and body["detail-type"] != "Object Created":
        return []
    stored, time = detail["object"], body.get("time", "")
    return [
        PhotoEvent(
            bucket=detail["bucket"]["name"],
            key=stored["key"],
            etag="" if removed else stored["etag"].strip('"'),
            sequencer=stored.get("sequencer", time),
            time=time,
            removed=removed,
        )
    ]
