"""The template and the handlers on an emulator that enforces what moto does not."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import Any

import pytest
import requests
from botocore.exceptions import ClientError

from brain.cloud.events import PhotoEvent, parse
from brain.cloud.photos import PhotoDeclaration
from brain.cloud.service import Explainer, Service
from brain.cloud.uploads import id_of_object, upload_key
from brain.core.results import Status
from functions.explain.handler import handle
from infra.local.description import EventSource
from infra.local.event_source import sqs_event
from tests.fakes import PHOTO, FakeExplainer, FakeStagedExplainer, lambda_context
from tests.strict.conftest import SECONDS, Stack

ORIGIN = "https://elsewhere.example.org"


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


def test_every_resource_is_deployed(stack: Stack) -> None:
    assert {name: status for name, status in stack.statuses.items() if status != "CREATE_COMPLETE"} == {}
    assert len(stack.statuses) > 35


def test_the_roles_suffice_for_the_life_of_an_upload(stack: Stack) -> None:
    api = stack.repository("ApiRole")
    upload = api.create_upload(PhotoDeclaration("image/jpeg", len(PHOTO), face=1))
    assert post(stack, upload.fields, upload.url) == 204

    explain(stack, receive(stack))

    result = api.read(upload.id)
    assert result is not None
    assert result.status is Status.DONE
    picture = requests.get(
        api.link(result).artifacts["cropped"], verify=stack.emulator.certificate, timeout=SECONDS
    )
    assert picture.content == b"crop of " + PHOTO

    assert api.delete(upload.id)
    assert api.read(upload.id) is None
    assert not [key for key in stack.keys(stack.names["UploadsBucket"]) if upload.id in key]
    assert not [key for key in stack.keys(stack.names["ResultsBucket"]) if upload.id in key]


def test_the_roles_suffice_for_a_comparison(stack: Stack) -> None:
    api, bucket = stack.repository("ApiRole"), stack.names["UploadsBucket"]
    s3 = stack.emulator.client("s3")
    etag = s3.put_object(Bucket=bucket, Key="inbox/first.jpg", Body=PHOTO)["ETag"]
    explain(stack, receive(stack))
    other_id = id_of_object(bucket, "inbox/first.jpg", etag)
    upload = api.create_upload(PhotoDeclaration("image/jpeg", len(PHOTO), compare_with=other_id))
    assert post(stack, upload.fields, upload.url) == 204
    explainer = FakeExplainer()

    explain(stack, receive(stack), explainer)

    [other] = explainer.others
    assert other is not None
    assert (other.result.id, other.crop) == (other_id, b"crop of " + PHOTO)
    assert f"comparisons/{other_id}/{upload.id}" in stack.keys(stack.names["ResultsBucket"])

    assert api.delete(other_id)
    assert api.read(upload.id) is None
    for name in ("UploadsBucket", "ResultsBucket"):
        assert not [key for key in stack.keys(stack.names[name]) if upload.id in key or other_id in key]


def test_a_comparison_with_a_deleted_result_leaves_no_note(stack: Stack) -> None:
    s3, bucket = stack.emulator.client("s3"), stack.names["UploadsBucket"]
    metadata = {"compare-with": "f" * 32}
    etag = s3.put_object(Bucket=bucket, Key="inbox/alone.jpg", Body=PHOTO, Metadata=metadata)["ETag"]

    explain(stack, receive(stack))

    result = stack.repository("ApiRole").read(id_of_object(bucket, "inbox/alone.jpg", etag))
    assert result is not None
    assert result.error is not None
    assert result.error.reason == "other-unknown"
    assert not [key for key in stack.keys(stack.names["ResultsBucket"]) if "f" * 32 in key]


def test_a_photo_that_is_uploaded_after_the_deletion_is_deleted(stack: Stack) -> None:
    api = stack.repository("ApiRole")
    upload = api.create_upload(PhotoDeclaration("image/jpeg", len(PHOTO)))
    assert post(stack, upload.fields, upload.url) == 204
    explain(stack, receive(stack))
    api.delete(upload.id)

    assert post(stack, upload.fields, upload.url) == 204
    explain(stack, receive(stack))

    assert api.read(upload.id) is None
    assert upload_key(upload.id) not in stack.keys(stack.names["UploadsBucket"])


@pytest.mark.parametrize("key", ["inbox/My Photo +é.jpg", "100%25.jpg", "a&b=c;d.jpg", "日本/写真.jpg"])
def test_the_roles_suffice_for_the_life_of_a_dropped_photo(stack: Stack, key: str) -> None:
    api, bucket = stack.repository("ApiRole"), stack.names["UploadsBucket"]
    etag = stack.emulator.client("s3").put_object(Bucket=bucket, Key=key, Body=PHOTO)["ETag"]

    explain(stack, receive(stack))

    upload_id = id_of_object(bucket, key, etag)
    result = api.read(upload_id)
    assert result is not None
    assert (result.status, result.source.key) == (Status.DONE, key)
    assert api.delete(upload_id)
    assert key not in stack.keys(bucket)


def by_copy(s3: Any, bucket: str) -> None:
    s3.put_object(Bucket="templates", Key="photo.jpg", Body=PHOTO)
    s3.copy_object(Bucket=bucket, Key="copied.jpg", CopySource={"Bucket": "templates", "Key": "photo.jpg"})


def by_multipart(s3: Any, bucket: str) -> None:
    place = {"Bucket": bucket, "Key": "multipart.jpg"}
    upload_id = s3.create_multipart_upload(**place)["UploadId"]
    part = s3.upload_part(**place, UploadId=upload_id, PartNumber=1, Body=PHOTO)
    parts = {"Parts": [{"PartNumber": 1, "ETag": part["ETag"]}]}
    s3.complete_multipart_upload(**place, UploadId=upload_id, MultipartUpload=parts)


@pytest.mark.parametrize(("store", "key"), [(by_copy, "copied.jpg"), (by_multipart, "multipart.jpg")])
def test_every_way_of_storing_an_object_announces_it(
    stack: Stack, store: Callable[[Any, str], None], key: str
) -> None:
    store(stack.emulator.client("s3"), stack.names["UploadsBucket"])

    event = receive(stack)

    [photo] = parse(event).photos
    assert isinstance(photo, PhotoEvent)
    assert photo.key == key
    explain(stack, event)
    result = stack.repository("ApiRole").read(id_of_object(photo.bucket, photo.key, photo.etag))
    assert result is not None
    assert result.status is Status.DONE


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
    ("ExplainRole", "dynamodb", "put_item", {"TableName": "ResultsTable", "Item": {"id": {"S": "x"}}}),
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
