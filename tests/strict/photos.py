"""A photo's way through the deployed stack, with the permissions of its roles."""

from __future__ import annotations

import time
from typing import Any

import pytest
import requests

from brain.cloud.events import parse
from brain.cloud.service import Explainer, Service
from functions.explain.handler import handle
from infra.local.description import EventSource
from infra.local.event_source import sqs_event
from tests.fakes import PHOTO, FakeStagedExplainer
from tests.lambda_calls import lambda_context
from tests.strict.conftest import SECONDS, Stack


def receive(stack: Stack) -> dict[str, Any]:
    """The next event of the queue, received and deleted with the explain function's permissions."""
    sqs, url = stack.client("sqs", "ExplainRole"), stack.names["PhotoQueue"]
    deadline = time.monotonic() + SECONDS
    while time.monotonic() < deadline:
        answer = sqs.receive_message(QueueUrl=url, WaitTimeSeconds=1, MessageSystemAttributeNames=["All"])
        for message in answer.get("Messages", []):
            sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
            event = sqs_event([message], EventSource("Explain", url, "arn", 1, partial=True), "us-east-1")
            if parse(event).photos:  # not S3's test event
                return event
    pytest.fail("no event")


def explain(stack: Stack, event: dict[str, Any], explainer: Explainer | None = None) -> None:
    chosen = explainer or FakeStagedExplainer()
    service = Service(stack.repository("ExplainRole"), lambda: chosen, max_receives=5)
    assert handle(event, lambda_context(), service) == {"batchItemFailures": []}


def post(stack: Stack, form: dict[str, str], url: str, data: bytes = PHOTO) -> int:
    files = {"file": ("photo.jpg", data)}
    return requests.post(
        url, data=form, files=files, verify=stack.emulator.certificate, timeout=SECONDS
    ).status_code
