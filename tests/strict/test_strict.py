"""The template and the handlers on an emulator that enforces what moto does not."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import requests

from brain.cloud.events import PhotoEvent, parse
from brain.cloud.photos import PhotoDeclaration
from brain.cloud.uploads import id_of_object, upload_key
from brain.core.results import Status
from tests.fakes import PHOTO, FakeExplainer
from tests.strict.conftest import SECONDS, Stack
from tests.strict.photos import explain, post, receive


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
