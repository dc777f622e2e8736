"""What Lambda's event source mapping does: a queue's messages into a function, and what comes of them."""

from __future__ import annotations

import time
import traceback
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from infra.local.description import Feed, Function

MOST_AT_ONCE = 10  # SQS hands out no more in one answer
WAIT_SECONDS = 20  # how long a poll waits for messages, the longest that SQS allows

Message = Mapping[str, Any]
Handler = Callable[[dict[str, Any]], Any]


@dataclass(frozen=True)
class Context:
    """The part of Lambda's context object that functions use."""

    function: Function
    aws_request_id: str = field(default_factory=lambda: str(uuid.uuid4()))
    started: float = field(default_factory=time.monotonic)

    @property
    def function_name(self) -> str:
        """The function's name in the stack."""
        return self.function.name

    @property
    def memory_limit_in_mb(self) -> int:
        """The memory that the template gives the function."""
        return self.function.memory

    @property
    def invoked_function_arn(self) -> str:
        """An ARN of the right form."""
        return f"arn:aws:lambda:us-east-1:123456789012:function:{self.function.name}"

    def get_remaining_time_in_millis(self) -> int:
        """Milliseconds until Lambda would end the invocation."""
        return max(0, round((self.started + self.function.timeout - time.monotonic()) * 1000))


def sqs_event(messages: Sequence[Message], feed: Feed, region: str) -> dict[str, Any]:
    """The event that Lambda makes of messages as `ReceiveMessage` answers them."""
    return {"Records": [_record(message, feed, region) for message in messages]}


def settled(messages: Sequence[Message], answer: Any, feed: Feed) -> list[Message]:
    """The messages that are done with after the function answered and may be deleted.

    A report that names a message which was not delivered, or none by name, counts every message as failed.
    """
    failures = (answer or {}).get("batchItemFailures") or [] if feed.partial else []
    failed = {failure.get("itemIdentifier") for failure in failures}
    if failed - {message["MessageId"] for message in messages}:
        return []
    return [message for message in messages if message["MessageId"] not in failed]


def pump(sqs: Any, feed: Feed, handle: Handler, region: str) -> None:
    """Poll the queue once and hand what came to the function; whatever fails stays to the queue's own rules.

    Args:
        sqs: boto3's client.
        handle: the function, given an event. Where it raises, the messages of the event stay.
    """
    answer = sqs.receive_message(
        QueueUrl=feed.queue_url,
        MaxNumberOfMessages=min(feed.batch_size, MOST_AT_ONCE),
        WaitTimeSeconds=WAIT_SECONDS,
        MessageSystemAttributeNames=["All"],
        MessageAttributeNames=["All"],
    )
    messages = answer.get("Messages", [])
    for message in _done(messages, feed, handle, region) if messages else []:
        sqs.delete_message(QueueUrl=feed.queue_url, ReceiptHandle=message["ReceiptHandle"])


def _done(messages: Sequence[Message], feed: Feed, handle: Handler, region: str) -> list[Message]:
    try:
        return settled(messages, handle(sqs_event(messages, feed, region)), feed)
    except Exception:
        traceback.print_exc()
        return []


def _record(message: Message, feed: Feed, region: str) -> dict[str, Any]:
    return {
        "messageId": message["MessageId"],
        "receiptHandle": message["ReceiptHandle"],
        "body": message["Body"],
        "attributes": message.get("Attributes", {}),
        "messageAttributes": {
            name: _attribute(one) for name, one in message.get("MessageAttributes", {}).items()
        },
        "md5OfBody": message["MD5OfBody"],
        "eventSource": "aws:sqs",
        "eventSourceARN": feed.queue_arn,
        "awsRegion": region,
    }


def _attribute(attribute: Mapping[str, Any]) -> dict[str, Any]:
    named = {name[0].lower() + name[1:]: value for name, value in attribute.items()}
    return {"stringListValues": [], "binaryListValues": [], **named}
