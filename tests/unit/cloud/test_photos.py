"""Errors of S3 when a photo is read or deleted."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

from brain.cloud.photos import PhotoInaccessible, UploadsBucket
from brain.core.results import Source
from brain.core.settings import Settings

SOURCE = Source(bucket="brain-uploads", key="inbox/photo.jpg", etag="e")


class FailingS3:
    """An S3 client whose operations fail with an error code."""

    def __init__(self, code: str) -> None:
        self._code = code

    def _fail(self, **_: Any) -> Any:
        raise ClientError({"Error": {"Code": self._code, "Message": "m"}}, "GetObject")

    get_object = head_object = delete_object = _fail


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("InvalidObjectState", "archived"),
        ("InvalidRequest", "customer-key"),
        ("AccessDenied", "access-denied"),
        ("KMS.DisabledException", "access-denied"),
        ("KMS.NotFoundException", "access-denied"),
    ],
)
def test_an_inaccessible_photo_is_reported_with_its_reason(code: str, reason: str) -> None:
    with pytest.raises(PhotoInaccessible) as caught:
        UploadsBucket(Settings(), FailingS3(code)).read(SOURCE)

    assert (caught.value.code, caught.value.reason) == (1, reason)
    assert caught.value.photo_at_fault


@pytest.mark.parametrize("code", ["SlowDown", "InternalError", "NoSuchBucket", "InvalidAccessKeyId"])
def test_other_errors_are_internal(code: str) -> None:
    with pytest.raises(ClientError, match=code):
        UploadsBucket(Settings(), FailingS3(code)).read(SOURCE)


@pytest.mark.parametrize("code", ["400", "403", "404", "412"])
def test_the_choices_of_an_inaccessible_photo_are_unknown(code: str) -> None:
    assert UploadsBucket(Settings(), FailingS3(code)).choices(SOURCE) is None


def test_the_choices_of_a_photo_are_not_unknown_because_s3_is_busy() -> None:
    with pytest.raises(ClientError, match="503"):
        UploadsBucket(Settings(), FailingS3("503")).choices(SOURCE)


@pytest.mark.parametrize("code", ["NoSuchKey", "PreconditionFailed"])
def test_a_missing_or_replaced_photo_needs_no_deletion(code: str) -> None:
    UploadsBucket(Settings(), FailingS3(code)).delete("0" * 32, SOURCE)


def test_a_refused_deletion_is_an_error() -> None:
    with pytest.raises(ClientError, match="AccessDenied"):
        UploadsBucket(Settings(), FailingS3("AccessDenied")).delete("0" * 32, SOURCE)
