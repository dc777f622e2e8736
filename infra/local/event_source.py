"""Emulates Lambda's event source mapping: passes a queue's messages to a function."""

from __future__ import annotations

import time
import traceback
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from infra.local.description import EventSource, Function

MAX_MESSAGES = 10  # the maximum of ReceiveMessage
WAIT_SECONDS = 2  # short long polling, because in moto the poll of a worker that died still takes a message

Message = Mapping[str, Any]
Handler = Callable[[dict[str, Any]], Any]


@dataclass(frozen=True)
class Context:
    """The part of Lambda's context object that the functions use."""

    function: Function
    aws_request_id: str = field(default_factory=lambda: str(uuid.uuid4()))
    started: float = field(default_factory=time.monotonic)

    @property
    def function_name(self) -> str:
        """The function's name in the stack."""
        return self.function.name

    @property
    def memory_limit_in_mb(self) -> int:
        """The function's memory according to the template."""
        return self.function.memory

    @property
    def invoked_function_arn(self) -> str:
        """A well-formed ARN."""
        return f"arn:aws:lambda:us-east-1:123456789012:function:{self.function.name}"

    def get_remaining_time_in_millis(self) -> int:
        """Milliseconds until Lambda would abort the invocation."""
        return max(0, round((self.started + self.function.timeout - time.monotonic()) * 1000))


def sqs_event(messages: Sequence[Message], source: EventSource, region: str) -> dict[str, Any]:
    """The event that Lambda creates from messages as `ReceiveMessage` returns them."""
    return {"Records": [_record(message, source, region) for message in messages]}


def processed(messages: Sequence[Message], response: Any, source: EventSource) -> list[Message]:
    """The messages that were processed successfully and can be deleted.

    As in Lambda, a response with an unknown or missing message id counts every message as failed.
    """
    failures = (response or {}).get("batchItemFailures") or [] if source.partial else []
    failed = {failure.get("itemIdentifier") for failure in failures}
    if failed - {message["MessageId"] for message in messages}:
        return []
    return [message for message in messages if message["MessageId"] not in failed]


def poll(sqs: Any, source: EventSource, handle: Handler, region: str) -> None:
    """Poll the queue once and pass the received messages to the function.

    Messages that were not processed stay in the queue, whose redrive policy applies.

    Args:
        sqs: boto3's SQS client.
        source: the queue.
        handle: the function. If it raises, all messages of the event count as failed.
        region: AWS region named in the event.
    """
    response = sqs.receive_message(
        QueueUrl=source.queue_url,
        MaxNumberOfMessages=min(source.batch_size, MAX_MESSAGES),
        WaitTimeSeconds=WAIT_SECONDS,
        MessageSystemAttributeNames=["All"],
        MessageAttributeNames=["All"],
    )
    messages = response.get("Messages", [])
    for message in _process(messages, source, handle, region) if messages else []:
        sqs.delete_message(QueueUrl=source.queue_url, ReceiptHandle=message["ReceiptHandle"])


def _process(messages: Sequence[Message], source: EventSource, handle: Handler, region: str) -> list[Message]:
    try:
        return processed(messages, handle(sqs_event(messages, source, region)), source)
    except Exception:
        traceback.print_exc()
        return []


def _record(message: Message, source: EventSource, region: str) -> dict[str, Any]:
    attributes = message.get("MessageAttributes", {})
    return {
        "messageId": message["MessageId"],
        "receiptHandle": message["ReceiptHandle"],
        "body": message["Body"],
        "attributes": message.get("Attributes", {}),
        "messageAttributes": {name: _attribute(value) for name, value in attributes.items()},
        "md5OfBody": message["MD5OfBody"],
        "eventSource": "aws:sqs",
        "eventSourceARN": source.queue_arn,
        "awsRegion": region,
    }


def _attribute(attribute: Mapping[str, Any]) -> dict[str, Any]:
    named = {name[0].lower() + name[1:]: value for name, value in attribute.items()}
    return {"stringListValues": [], "binaryListValues": [], **named}
