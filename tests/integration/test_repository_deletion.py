"""Deleting results, also concurrently with workers, on in-memory S3 and DynamoDB."""

from __future__ import annotations

from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from brain.cloud.photos import PhotoDeclaration
from brain.cloud.repository import AwsResultRepository
from brain.cloud.uploads import id_of_object, upload_key
from brain.core.results import Source, Status
from tests.fakes import PAGE_ID, PHOTO
from tests.integration.claims import LONG, STORED, claimed, finished, place
from tests.integration.conftest import Cloud


def dropped(cloud: Cloud) -> tuple[str, Source]:
    """Drop a photo; its id and place."""
    source = place("inbox/photo.jpg", cloud.drop("inbox/photo.jpg", PHOTO))
    return id_of_object("brain-uploads", "inbox/photo.jpg", source.etag or ""), source


def test_delete_leaves_nothing(repository: AwsResultRepository, cloud: Cloud) -> None:
    upload = repository.create_upload(PhotoDeclaration("image/png", 1000))
    etag = cloud.drop(upload_key(upload.id), PHOTO)
    finished(repository, claimed(repository, upload.id, place(upload_key(upload.id), etag)))

    assert repository.delete(upload.id)

    assert (cloud.photos(), cloud.files(), cloud.rows()) == ([], [], [])
    assert not repository.delete(upload.id)


def test_delete_affects_no_other_result(repository: AwsResultRepository, cloud: Cloud) -> None:
    finished(repository, claimed(repository))
    neighbour = PAGE_ID[:-1] + "0"
    claimed(repository, neighbour)

    repository.delete(neighbour)

    assert cloud.files() == STORED
    assert [row["id"]["S"] for row in cloud.rows()] == [PAGE_ID]


def test_delete_before_the_photo_was_uploaded(repository: AwsResultRepository, cloud: Cloud) -> None:
    upload = repository.create_upload(PhotoDeclaration("image/png", 1000))

    assert repository.delete(upload.id)
    assert cloud.rows() == []


def test_delete_wins_over_an_active_worker(repository: AwsResultRepository, cloud: Cloud) -> None:
    cloud.announce(PAGE_ID)
    etag = cloud.drop(upload_key(PAGE_ID), PHOTO)
    claim = claimed(repository, source=place(upload_key(PAGE_ID), etag))

    assert repository.delete(PAGE_ID)

    assert not finished(repository, claim)
    assert (cloud.photos(), cloud.files(), cloud.rows()) == ([], [], [])


def test_delete_wins_over_a_worker_that_finishes_meanwhile(
    repository: AwsResultRepository, cloud: Cloud
) -> None:
    claim = claimed(repository)
    crossing: list[bool] = []
    dynamodb = boto3.client("dynamodb")
    dynamodb.meta.events.register(
        "before-call.dynamodb.DeleteItem", lambda **_: crossing.append(finished(repository, claim))
    )

    assert AwsResultRepository(cloud.settings, cloud.s3, dynamodb).delete(PAGE_ID)

    assert crossing == [True]
    assert (cloud.files(), cloud.rows()) == ([], [])


def test_a_page_photo_is_deleted_even_if_it_was_replaced(
    repository: AwsResultRepository, cloud: Cloud
) -> None:
    cloud.announce(PAGE_ID)
    etag = cloud.drop(upload_key(PAGE_ID), PHOTO)
    claimed(repository, source=place(upload_key(PAGE_ID), etag))
    cloud.drop(upload_key(PAGE_ID), b"another photo of the same person")

    repository.delete(PAGE_ID)

    assert cloud.photos() == []


def test_a_newer_photo_under_the_same_key_is_kept(repository: AwsResultRepository, cloud: Cloud) -> None:
    old = place("inbox/photo.jpg", cloud.drop("inbox/photo.jpg", PHOTO))
    upload_id = id_of_object("brain-uploads", "inbox/photo.jpg", old.etag or "")
    claimed(repository, upload_id, old)
    cloud.drop("inbox/photo.jpg", b"another")

    assert repository.delete(upload_id)

    assert cloud.photos() == ["inbox/photo.jpg"]


def test_a_dropped_photo_is_deleted_with_its_result(repository: AwsResultRepository, cloud: Cloud) -> None:
    source = place("inbox/My Photo +é.jpg", cloud.drop("inbox/My Photo +é.jpg", PHOTO))
    upload_id = id_of_object("brain-uploads", "inbox/My Photo +é.jpg", source.etag or "")
    finished(repository, claimed(repository, upload_id, source))

    assert repository.delete(upload_id)

    assert (cloud.photos(), cloud.files()) == ([], [])


def test_a_dropped_photo_that_no_longer_exists(repository: AwsResultRepository, cloud: Cloud) -> None:
    upload_id, source = dropped(cloud)
    claimed(repository, upload_id, source)
    cloud.s3.delete_object(Bucket="brain-uploads", Key="inbox/photo.jpg")

    assert repository.delete(upload_id)
    assert (cloud.files(), cloud.rows()) == ([], [])


def test_a_late_duplicate_does_not_bring_a_replaced_photo_back(
    repository: AwsResultRepository, cloud: Cloud
) -> None:
    upload_id, source = dropped(cloud)
    finished(repository, claimed(repository, upload_id, source))
    repository.delete(upload_id)
    cloud.drop("inbox/photo.jpg", b"another photo")

    assert repository.claim(upload_id, source, LONG) is None
    assert (cloud.files(), cloud.rows()) == ([], [])


def test_a_late_duplicate_does_not_bring_a_removed_photo_back(
    repository: AwsResultRepository, cloud: Cloud
) -> None:
    upload_id, source = dropped(cloud)
    claim = claimed(repository, upload_id, source)
    cloud.s3.delete_object(Bucket="brain-uploads", Key="inbox/photo.jpg")
    repository.discard(claim)
    cloud.s3.put_object(Bucket="brain-results", Key=f"results/{upload_id}/cropped.jpg", Body=b"left over")

    assert repository.claim(upload_id, source, LONG) is None
    assert (cloud.files(), cloud.rows()) == ([], [])


def test_a_photo_uploaded_again_after_a_deletion_is_deleted_unread(
    repository: AwsResultRepository, cloud: Cloud
) -> None:
    upload = repository.create_upload(PhotoDeclaration("image/png", 1000))
    key = upload_key(upload.id)
    finished(repository, claimed(repository, upload.id, place(key, cloud.drop(key, PHOTO))))
    repository.delete(upload.id)

    again = place(key, cloud.drop(key, PHOTO))

    assert repository.claim(upload.id, again, LONG) is None
    assert (cloud.photos(), cloud.files(), cloud.rows()) == ([], [], [])


def test_a_second_photo_under_a_finished_id_is_deleted_unread(
    repository: AwsResultRepository, cloud: Cloud
) -> None:
    upload = repository.create_upload(PhotoDeclaration("image/png", 1000))
    key = upload_key(upload.id)
    finished(repository, claimed(repository, upload.id, place(key, cloud.drop(key, PHOTO))))

    second = place(key, cloud.drop(key, b"another photo"))

    assert repository.claim(upload.id, second, LONG) is None
    assert cloud.photos() == []
    assert repository.read(upload.id).status is Status.DONE  # type: ignore[union-attr]


def test_a_duplicate_event_does_not_delete_the_photo(repository: AwsResultRepository, cloud: Cloud) -> None:
    upload = repository.create_upload(PhotoDeclaration("image/png", 1000))
    key = upload_key(upload.id)
    source = place(key, cloud.drop(key, PHOTO))
    finished(repository, claimed(repository, upload.id, source))

    assert repository.claim(upload.id, source, LONG) is None
    assert cloud.photos() == [key]


def refuse(s3: Any, operation: str) -> None:
    """Make an S3 client deny an operation, as for a revoked key or a bucket policy."""

    def deny(**_: object) -> None:
        raise ClientError({"Error": {"Code": "403", "Message": "Forbidden"}}, operation)

    s3.meta.events.register(f"before-call.s3.{operation}", deny)


@pytest.mark.parametrize("operation", ["HeadObject", "GetObject"])
def test_a_photo_that_cannot_be_read_can_be_deleted(cloud: Cloud, operation: str) -> None:
    s3 = boto3.client("s3")
    refuse(s3, operation)
    repository = AwsResultRepository(cloud.settings, s3, cloud.dynamodb)
    source = place(etag=cloud.drop("inbox/photo.jpg", PHOTO))
    finished(repository, claimed(repository, source=source))

    assert repository.delete(PAGE_ID)

    assert (cloud.photos(), cloud.files(), cloud.rows()) == ([], [], [])


def test_the_result_is_deleted_even_if_the_photo_cannot_be(cloud: Cloud) -> None:
    s3 = boto3.client("s3")
    refuse(s3, "DeleteObject")
    repository = AwsResultRepository(cloud.settings, s3, cloud.dynamodb)
    source = place(etag=cloud.drop("inbox/photo.jpg", PHOTO))
    finished(repository, claimed(repository, source=source))

    with pytest.raises(ClientError):
        repository.delete(PAGE_ID)

    assert cloud.files() == []
    assert repository.read(PAGE_ID) is None
    assert AwsResultRepository(cloud.settings, cloud.s3, cloud.dynamodb).delete(PAGE_ID), "it can be repeated"
