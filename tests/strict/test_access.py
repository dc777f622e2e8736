"""What the emulator refuses: other calls of the roles, other forms, other origins, other senders."""

from __future__ import annotations

import json
from typing import Any

import pytest
import requests
from botocore.exceptions import ClientError

from brain.cloud.photos import PhotoDeclaration
from brain.cloud.uploads import upload_key
from tests.fakes import PHOTO
from tests.strict.conftest import SECONDS, Stack
from tests.strict.photos import post

ORIGIN = "https://elsewhere.example.org"


DENIED: list[tuple[str, str, str, dict[str, Any]]] = [
    (
        "ApiRole",
        "s3",
        "put_object",
        {"Bucket": "ResultsBucket", "Key": "results/x/result.json", "Body": b"x"},
    ),
    ("ApiRole", "s3", "put_object", {"Bucket": "UploadsBucket", "Key": "inbox/x.jpg", "Body": b"x"}),
    ("ApiRole", "s3", "put_object", {"Bucket": "SiteBucket", "Key": "index.html", "Body": b"x"}),
    ("ApiRole", "dynamodb", "scan", {"TableName": "ResultsTable"}),
    ("ApiRole", "sqs", "receive_message", {"QueueUrl": "PhotoQueue"}),
    ("ApiRole", "sqs", "send_message", {"QueueUrl": "PhotoQueue", "MessageBody": "{}"}),
    ("ExplainRole", "s3", "put_object", {"Bucket": "UploadsBucket", "Key": "uploads/x", "Body": b"x"}),
    ("ExplainRole", "s3", "delete_object", {"Bucket": "UploadsBucket", "Key": "inbox/x.jpg"}),
    ("ExplainRole", "s3", "put_object", {"Bucket": "SiteBucket", "Key": "index.html", "Body": b"x"}),
    ("ExplainRole", "s3", "put_object", {"Bucket": "ResultsBucket", "Key": "elsewhere/x", "Body": b"x"}),
    ("ApiRole", "s3", "put_object", {"Bucket": "ResultsBucket", "Key": "comparisons/x/y", "Body": b"x"}),
    ("ExplainRole", "s3", "get_object", {"Bucket": "ResultsBucket", "Key": "comparisons/x/y"}),
    ("ExplainRole", "dynamodb", "scan", {"TableName": "ResultsTable"}),
    ("ApiRole", "dynamodb", "update_item", {"TableName": "ResultsTable", "Key": {"id": {"S": "x"}}}),
    ("ExplainRole", "sqs", "send_message", {"QueueUrl": "PhotoQueue", "MessageBody": "{}"}),
    ("ExplainRole", "sqs", "receive_message", {"QueueUrl": "DeadLetterQueue"}),
]


@pytest.mark.parametrize(("role", "service", "operation", "arguments"), DENIED)
def test_the_roles_permit_nothing_else(
    stack: Stack, role: str, service: str, operation: str, arguments: dict[str, Any]
) -> None:
    client = stack.client(service, role)
    named = {key: stack.names.get(str(value), value) for key, value in arguments.items()}

    with pytest.raises(ClientError, match=r"AccessDenied|Forbidden|not authorized"):
        getattr(client, operation)(**named)


@pytest.mark.parametrize(
    ("change", "data"),
    [
        ({"key": "uploads/" + "0" * 32}, PHOTO),
        ({"key": "inbox/photo.jpg"}, PHOTO),
        ({"Content-Type": "text/html"}, PHOTO),
        ({"x-amz-meta-face": "7"}, PHOTO),
        ({"x-amz-meta-compare-with": "0" * 32}, PHOTO),
        ({"x-amz-meta-more": "1"}, PHOTO),
        ({"acl": "public-read"}, PHOTO),
        ({"x-amz-signature": "0" * 64}, PHOTO),
        ({}, PHOTO + b"!"),
        ({}, PHOTO[:-1]),
        ({}, b""),
    ],
)
def test_a_form_accepts_only_what_was_declared(stack: Stack, change: dict[str, str], data: bytes) -> None:
    upload = stack.repository("ApiRole").create_upload(PhotoDeclaration("image/jpeg", len(PHOTO)))

    assert post(stack, {**upload.fields, **change}, upload.url, data) in (400, 403)
    assert upload_key(upload.id) not in stack.keys(stack.names["UploadsBucket"])


@pytest.mark.parametrize(("bucket", "method"), [("UploadsBucket", "POST"), ("ResultsBucket", "GET")])
def test_only_the_pages_origin_may_use_the_buckets(stack: Stack, bucket: str, method: str) -> None:
    s3 = stack.emulator.client("s3")
    [rule] = s3.get_bucket_cors(Bucket=stack.names[bucket])["CORSRules"]
    [origin] = rule["AllowedOrigins"]

    def allowed(asking: str, wanted: str) -> str | None:
        headers = {"Origin": asking, "Access-Control-Request-Method": wanted}
        url = f"{stack.emulator.url}/{stack.names[bucket]}/x"
        answer = requests.options(url, headers=headers, verify=stack.emulator.certificate, timeout=SECONDS)
        return answer.headers.get("Access-Control-Allow-Origin")

    assert allowed(origin, method) == origin
    assert allowed(ORIGIN, method) is None
    assert allowed(origin, "DELETE") is None


def test_nobody_may_use_a_bucket_without_credentials(stack: Stack) -> None:
    for bucket in ("UploadsBucket", "ResultsBucket", "SiteBucket"):
        url = f"{stack.emulator.url}/{stack.names[bucket]}/index.html"
        assert requests.get(url, verify=stack.emulator.certificate, timeout=SECONDS).status_code == 403


def test_only_the_uploads_bucket_may_send_to_the_queue(stack: Stack) -> None:
    policy = json.loads(
        stack.emulator.client("sqs").get_queue_attributes(
            QueueUrl=stack.names["PhotoQueue"], AttributeNames=["Policy"]
        )["Attributes"]["Policy"]
    )
    [statement] = policy["Statement"]
    assert statement["Condition"]["ArnEquals"]["aws:SourceArn"].endswith(stack.names["UploadsBucket"])
