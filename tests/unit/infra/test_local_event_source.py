"""The emulation of Lambda's event source mapping."""

from __future__ import annotations

from typing import Any

import pytest

from brain.cloud.events import parse
from infra.local.description import EventSource, Function
from infra.local.event_source import Context, poll, processed, sqs_event

SOURCE = EventSource(
    "Explain", "http://queue", "arn:aws:sqs:us-east-1:123456789012:brain-PhotoQueue", 2, partial=True
)
BODY = (
    '{"Records": [{"eventSource": "aws:s3", "eventName": "ObjectCreated:Put", "s3": {"bucket": {"name": '
    '"brain-uploads"}, "object": {"key": "inbox/a.jpg", "size": 1, "eTag": "e"}}}]}'
)


def message(number: int) -> dict[str, Any]:
    return {
        "MessageId": f"m{number}",
        "ReceiptHandle": f"r{number}",
        "Body": BODY,
        "MD5OfBody": "d",
        "Attributes": {"ApproximateReceiveCount": "3"},
        "MessageAttributes": {"Tag": {"StringValue": "x", "DataType": "String"}},
    }


class Queue:
    """The part of SQS's client that polling uses."""

    def __init__(self, *messages: dict[str, Any]) -> None:
        self.messages = list(messages)
        self.asked_for = 0

    def receive_message(self, *, QueueUrl: str, MaxNumberOfMessages: int, **_: Any) -> dict[str, Any]:  # noqa: N803
        self.asked_for = MaxNumberOfMessages
        return {"Messages": self.messages[:MaxNumberOfMessages]} if self.messages else {}

    def delete_message(self, *, QueueUrl: str, ReceiptHandle: str) -> None:  # noqa: N803
        self.messages = [message for message in self.messages if message["ReceiptHandle"] != ReceiptHandle]

    @property
    def left(self) -> list[str]:
        return [message["MessageId"] for message in self.messages]


def test_the_event_can_be_parsed_by_the_function() -> None:
    event = sqs_event([message(1)], SOURCE, "us-east-1")

    (record,) = event["Records"]
    assert record["eventSource"] == "aws:sqs"
    assert record["messageAttributes"]["Tag"]["stringValue"] == "x"
    (photo,) = parse(event).photos
    assert (photo.message_id, photo.receive_count, photo.key) == ("m1", 3, "inbox/a.jpg")


@pytest.mark.parametrize(
    ("answer", "done"),
    [
        (None, ["m1", "m2"]),
        ({"batchItemFailures": []}, ["m1", "m2"]),
        ({"batchItemFailures": [{"itemIdentifier": "m1"}]}, ["m2"]),
        ({"batchItemFailures": [{"itemIdentifier": "m1"}, {"itemIdentifier": "m2"}]}, []),
        ({"batchItemFailures": [{"itemIdentifier": "stranger"}]}, []),
        ({"batchItemFailures": [{"itemIdentifier": ""}]}, []),
        ({"batchItemFailures": [{}]}, []),
    ],
)
def test_reported_failures_are_not_processed(answer: Any, done: list[str]) -> None:
    assert [entry["MessageId"] for entry in processed([message(1), message(2)], answer, SOURCE)] == done


def test_without_partial_responses_every_response_is_success() -> None:
    whole = EventSource(SOURCE.function, SOURCE.queue_url, SOURCE.queue_arn, SOURCE.batch_size, partial=False)

    assert len(processed([message(1)], {"batchItemFailures": [{"itemIdentifier": "m1"}]}, whole)) == 1


def test_processed_messages_are_deleted() -> None:
    queue = Queue(message(1), message(2), message(3))

    poll(queue, SOURCE, lambda event: {"batchItemFailures": [{"itemIdentifier": "m2"}]}, "us-east-1")

    assert queue.left == ["m2", "m3"]
    assert queue.asked_for == 2


def test_an_exception_leaves_all_messages_in_the_queue(capsys: pytest.CaptureFixture[str]) -> None:
    queue = Queue(message(1))

    def broken(event: dict[str, Any]) -> None:
        raise RuntimeError("out of luck")

    poll(queue, SOURCE, broken, "us-east-1")

    assert queue.left == ["m1"]
    assert "out of luck" in capsys.readouterr().err


def test_an_empty_queue_does_not_invoke_the_function() -> None:
    poll(Queue(), SOURCE, lambda event: pytest.fail("called"), "us-east-1")


def test_the_context_reports_the_remaining_time() -> None:
    context = Context(Function("brain-Explain", 60, 3008, {}))

    assert 59_000 < context.get_remaining_time_in_millis() <= 60_000
    assert (context.function_name, context.memory_limit_in_mb) == ("brain-Explain", 3008)
    assert context.invoked_function_arn.endswith(":function:brain-Explain")
