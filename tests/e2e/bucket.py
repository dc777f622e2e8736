"""Helpers to drop photos into the running stack's bucket, and to collect their results."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import boto3
import httpx
import pytest
from botocore.config import Config

from brain.cloud.uploads import id_of_object
from tests.e2e.conftest import Stack

UPLOADS = "brain-uploads"
RESULTS = "brain-results"
KEY = "inbox/My Photo +é.jpg"
# On a busy machine, an answer may take long.
PATIENCE_SECONDS = 180
AWS = boto3.Session(aws_access_key_id="local", aws_secret_access_key="local", region_name="us-east-1")

Drop = Callable[[str, bytes], str]


def wait(api: httpx.Client, upload_id: str) -> dict[str, Any]:
    """The result, once it is terminal."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        answer = api.get(f"/api/results/{upload_id}")
        result: dict[str, Any] = answer.json()
        if answer.status_code == 200 and result["status"] in ("done", "failed"):
            return result
        time.sleep(0.2)
    pytest.fail(f"no result within {PATIENCE_SECONDS} seconds", pytrace=False)


def copy(stack: Stack, photo: Path, key: str, *options: str) -> None:
    """Put a file into the uploads bucket with AWS's own command."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    environment |= {"AWS_ACCESS_KEY_ID": "local", "AWS_SECRET_ACCESS_KEY": "local"}
    command = [str(Path(sys.executable).with_name("aws")), "--endpoint-url", stack.endpoint]
    command += ["--region", "us-east-1", "s3", "cp", str(photo), f"s3://{UPLOADS}/{key}", *options]
    subprocess.run(command, env=environment, check=True, capture_output=True)


def upload(api: httpx.Client, photo: bytes, **wishes: object) -> str:
    """Upload a JPEG as the page does, and return the id of the result to come."""
    wanted = {"content_type": "image/jpeg", "size": len(photo), **wishes}
    ticket = api.post("/api/uploads", json=wanted).json()
    form = ticket["upload"]
    sent = api.post(form["url"], data=form["fields"], files={"file": ("photo.jpg", photo)})
    assert sent.status_code in (200, 201, 204)
    upload_id: str = ticket["id"]
    return upload_id


def waiting_messages(stack: Stack) -> dict[str, int]:
    """How many messages each queue holds, in flight or not."""
    sqs = AWS.client("sqs", endpoint_url=stack.endpoint)
    counts = {}
    for url in sqs.list_queues()["QueueUrls"]:
        attributes = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
        visible = attributes["ApproximateNumberOfMessages"]
        in_flight = attributes["ApproximateNumberOfMessagesNotVisible"]
        counts[url.rpartition("/")[2]] = int(visible) + int(in_flight)
    return counts


def left_in_queues(stack: Stack) -> dict[str, int]:
    """How many messages each queue holds once all are empty, or once it has taken too long."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while any((left := waiting_messages(stack)).values()) and time.monotonic() < deadline:
        time.sleep(0.2)
    return left


def s3_client(stack: Stack) -> Any:
    return AWS.client("s3", endpoint_url=stack.endpoint, config=Config(s3={"addressing_style": "path"}))


def dropper(stack: Stack) -> Drop:
    """Puts bytes into the uploads bucket under a key and returns the id of the result to come."""
    s3 = s3_client(stack)

    def put(key: str, data: bytes) -> str:
        return id_of_object(UPLOADS, key, s3.put_object(Bucket=UPLOADS, Key=key, Body=data)["ETag"])

    return put
