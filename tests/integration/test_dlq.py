"""`brain dlq`, on an in-memory queue."""

from __future__ import annotations

import json
from typing import Any

import boto3
import pytest

from brain.commands.cli import main
from tests.integration.conftest import Cloud
from tests.lambda_calls import raw_event


@pytest.fixture
def queues(cloud: Cloud) -> tuple[Any, str, str]:
    """SQS, and the URLs of the queue of photos and of its dead-letter queue, with AWS's names."""
    sqs = boto3.client("sqs")
    dead = sqs.create_queue(QueueName="brain-DeadLetterQueue-ABC")["QueueUrl"]
    attributes = sqs.get_queue_attributes(QueueUrl=dead, AttributeNames=["QueueArn"])["Attributes"]
    policy = json.dumps({"deadLetterTargetArn": attributes["QueueArn"], "maxReceiveCount": 5})
    photos = sqs.create_queue(QueueName="brain-PhotoQueue-DEF", Attributes={"RedrivePolicy": policy})
    return sqs, photos["QueueUrl"], dead


def fill(sqs: Any, url: str) -> list[str]:
    """Put twelve messages that announce a photo, and one that announces none, into a queue."""
    body = raw_event("sqs_s3_dropped")["Records"][0]["body"]
    bodies = [body] * 12 + ["no JSON"]
    for text in bodies:
        sqs.send_message(QueueUrl=url, MessageBody=text)
    return bodies


def count(sqs: Any, url: str) -> int:
    """How many messages can be received from a queue."""
    attributes = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
    return int(attributes["ApproximateNumberOfMessages"])


def test_messages_are_listed_and_stay(
    queues: tuple[Any, str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    sqs, _, dead = queues
    fill(sqs, dead)

    for _ in range(2):
        assert main(["dlq", "list"]) == 0
        lines = capsys.readouterr().out.splitlines()
        assert (
            len([line for line in lines if line.endswith("s3://brain-uploads/inbox/My Photo +é.jpg")]) == 12
        )
        assert len([line for line in lines if "no photo: " in line]) == 1
        assert lines[-1] == "13 messages"
    assert count(sqs, dead) == 13


def test_messages_are_returned_to_the_queue_of_photos(
    queues: tuple[Any, str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    sqs, photos, dead = queues
    bodies = fill(sqs, dead)

    assert main(["dlq", "redrive", "--queue-url", dead]) == 0

    assert "13 messages returned" in capsys.readouterr().out
    assert (count(sqs, dead), count(sqs, photos)) == (0, 13)
    returned = [
        message["Body"]
        for _ in range(3)
        for message in sqs.receive_message(QueueUrl=photos, MaxNumberOfMessages=10).get("Messages", [])
    ]
    assert sorted(returned) == sorted(bodies)
    assert main(["dlq", "redrive"]) == 0
    assert "0 messages returned" in capsys.readouterr().out


@pytest.mark.parametrize("arguments", [["--stack", "other"], ["--queue-url", "https://sqs.test/1/none"]])
def test_an_unknown_queue_is_reported(
    queues: tuple[Any, str, str], arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["dlq", "list", *arguments]) == 69
    assert capsys.readouterr().err.splitlines()[-1].startswith("  ")


def test_a_queue_of_photos_is_not_redriven(
    queues: tuple[Any, str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    _, photos, _ = queues
    assert main(["dlq", "redrive", "--queue-url", photos]) == 69
    assert "0 queues use" in capsys.readouterr().err
