"""The stand-in for Lambda's event source mapping."""

from __future__ import annotations

from typing import Any

import pytest

from brain.cloud.events import parse
from infra.local.description import Feed, Function
from infra.local.feed import Context, pump, settled, sqs_event

FEED = Feed("Explain", "http://queue", "arn:aws:sqs:us-east-1:123456789012:brain-PhotoQueue", 2, partial=True)
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
    """As much of SQS as the feed uses."""

    def __init__(self, *messages: dict[str, Any]) -> None:
        self.messages = list(messages)
        self.asked_for = 0

    def receive_message(self, *, QueueUrl: str, MaxNumberOfMessages: int, **_: Any) -> dict[str, Any]:  # noqa: N803
        self.asked_for = MaxNumberOfMessages
        return {"Messages": self.messages[:MaxNumberOfMessages]} if self.messages else {}

    def delete_message(self, *, QueueUrl: str, ReceiptHandle: str) -> None:  # noqa: N803
        self.messages = [one for one in self.messages if one["ReceiptHandle"] != ReceiptHandle]

    @property
    def left(self) -> list[str]:
        return [one["MessageId"] for one in self.messages]


def test_the_event_is_one_that_the_function_knows() -> None:
    event = sqs_event([message(1)], FEED, "us-east-1")

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
def test_reported_failures_stay(answer: Any, done: list[str]) -> None:
    assert [one["MessageId"] for one in settled([message(1), message(2)], answer, FEED)] == done


def test_without_partial_reports_an_answer_is_success() -> None:
    whole = Feed(FEED.function, FEED.queue_url, FEED.queue_arn, FEED.batch_size, partial=False)

    assert len(settled([message(1)], {"batchItemFailures": [{"itemIdentifier": "m1"}]}, whole)) == 1


def test_what_succeeded_is_deleted() -> None:
    queue = Queue(message(1), message(2), message(3))

    pump(queue, FEED, lambda event: {"batchItemFailures": [{"itemIdentifier": "m2"}]}, "us-east-1")

    assert queue.left == ["m2", "m3"]
    assert queue.asked_for == 2


def test_a_function_that_raises_loses_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    queue = Queue(message(1))

    def broken(event: dict[str, Any]) -> None:
        raise RuntimeError("out of luck")

    pump(queue, FEED, broken, "us-east-1")

    assert queue.left == ["m1"]
    assert "out of luck" in capsys.readouterr().err


def test_an_empty_queue_calls_nobody() -> None:
    pump(Queue(), FEED, lambda event: pytest.fail("called"), "us-east-1")


def test_the_context_counts_down_from_the_timeout() -> None:
    context = Context(Function("brain-Explain", 60, 3008, {}))

    assert 59_000 < context.get_remaining_time_in_millis() <= 60_000
    assert (context.function_name, context.memory_limit_in_mb) == ("brain-Explain", 3008)
    assert context.invoked_function_arn.endswith(":function:brain-Explain")
