"""Presigned uploads and reading photos, on in-memory S3 and DynamoDB."""

from __future__ import annotations

import base64
import json
import time
from datetime import datetime, timedelta
from typing import Any

import pytest

from brain.cloud.photos import PhotoDeclaration, PhotoGone, PhotoReplaced
from brain.cloud.repository import AwsResultRepository
from brain.core.clock import now
from brain.core.errors import PhotoUnreadable
from brain.core.results import Result, Status
from tests.fakes import PAGE_ID, PHOTO
from tests.integration.claims import place
from tests.integration.conftest import Cloud
from tests.results import done_result


def policy_of(fields: dict[str, str]) -> list[Any]:
    conditions: list[Any] = json.loads(base64.b64decode(fields["policy"]))["conditions"]
    return conditions


def test_an_upload_is_a_waiting_row(repository: AwsResultRepository, cloud: Cloud) -> None:
    upload = repository.create_upload(PhotoDeclaration("image/png", 1000, 2))

    [row] = cloud.rows()
    assert row["id"]["S"] == upload.id
    assert row["status"]["S"] == "waiting"
    assert row["key"]["S"] == f"uploads/{upload.id}"
    assert row["attempts"]["N"] == "0"
    assert int(row["expires_at"]["N"]) - time.time() == pytest.approx(30 * 86400, abs=60)
    assert repository.read(upload.id) == Result(
        id=upload.id, status=Status.WAITING, created_at=row["created_at"]["S"]
    )


def test_the_form_accepts_exactly_one_photo(repository: AwsResultRepository) -> None:
    upload = repository.create_upload(PhotoDeclaration("image/png", 1000, 2))

    conditions = policy_of(upload.fields)
    for exact in (
        {"bucket": "brain-uploads"},
        {"key": f"uploads/{upload.id}"},
        {"Content-Type": "image/png"},
        {"x-amz-meta-face": "2"},
        ["content-length-range", 1000, 1000],
    ):
        assert exact in conditions
    assert not [
        condition for condition in conditions if isinstance(condition, list) and condition[0] == "starts-with"
    ]
    assert upload.fields["Content-Type"] == "image/png"
    assert upload.fields["x-amz-meta-face"] == "2"
    assert upload.fields["x-amz-algorithm"] == "AWS4-HMAC-SHA256"


def test_the_form_names_the_result_to_compare_with(repository: AwsResultRepository) -> None:
    upload = repository.create_upload(PhotoDeclaration("image/png", 1000, compare_with=PAGE_ID))

    assert {"x-amz-meta-compare-with": PAGE_ID} in policy_of(upload.fields)
    assert upload.fields["x-amz-meta-compare-with"] == PAGE_ID


def test_the_form_expires_when_promised(repository: AwsResultRepository) -> None:
    upload = repository.create_upload(PhotoDeclaration("image/png", 1000))

    policy = json.loads(base64.b64decode(upload.fields["policy"]))
    longer = datetime.fromisoformat(policy["expiration"]) - upload.expires_at
    assert timedelta(0) <= longer < timedelta(seconds=10)
    assert (upload.expires_at - now()).total_seconds() == pytest.approx(600, abs=10)


def test_the_form_uses_the_buckets_regional_host(repository: AwsResultRepository) -> None:
    assert (
        repository.create_upload(PhotoDeclaration("image/png", 1000)).url
        == "https://brain-uploads.s3.eu-central-1.amazonaws.com/"
    )


@pytest.mark.parametrize("variable", ["AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3"])
def test_a_local_endpoint_uses_path_style_urls(
    cloud: Cloud, monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    monkeypatch.setenv(variable, "http://127.0.0.1:9")

    repository = AwsResultRepository.connect(cloud.settings)
    linked = repository.link(done_result(PAGE_ID, now(), place()))

    assert linked.artifacts["cropped"].startswith("http://127.0.0.1:9/brain-results/results/")


def test_a_photo_is_read_with_its_face_index(repository: AwsResultRepository, cloud: Cloud) -> None:
    key = "inbox/My Photo +é.jpg"
    etag = cloud.drop(key, PHOTO, {"face": "2", "compare-with": PAGE_ID})

    photo = repository.read_photo(place(key, etag))

    assert (photo.data, photo.face, photo.compare_with) == (PHOTO, 2, PAGE_ID)


@pytest.mark.parametrize("face", ["", "-1", "one", "1.5", "²", " 1"])
def test_an_invalid_face_index_is_ignored(repository: AwsResultRepository, cloud: Cloud, face: str) -> None:
    metadata = {"face": face} if face.isascii() else {"face": base64.b64encode(face.encode()).decode()}
    etag = cloud.drop("photo.jpg", PHOTO, metadata)

    assert repository.read_photo(place("photo.jpg", etag)).face == 0


@pytest.mark.parametrize(("size", "reason"), [(0, "empty"), (1001, "too-large")])
def test_empty_and_oversized_photos_are_rejected(
    repository: AwsResultRepository, cloud: Cloud, size: int, reason: str
) -> None:
    etag = cloud.drop("photo.jpg", b"x" * size)

    with pytest.raises(PhotoUnreadable) as caught:
        repository.read_photo(place("photo.jpg", etag))
    assert caught.value.reason == reason
    assert caught.value.hint


def test_a_photo_of_the_maximum_size_is_read(repository: AwsResultRepository, cloud: Cloud) -> None:
    assert len(repository.read_photo(place("photo.jpg", cloud.drop("photo.jpg", b"x" * 1000))).data) == 1000


def test_a_deleted_photo_is_reported_as_gone(repository: AwsResultRepository) -> None:
    with pytest.raises(PhotoGone):
        repository.read_photo(place("gone.jpg"))


def test_an_overwritten_photo_is_reported_as_replaced(repository: AwsResultRepository, cloud: Cloud) -> None:
    etag = cloud.drop("photo.jpg", PHOTO)
    cloud.drop("photo.jpg", b"another")

    with pytest.raises(PhotoReplaced):
        repository.read_photo(place("photo.jpg", etag))
