"""API Gateway events passed through Mangum to the real repository on in-memory services."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from brain.cloud.repository import AwsResultRepository
from brain.cloud.status_rows import Outcome
from brain.cloud.uploads import upload_key
from brain.core.results import Source
from functions.api import handler
from tests.fakes import PAGE_ID, PHOTO
from tests.integration.conftest import Cloud
from tests.lambda_calls import answered, lambda_context, logged, raw_event
from tests.results import done_result

SOURCE = Source(bucket="brain-uploads", key=upload_key(PAGE_ID), etag="e")


@pytest.fixture(autouse=True)
def environment(cloud: Cloud, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    """Configure the handler's composition root for the in-memory services."""
    names = tmp_path / "dlib-resnet" / "names.txt"
    names.parent.mkdir()
    names.write_text("Bill Clinton\nJosé Aznar\n", encoding="utf-8")
    monkeypatch.setenv("BRAIN_MODELS", str(tmp_path))
    handler.bootstrap.cache_clear()
    yield
    handler.bootstrap.cache_clear()


def call(event: dict[str, Any]) -> tuple[int, dict[str, str], Any]:
    """Status, headers and decoded body."""
    answer = handler.lambda_handler(event, lambda_context())
    return answer["statusCode"], answer["headers"], answered(answer)


def with_method(event: dict[str, Any], method: str) -> dict[str, Any]:
    event["requestContext"]["http"]["method"] = method
    return event


def finish(repository: AwsResultRepository, cloud: Cloud) -> None:
    cloud.announce(PAGE_ID)
    claim = repository.claim(PAGE_ID, SOURCE, 60)
    assert claim is not None
    files = {"cropped.jpg": b"crop", "gc_map_12.png": b"map"}
    assert repository.finish(claim, Outcome(done_result(PAGE_ID, claim.created_at, SOURCE), files))


def test_an_upload_is_created_and_can_be_polled(cloud: Cloud) -> None:
    status, headers, body = call(raw_event("api_create_upload"))

    assert status == 201
    assert headers["content-type"] == "application/json"
    assert body["upload"]["fields"]["key"] == upload_key(body["id"])
    assert body["upload"]["fields"]["x-amz-meta-face"] == "1"
    assert [row["id"]["S"] for row in cloud.rows()] == [body["id"]]

    event = raw_event("api_read_result")
    event["rawPath"] = event["requestContext"]["http"]["path"] = body["result"]
    status, headers, result = call(event)
    assert (status, result["status"], headers["retry-after"]) == (200, "waiting", "1")


def test_the_form_uploads_a_photo_to_its_key(cloud: Cloud) -> None:
    _, _, body = call(raw_event("api_create_upload"))

    sent = requests.post(
        body["upload"]["url"], data=body["upload"]["fields"], files={"file": PHOTO}, timeout=5
    )

    assert sent.ok
    stored = cloud.s3.get_object(Bucket="brain-uploads", Key=upload_key(body["id"]))
    assert stored["Body"].read() == PHOTO
    assert stored["ContentType"] == "image/jpeg"
    assert stored["Metadata"] == {"face": "1"}


def test_a_done_result_has_working_urls(repository: AwsResultRepository, cloud: Cloud) -> None:
    finish(repository, cloud)

    status, headers, body = call(raw_event("api_read_result"))

    assert (status, body["status"], headers["cache-control"]) == (200, "done", "no-store")
    assert body["artifacts"]["cropped"].startswith("https://brain-results.s3.eu-central-1.amazonaws.com/")
    assert "retry-after" not in headers
    assert requests.get(body["artifacts"]["cropped"], timeout=5).content == b"crop"


def test_an_unknown_result_is_a_readable_problem() -> None:
    status, headers, body = call(raw_event("api_read_result"))

    assert (status, headers["content-type"]) == (404, "application/problem+json")
    assert body["reason"] == "unknown-result"


def test_delete_removes_everything(repository: AwsResultRepository, cloud: Cloud) -> None:
    cloud.drop(upload_key(PAGE_ID), PHOTO)
    finish(repository, cloud)

    assert call(with_method(raw_event("api_read_result"), "DELETE"))[0] == 204

    assert (cloud.photos(), cloud.files(), cloud.rows()) == ([], [], [])
    assert call(raw_event("api_read_result"))[0] == 404
    assert call(with_method(raw_event("api_read_result"), "DELETE"))[0] == 404


def test_identities() -> None:
    status, _, body = call(raw_event("api_find_identities"))

    assert status == 200
    assert body == {
        "model": "dlib-resnet",
        "total": 2,
        "matches": 1,
        "identities": [{"label": 1, "name": "José Aznar", "source": "embedded"}],
    }


def test_a_broken_table_is_a_problem_and_is_logged_with_the_request_id(cloud: Cloud) -> None:
    cloud.dynamodb.delete_table(TableName=cloud.settings.table)

    with logged(handler.logger) as stream:
        status, _, body = call(raw_event("api_read_result"))

    assert (status, body["reason"]) == (500, "internal-error")
    [line] = [json.loads(line) for line in stream.getvalue().splitlines()]
    assert (line["level"], line["message"]) == ("ERROR", "a request failed")
    assert line["correlation_id"] == "JKJaXmPLvHcESHA="
    assert "ResourceNotFoundException" in line["exception"]
    assert PAGE_ID not in stream.getvalue()


def test_no_id_is_logged() -> None:
    with logged(handler.logger) as stream:
        call(raw_event("api_read_result"))

    assert PAGE_ID not in stream.getvalue()
