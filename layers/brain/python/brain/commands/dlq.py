"""brain dlq list|redrive: the events that a stack gave up on."""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from brain.cloud.events import parse
from brain.commands.aws import CloudError, add_endpoint, connect, reported_errors
from brain.commands.terminal import UNAVAILABLE, complain, counted

VARIABLE = "BRAIN_DEAD_LETTER_QUEUE"
BATCH = 10  # the most that SQS returns at once
WAIT_SECONDS = 1
# For how long messages are invisible to other clients of the queue while they are listed or moved.
VISIBILITY_SECONDS = 60


def register(commands: Any) -> None:
    """Add the command to the parser's subcommands."""
    parser = commands.add_parser(
        "dlq",
        help="list or redrive the photos that a stack gave up on",
        description="The dead-letter queue of a stack: photos that the service, not the photo, failed to "
        "explain.",
    )
    actions = parser.add_subparsers(required=True, metavar="ACTION")
    for action, run, text in (
        ("list", run_list, "print the photos, and how often each was tried"),
        ("redrive", run_redrive, "return every message to the queue of photos"),
    ):
        command = actions.add_parser(action, help=text, description=f"{text.capitalize()}.")
        command.add_argument(
            "--queue-url",
            metavar="URL",
            help=f"default: {VARIABLE}, or the queue of --stack; the stack's output DeadLetterQueueUrl",
        )
        command.add_argument("--stack", default="brain", help="default: brain")
        add_endpoint(command)
        command.set_defaults(run=run)


def run_list(options: argparse.Namespace) -> int:
    """Print the messages.

    Returns:
        0, or 69 when AWS cannot be used.
    """
    try:
        lines = list(DeadLetterQueue.connect(options).lines())
    except CloudError as error:
        return complain(str(error), error.hint, UNAVAILABLE)
    print("\n".join([*lines, messages(len(lines))]))
    return 0


def run_redrive(options: argparse.Namespace) -> int:
    """Return the messages to the queue of photos.

    Returns:
        0, or 69 when AWS cannot be used.
    """
    try:
        moved = DeadLetterQueue.connect(options).redrive()
    except CloudError as error:
        return complain(str(error), f"{error.hint} The same command resumes.", UNAVAILABLE)
    print(f"{messages(moved)} returned to the queue of photos.")
    return 0


@dataclass(frozen=True)
class DeadLetterQueue:
    """A dead-letter queue, by its URL."""

    sqs: Any
    url: str

    @classmethod
    def connect(cls, options: argparse.Namespace) -> DeadLetterQueue:
        """The queue that the options or else the environment name.

        Raises:
            CloudError: there is not exactly one such queue, or AWS cannot be used.
        """
        sqs = connect("sqs", options.endpoint_url)
        url = options.queue_url or os.environ.get(VARIABLE)
        if url:
            return cls(sqs, url)
        prefix = f"{options.stack}-DeadLetterQueue"
        with reported_errors():
            urls = sqs.list_queues(QueueNamePrefix=prefix).get("QueueUrls", [])
        if len(urls) != 1:
            hint = f"Name the queue with --queue-url or {VARIABLE}, or the stack with --stack."
            raise CloudError(f"{len(urls)} queues have names that start with {prefix}.", hint)
        return cls(sqs, urls[0])

    def lines(self) -> Iterator[str]:
        """One line per message. Afterwards every message can be received again at once.

        Raises:
            CloudError: a request failed.
        """
        messages = list(self._messages())
        for message in messages:
            with reported_errors():
                self.sqs.change_message_visibility(
                    QueueUrl=self.url, ReceiptHandle=message["ReceiptHandle"], VisibilityTimeout=0
                )
            yield describe(message)

    def redrive(self) -> int:
        """Move every message to the queue that it came from.

        A message is deleted after it was sent, so an interruption may repeat a message but loses none. The
        service explains a photo once, however many events announce it.

        Returns:
            The number of messages.

        Raises:
            CloudError: there is not exactly one such queue, or a request failed.
        """
        with reported_errors():
            sources = self.sqs.list_dead_letter_source_queues(QueueUrl=self.url).get("queueUrls", [])
        if len(sources) != 1:
            raise CloudError(f"{len(sources)} queues use {self.url}.", "Name a stack's dead-letter queue.")
        moved = 0
        for message in self._messages():
            with reported_errors():
                self.sqs.send_message(QueueUrl=sources[0], MessageBody=message["Body"])
                self.sqs.delete_message(QueueUrl=self.url, ReceiptHandle=message["ReceiptHandle"])
            moved += 1
        return moved

    def _messages(self) -> Iterator[dict[str, Any]]:
        """Receive every message once."""
        received: set[str] = set()
        while True:
            with reported_errors():
                answer = self.sqs.receive_message(
                    QueueUrl=self.url,
                    MaxNumberOfMessages=BATCH,
                    WaitTimeSeconds=WAIT_SECONDS,
                    VisibilityTimeout=VISIBILITY_SECONDS,
                    MessageSystemAttributeNames=["All"],
                )
            found = answer.get("Messages", [])
            new = [message for message in found if message["MessageId"] not in received]
            if not new:
                return
            received |= {message["MessageId"] for message in new}
            yield from new


def messages(count: int) -> str:
    """A count of messages, in words."""
    return counted(count, "message", "messages")


def describe(message: dict[str, Any]) -> str:
    """The photos that a message announces, and when it was sent."""
    attributes = message["Attributes"]
    sent = datetime.fromtimestamp(int(attributes["SentTimestamp"]) / 1000, UTC)
    record = {
        "eventSource": "aws:sqs",
        "messageId": message["MessageId"],
        "body": message["Body"],
        "attributes": attributes,
    }
    photos = [f"s3://{photo.bucket}/{photo.key}" for photo in parse({"Records": [record]}).photos]
    return f"{sent:%Y-%m-%d %H:%M} UTC  {', '.join(photos) or 'no photo: ' + message['MessageId']}"
