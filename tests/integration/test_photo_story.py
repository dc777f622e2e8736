"""The query in docs/operations.md finds everything that was logged about a photo."""

from __future__ import annotations

import json
import re
from typing import Any

from brain.cloud.repository import AwsResultRepository
from brain.cloud.uploads import upload_key
from brain.core.errors import FaceNotFound
from brain.core.settings import REPOSITORY
from functions.api import handler as api
from functions.explain import handler as explain
from tests.fakes import PHOTO, FakeExplainer
from tests.integration.conftest import Cloud
from tests.integration.test_explain_handler import run
from tests.lambda_calls import answered, lambda_context, logged, raw_event

OPERATIONS = (REPOSITORY / "docs" / "operations.md").read_text(encoding="utf-8")


def call(event: dict[str, Any], path: str, method: str) -> Any:
    """Call the API for another photo than the one in the event."""
    event["rawPath"] = event["requestContext"]["http"]["path"] = path
    event["requestContext"]["http"]["method"] = method
    return answered(api.lambda_handler(event, lambda_context()))


def test_one_query_tells_the_story_of_a_photo(repository: AwsResultRepository, cloud: Cloud) -> None:
    api.bootstrap.cache_clear()
    with logged(api.logger) as api_lines, logged(explain.logger) as explain_lines:
        upload_id = call(raw_event("api_create_upload"), "/api/uploads", "POST")["id"]
        cloud.drop(upload_key(upload_id), PHOTO)
        event = raw_event("sqs_s3_page")
        etag = cloud.s3.head_object(Bucket="brain-uploads", Key=upload_key(upload_id))["ETag"].strip('"')
        body = json.loads(event["Records"][0]["body"])
        body["Records"][0]["s3"]["object"] |= {"key": upload_key(upload_id), "eTag": etag}
        event["Records"][0]["body"] = json.dumps(body)
        run(event, repository, FakeExplainer(FaceNotFound("no-face", "Use another photo.")))
        for method in ("GET", "DELETE"):
            call(raw_event("api_read_result"), f"/api/results/{upload_id}", method)
    api.bootstrap.cache_clear()

    lines = [json.loads(line) for each in (api_lines, explain_lines) for line in each.getvalue().splitlines()]
    found = [line for line in lines if line.get("photo") == upload_id[:8]]
    messages = [line["message"] for line in sorted(found, key=lambda line: line["timestamp"])]
    assert sorted(messages) == sorted(["announced", "received", "stored", "answered", "deleted"])
    assert upload_id not in api_lines.getvalue() + explain_lines.getvalue()
    (query,) = re.findall(r"--query-string '(.*?)'", OPERATIONS, re.DOTALL)
    fields = query.partition("fields @timestamp, ")[2].split(", ")
    assert [field for field in fields if not any(field in line for line in found)] == []
