"""The template, deployed to the local stack's storage server by its own processes."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Event
from typing import Any

import pytest

from brain.core.settings import REPOSITORY
from infra.local import environment, ports
from infra.local.description import Description
from infra.local.processes import Processes, ProcessFailed
from tests.integration.local_stack import OWN, PATIENCE, client, free_ports

TEMPLATE = REPOSITORY / "template.yaml"


@pytest.fixture
def deploy(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Iterator[Callable[[Path], tuple[Description, str]]]:
    """A function that deploys a template to a new storage server and returns its description and endpoint."""
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    with Processes(Event()) as processes:

        def build(template: Path) -> tuple[Description, str]:
            chosen = free_ports()
            common = environment.base({**os.environ, **OWN}, chosen.endpoint)
            processes.start("storage", "infra.local.storage", str(chosen.storage), environment=common)
            processes.wait_until(
                lambda: ports.answers(chosen.storage, "/moto-api/data.json"), "storage", PATIENCE
            )
            output = tmp_path / "stack.json"
            arguments = (str(template), chosen.page_url, str(output))
            processes.start("deploy", "infra.local.deploy", *arguments, environment=common)
            processes.finish("deploy", PATIENCE)
            return Description.read(output), chosen.endpoint

        yield build


def test_a_dropped_object_is_announced_on_the_queue(
    deploy: Callable[[Path], tuple[Description, str]],
) -> None:
    description, endpoint = deploy(TEMPLATE)
    sqs = client("sqs", endpoint)
    key = "inbox/My Photo +é.jpg"

    client("s3", endpoint).put_object(Bucket="brain-uploads", Key=key, Body=b"photo")

    deadline = time.monotonic() + PATIENCE
    events: list[dict[str, Any]] = []
    while not events and time.monotonic() < deadline:
        answer = sqs.receive_message(QueueUrl=description.event_source.queue_url, WaitTimeSeconds=1)
        bodies = [json.loads(message["Body"]) for message in answer.get("Messages", [])]
        events = [record for body in bodies for record in body.get("Records", [])]
    (record,) = events
    assert record["eventName"] == "ObjectCreated:Put"
    assert record["s3"]["bucket"]["name"] == "brain-uploads"
    assert record["s3"]["object"]["key"] == "inbox%2FMy+Photo+%2B%C3%A9.jpg"


def test_the_local_stack_follows_the_template(
    deploy: Callable[[Path], tuple[Description, str]], tmp_path: Path
) -> None:
    changes = {
        "VisibilityTimeout: 360": "VisibilityTimeout: 540",
        "ExpirationInDays: 1": "ExpirationInDays: 2",
        "AllowedMethods: [POST]": "AllowedMethods: [POST, PUT]",
        "BatchSize: 1": "BatchSize: 3",
        "Timeout: 60": "Timeout: 90",
        "{AttributeName: expires_at, Enabled: true}": "{AttributeName: ends_at, Enabled: true}",
        "    Default: 5\n": "    Default: 4\n",
    }
    text = TEMPLATE.read_text(encoding="utf-8")
    for old, new in changes.items():
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    changed = tmp_path / "changed.yaml"
    changed.write_text(text, encoding="utf-8")

    description, endpoint = deploy(changed)

    s3, sqs, dynamodb = (client(service, endpoint) for service in ("s3", "sqs", "dynamodb"))
    queue = sqs.get_queue_attributes(QueueUrl=description.event_source.queue_url, AttributeNames=["All"])[
        "Attributes"
    ]
    assert (queue["VisibilityTimeout"], json.loads(queue["RedrivePolicy"])["maxReceiveCount"]) == ("540", 4)
    (cors,) = s3.get_bucket_cors(Bucket="brain-uploads")["CORSRules"]
    assert cors["AllowedMethods"] == ["POST", "PUT"]
    rules = s3.get_bucket_lifecycle_configuration(Bucket="brain-results")["Rules"]
    assert [each["Filter"]["Prefix"] for each in rules] == ["results/", "comparisons/"]
    (rule,) = s3.get_bucket_lifecycle_configuration(Bucket="brain-uploads")["Rules"]
    assert rule["Expiration"] == {"Days": 2}
    function = description.functions[description.event_source.function]
    table = function.environment["BRAIN_TABLE"]
    ttl = dynamodb.describe_time_to_live(TableName=table)["TimeToLiveDescription"]
    assert (ttl["TimeToLiveStatus"], ttl["AttributeName"]) == ("ENABLED", "ends_at")
    assert (description.event_source.batch_size, function.timeout) == (3, 90)
    assert function.environment["BRAIN_MAX_RECEIVES"] == "4"


def test_unsupported_properties_are_reported(
    deploy: Callable[[Path], tuple[Description, str]], tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    strange = tmp_path / "strange.yaml"
    text = TEMPLATE.read_text(encoding="utf-8")
    strange.write_text(text.replace("ExpirationInDays: 1", "ExpirationDate: 2030-01-01"), encoding="utf-8")

    with pytest.raises(ProcessFailed):
        deploy(strange)

    assert "cannot use" in (message := capfd.readouterr().err)
    assert "ExpirationDate" in message
