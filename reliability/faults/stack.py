"""The template's buckets, queues and table in memory, on virtual time."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from unittest.mock import patch

import boto3
import time_machine

from brain.core.settings import REPOSITORY, Settings
from infra.local.atomic import atomic_aws
from infra.local.deploy import STACK_NAME
from infra.local.description import Description, describe
from infra.local.environment import ACCOUNT, REGION
from infra.local.names import Target
from infra.local.resolver import Stack
from infra.local.resources import create
from infra.local.template import read_template, translate

START = datetime(2026, 1, 1, tzinfo=UTC)
ENVIRONMENT = {
    "AWS_ACCESS_KEY_ID": "testing",
    "AWS_SECRET_ACCESS_KEY": "testing",
    "AWS_DEFAULT_REGION": REGION,
    "MOTO_ACCOUNT_ID": ACCOUNT,
}
ENDPOINT = f"https://sqs.{REGION}.amazonaws.com"

Message = Mapping[str, Any]


@dataclass(frozen=True)
class Emulator:
    """Direct access to the emulated services, without faults.

    Attributes:
        description: the stack's functions and queue.
        settings: the explain function's settings.
        advance: advances the virtual clock by seconds.
    """

    description: Description
    settings: Settings
    advance: Callable[[float], None]
    s3: Any
    sqs: Any
    dynamodb: Any

    @property
    def queue(self) -> str:
        """URL of the photo queue."""
        return self.description.event_source.queue_url

    @property
    def dead_letters(self) -> str:
        """URL of the dead-letter queue."""
        sources = self.sqs.get_queue_attributes(QueueUrl=self.queue, AttributeNames=["RedrivePolicy"])
        name = sources["Attributes"]["RedrivePolicy"].rpartition('"deadLetterTargetArn": "')[2]
        return str(self.sqs.get_queue_url(QueueName=name.partition('"')[0].rpartition(":")[2])["QueueUrl"])

    @property
    def timeout(self) -> int:
        """Time limit of the explain function in seconds."""
        return self.description.functions[self.description.event_source.function].timeout

    def receive(self, url: str) -> list[Message]:
        """Up to ten messages that are visible."""
        response = self.sqs.receive_message(
            QueueUrl=url, MaxNumberOfMessages=10, MessageSystemAttributeNames=["All"]
        )
        messages: list[Message] = response.get("Messages", [])
        return messages

    def pending(self) -> int:
        """Number of messages in the photo queue, whether visible or not."""
        counts = ("ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible")
        attributes = self.sqs.get_queue_attributes(QueueUrl=self.queue, AttributeNames=list(counts))
        return sum(int(attributes["Attributes"][name]) for name in counts)

    def row(self, upload_id: str) -> dict[str, Any] | None:
        """A row of the status table in DynamoDB's format, or None."""
        key = {"id": {"S": upload_id}}
        answer = self.dynamodb.get_item(TableName=self.settings.table, Key=key, ConsistentRead=True)
        row: dict[str, Any] | None = answer.get("Item")
        return row

    def photo(self, key: str) -> bool:
        """Whether a photo exists."""
        return key in self._keys(self.settings.uploads_bucket, key)

    def files(self, upload_id: str) -> dict[str, bytes]:
        """The files of a result by name."""
        bucket, prefix = self.settings.results_bucket, f"results/{upload_id}/"
        return {
            key.removeprefix(prefix): self.s3.get_object(Bucket=bucket, Key=key)["Body"].read()
            for key in self._keys(bucket, prefix)
        }

    def _keys(self, bucket: str, prefix: str) -> list[str]:
        listing = self.s3.list_objects_v2(Bucket=bucket, Prefix=prefix)
        return [entry["Key"] for entry in listing.get("Contents", [])]


@contextmanager
def emulator() -> Iterator[Emulator]:
    """An empty stack; the time stands still unless it is advanced."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    target = Target(STACK_NAME, REGION, ACCOUNT, ENDPOINT, "https://brain.test")
    parameters = {"BucketNames": "plain"}
    stack = Stack(
        translate(read_template(REPOSITORY / "template.yaml"), parameters, REGION), parameters, target
    )
    with (
        patch.dict(os.environ, kept | ENVIRONMENT, clear=True),
        time_machine.travel(START, tick=False) as clock,
        atomic_aws(),
    ):
        create(stack, boto3.Session())
        description = describe(stack)
        function = description.functions[description.event_source.function]
        settings = Settings.from_environment(function.environment)
        clients = (boto3.client("s3"), boto3.client("sqs"), boto3.client("dynamodb"))
        yield Emulator(description, settings, clock.shift, *clients)


@dataclass(frozen=True)
class InvocationContext:
    """Lambda's context object on virtual time. `deadline` is in seconds since 1970."""

    deadline: float
    memory_limit_in_mb: int = 1769
    function_name: str = "explain"
    invoked_function_arn: str = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:explain"
    aws_request_id: str = "00000000-0000-0000-0000-000000000000"

    def get_remaining_time_in_millis(self) -> int:
        """Milliseconds until the invocation is aborted."""
        return max(0, round((self.deadline - time.time()) * 1000))
