"""Parsing raw events in all formats."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any
from urllib.parse import quote_plus

import pytest

from brain.cloud.events import MalformedEvent, PhotoEvent, parse
from tests.fakes import PAGE_ID
from tests.lambda_calls import EVENTS, raw_event

ETAG = "d31c31542b128e8d3b1650a1eb26eaaf"
DROPPED = "inbox/My Photo +é.jpg"
SEQUENCER = "0066F1C2A3B4D5E6F7"
S3_TIME, RULE_TIME, SCANNED = "2026-03-14T09:26:53.589Z", "2026-03-14T09:26:54Z", "2026-03-14T09:27:01Z"
MESSAGE = "059f36b4-87a3-44ab-83d2-661975830a7d"


@pytest.mark.parametrize(("name", "time"), [("s3_dropped", S3_TIME), ("eventbridge_dropped", RULE_TIME)])
def test_direct_invocations_have_no_message(name: str, time: str) -> None:
    parsed = parse(raw_event(name))

    assert parsed.photos == [PhotoEvent("brain-uploads", DROPPED, ETAG, sequencer=SEQUENCER, time=time)]
    assert not parsed.queued


@pytest.mark.parametrize(
    ("name", "count", "time"), [("sqs_s3_dropped", 1, S3_TIME), ("sqs_eventbridge_dropped", 3, RULE_TIME)]
)
def test_queued_events_carry_message_id_and_receive_count(name: str, count: int, time: str) -> None:
    parsed = parse(raw_event(name))

    dropped = PhotoEvent("brain-uploads", DROPPED, ETAG, MESSAGE, count, True, SEQUENCER, time)
    assert parsed.photos == [dropped]
    assert parsed.queued


@pytest.mark.parametrize(("name", "clean"), [("clean", True), ("infected", False), ("skipped", False)])
def test_a_scanned_photo_carries_the_scan_result(name: str, clean: bool) -> None:
    parsed = parse(raw_event(f"sqs_guardduty_{name}"))

    scanned = PhotoEvent("brain-uploads", DROPPED, ETAG, MESSAGE, 1, clean, SCANNED, SCANNED)
    assert parsed.photos == [scanned]


def test_other_guardduty_events_are_malformed() -> None:
    event = raw_event("sqs_guardduty_clean")
    body = json.loads(event["Records"][0]["body"])
    body["detail-type"] = "GuardDuty Malware Protection Resource Status Active"
    event["Records"][0]["body"] = json.dumps(body)

    assert parse(event).malformed == [MESSAGE]


def test_page_upload() -> None:
    assert parse(raw_event("sqs_s3_page")).photos[0].key == f"uploads/{PAGE_ID}"


@pytest.mark.parametrize("name", ["s3_test_event", "sqs_test_event", "s3_removed", "eventbridge_deleted"])
def test_events_without_a_new_object_are_ignored(name: str) -> None:
    parsed = parse(raw_event(name))

    assert parsed.photos == []
    assert parsed.malformed == []


def removal_of(key: str, name: str) -> dict[str, Any]:
    """The event of a deleted object, as S3 or EventBridge sends it."""
    event = raw_event(name)
    if name == "s3_removed":
        event["Records"][0]["s3"]["object"]["key"] = quote_plus(key)
    else:
        event["detail"]["object"]["key"] = key
        event["detail"]["reason"] = "DeleteObject"
    return event


@pytest.mark.parametrize("name", ["s3_removed", "eventbridge_deleted"])
def test_the_deletion_of_an_enrolment_photo_is_reported(name: str) -> None:
    key = "people/Zoë + Söhne/1 (2).jpg"

    (event,) = parse(removal_of(key, name)).photos

    assert (event.key, event.etag, event.removed, event.sequencer) == (key, "", True, SEQUENCER)


def test_an_expired_enrolment_photo_is_none_that_was_deleted() -> None:
    key = "people/Ada/1.jpg"
    notified, announced = removal_of(key, "s3_removed"), removal_of(key, "eventbridge_deleted")
    notified["Records"][0]["eventName"] = "LifecycleExpiration:Delete"
    announced["detail"]["reason"] = "Lifecycle Expiration"

    assert parse(notified).photos == parse(announced).photos == []


def test_without_a_sequencer_the_time_orders_events() -> None:
    event = raw_event("s3_dropped")
    del event["Records"][0]["s3"]["object"]["sequencer"]

    assert parse(event).photos[0].sequencer == S3_TIME


@pytest.mark.parametrize("name", ["sqs_s3_dropped", "sqs_eventbridge_dropped", "sqs_guardduty_clean"])
def test_folders_are_ignored(name: str) -> None:
    event = raw_event(name)
    body = json.loads(event["Records"][0]["body"])
    match name:
        case "sqs_s3_dropped":
            body["Records"][0]["s3"]["object"]["key"] = "inbox/New+folder/"
        case "sqs_eventbridge_dropped":
            body["detail"]["object"]["key"] = "inbox/New folder/"
        case _:
            body["detail"]["s3ObjectDetails"]["objectKey"] = "inbox/New folder/"
    event["Records"][0]["body"] = json.dumps(body)

    parsed = parse(event)

    assert (parsed.photos, parsed.malformed) == ([], [])


def test_a_percent_sign_in_an_eventbridge_key_is_not_decoded() -> None:
    event = raw_event("eventbridge_dropped")
    event["detail"]["object"]["key"] = "100%25+.jpg"

    assert parse(event).photos[0].key == "100%25+.jpg"


def test_malformed_messages_do_not_affect_the_rest_of_the_batch() -> None:
    parsed = parse(raw_event("sqs_batch"))

    assert [photo.key for photo in parsed.photos] == ["inbox/good.jpg", "inbox/second.jpg", "inbox/last.jpg"]
    assert [photo.receive_count for photo in parsed.photos] == [1, 1, 5]
    assert parsed.malformed == [
        "2e1424d4-f796-459a-8184-9c92662be6da",
        "c7a8b9d0-1e2f-4a3b-9c4d-abcdefabcdef",
    ]


@pytest.mark.parametrize("body", ["[]", "17", "null", '{"Records": 5}', '{"Records": [{"eventName": 1}]}'])
def test_json_of_another_shape_is_malformed(body: str) -> None:
    event = raw_event("sqs_s3_dropped")
    event["Records"][0]["body"] = body

    assert parse(event).malformed == [MESSAGE]


@pytest.mark.parametrize("event", [{}, {"Records": None}, {"source": "aws.s3"}, {"Records": [{"a": 1}]}])
def test_unknown_direct_events_are_rejected(event: dict[str, object]) -> None:
    with pytest.raises(MalformedEvent):
        parse(event)


@pytest.mark.parametrize("path", sorted(EVENTS.glob("sqs_*.json")), ids=lambda path: path.stem)
def test_the_example_messages_are_complete(path: Path) -> None:
    """They have the fields that SQS and Lambda send, and a valid digest of the body."""
    for message in json.loads(path.read_text(encoding="utf-8"))["Records"]:
        digest = hashlib.md5(message["body"].encode(), usedforsecurity=False).hexdigest()
        assert message["md5OfBody"] == digest
        assert message["eventSource"] == "aws:sqs"
        assert {"ApproximateReceiveCount", "SentTimestamp", "SenderId"} <= set(message["attributes"])


@pytest.mark.parametrize("name", ["s3_dropped", "sqs_s3_dropped", "sqs_s3_page"])
def test_the_example_notifications_have_the_fields_of_s3(name: str) -> None:
    event = raw_event(name)
    body = json.loads(event["Records"][0]["body"]) if name.startswith("sqs") else event
    (record,) = body["Records"]

    assert {"key", "size", "eTag", "versionId", "sequencer"} == set(record["s3"]["object"])
    assert int(record["s3"]["object"]["sequencer"], 16)
    assert " " not in record["s3"]["object"]["key"]
    assert record["s3"]["object"]["key"].isascii(), "S3 encodes keys"
