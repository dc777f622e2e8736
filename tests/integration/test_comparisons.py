"""Photos that are compared with others, and the deletion of either, on in-memory S3 and DynamoDB."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import partial
from typing import Any
from uuid import uuid4

import boto3
import pytest
from botocore.exceptions import ClientError

from brain.cloud.events import PhotoEvent
from brain.cloud.other_photos import MOST_COMPARISONS, OtherUnavailable
from brain.cloud.photos import PhotoDeclaration
from brain.cloud.repository import AwsResultRepository
from brain.cloud.service import Service
from brain.cloud.uploads import comparison_key, id_of_object, upload_key
from brain.core.errors import FaceNotFound
from brain.core.results import PhotoRequest, Result, Status
from tests.fakes import PAGE_ID, PHOTO, FakeExplained, FakeExplainer, done_result, named_result
from tests.integration.claims import claimed, finished, place
from tests.integration.conftest import Cloud

BUCKET = "brain-uploads"
SECOND = b"another photo"


class ComparingExplainer:
    """Stores the other photo's crop with its own result, in the second stage."""

    def stages(self, photo: bytes, request: PhotoRequest, *, on_pictures: object) -> Iterator[FakeExplained]:
        done = done_result(request.upload_id, request.created_at, request.source)
        yield FakeExplained(named_result(done), {"cropped.jpg": b"crop of " + photo})
        other = request.compare_with
        yield FakeExplained(done, {"other_cropped.jpg": other.crop} if other else {})


class Interruption:
    """Does something before the n-th call of a repository's boto3 clients."""

    def __init__(self, cloud: Cloud) -> None:
        self.calls = 0
        self._at = 0
        self._action: Callable[[], object] = lambda: None
        s3, dynamodb = boto3.client("s3"), boto3.client("dynamodb")
        for client in (s3, dynamodb):
            client.meta.events.register("before-call", self._count)
        self.repository = AwsResultRepository(cloud.settings, s3, dynamodb)

    def prepare(self, at: int, action: Callable[[], object]) -> AwsResultRepository:
        """The repository, whose calls are counted from here."""
        self.calls, self._at, self._action = 0, at, action
        return self.repository

    def _count(self, **_: object) -> None:
        self.calls += 1
        if self.calls == self._at:
            self._action()


def process(repository: AwsResultRepository, key: str, etag: str, explainer: Any = None) -> Result | None:
    """Process a photo that a message of its own announces."""
    chosen = explainer or ComparingExplainer()
    event = PhotoEvent(BUCKET, key, etag, uuid4().hex, 1)
    return Service(repository, lambda: chosen, 5).process(event, 60)


def first_photo(repository: AwsResultRepository, cloud: Cloud, key: str = "inbox/first.jpg") -> str:
    """The id of an explained photo."""
    etag = cloud.drop(key, PHOTO)
    assert process(repository, key, etag, FakeExplainer())
    return id_of_object(BUCKET, key, etag)


def drop_second(cloud: Cloud, other_id: str, key: str = "inbox/second.jpg") -> tuple[str, str, str]:
    """Drop a photo that is to be compared with another one; returns id, key and ETag."""
    etag = cloud.drop(key, SECOND, {"compare-with": other_id})
    return id_of_object(BUCKET, key, etag), key, etag


def objects(cloud: Cloud) -> str:
    """The contents of the results bucket."""
    keys = cloud.files()
    bodies = [cloud.s3.get_object(Bucket="brain-results", Key=key)["Body"].read().decode() for key in keys]
    return json.dumps([keys, bodies])


def test_a_photo_is_compared_with_a_result(repository: AwsResultRepository, cloud: Cloud) -> None:
    other_id = first_photo(repository, cloud)
    upload_id, key, etag = drop_second(cloud, other_id)

    result = process(repository, key, etag)

    assert result is not None
    assert result.status is Status.DONE
    stored = cloud.s3.get_object(Bucket="brain-results", Key=f"results/{upload_id}/other_cropped.jpg")
    assert stored["Body"].read() == b"crop of " + PHOTO
    assert repository.row(upload_id).compare_with == other_id  # type: ignore[union-attr]


def test_an_upload_through_the_page_is_compared(repository: AwsResultRepository, cloud: Cloud) -> None:
    other_id = first_photo(repository, cloud)
    declared = PhotoDeclaration("image/jpeg", len(SECOND), compare_with=other_id)
    upload = repository.create_upload(declared)
    metadata = {"compare-with": upload.fields["x-amz-meta-compare-with"]}
    etag = cloud.drop(upload_key(upload.id), SECOND, metadata)

    assert process(repository, upload_key(upload.id), etag)

    assert f"results/{upload.id}/other_cropped.jpg" in cloud.files()
    assert repository.delete(other_id)
    assert (cloud.photos(), cloud.files(), cloud.rows()) == ([], [], [])


def test_a_named_result_is_enough(repository: AwsResultRepository, cloud: Cloud) -> None:
    claim = claimed(repository)
    result = named_result(done_result(claim.id, claim.created_at, place()))
    repository.store_named(claim, result, {"cropped.jpg": b"crop"})
    _, key, etag = drop_second(cloud, PAGE_ID)

    compared = process(repository, key, etag)

    assert compared is not None
    assert compared.status is Status.DONE


def reason(repository: AwsResultRepository, cloud: Cloud, other_id: str) -> str:
    """Why a photo cannot be compared with another one."""
    upload_id, key, etag = drop_second(cloud, other_id)
    result = process(repository, key, etag)
    assert result is not None
    assert result.error is not None
    assert (result.status, result.error.code) == (Status.FAILED, 1)
    assert result.error.hint
    assert f"results/{upload_id}/cropped.jpg" not in cloud.files()
    assert not [name for name in cloud.files() if name.startswith("comparisons/")]
    return result.error.reason


@pytest.mark.parametrize("other_id", [PAGE_ID, "", "../x", "0" * 31])
def test_an_unknown_result(repository: AwsResultRepository, cloud: Cloud, other_id: str) -> None:
    assert reason(repository, cloud, other_id) == "other-unknown"


def test_a_result_that_was_deleted(repository: AwsResultRepository, cloud: Cloud) -> None:
    other_id = first_photo(repository, cloud)
    repository.delete(other_id)

    assert reason(repository, cloud, other_id) == "other-unknown"


def test_a_result_without_a_name_yet(repository: AwsResultRepository, cloud: Cloud) -> None:
    cloud.announce(PAGE_ID)
    assert reason(repository, cloud, PAGE_ID) == "other-unfinished"
    claimed(repository, source=place(upload_key(PAGE_ID)))
    assert reason(repository, cloud, PAGE_ID) == "other-unfinished"


def test_a_result_that_failed(repository: AwsResultRepository, cloud: Cloud) -> None:
    etag = cloud.drop("inbox/first.jpg", PHOTO)
    process(repository, "inbox/first.jpg", etag, FakeExplainer(FaceNotFound("no-face", "h")))

    assert reason(repository, cloud, id_of_object(BUCKET, "inbox/first.jpg", etag)) == "other-failed"


@pytest.mark.parametrize("name", ["result.json", "cropped.jpg"])
def test_a_result_that_has_expired(repository: AwsResultRepository, cloud: Cloud, name: str) -> None:
    other_id = first_photo(repository, cloud)
    cloud.s3.delete_object(Bucket="brain-results", Key=f"results/{other_id}/{name}")

    assert reason(repository, cloud, other_id) == "other-expired"


def test_a_photo_is_not_compared_with_itself(repository: AwsResultRepository, cloud: Cloud) -> None:
    own_id, key, etag = drop_second(cloud, PAGE_ID)
    cloud.drop(key, SECOND, {"compare-with": own_id})

    result = process(repository, key, etag)

    assert result is not None
    assert result.error is not None
    assert result.error.reason == "other-unfinished"


def test_a_comparison_can_be_repeated_once_the_other_photo_is_explained(
    repository: AwsResultRepository, cloud: Cloud
) -> None:
    cloud.announce(PAGE_ID)
    upload_id, key, etag = drop_second(cloud, PAGE_ID)
    process(repository, key, etag)
    finished(repository, claimed(repository, source=place(upload_key(PAGE_ID))))

    result = process(repository, key, etag)

    assert result is not None
    assert result.status is Status.DONE
    assert f"results/{upload_id}/other_cropped.jpg" in cloud.files()


def test_the_number_of_comparisons_with_a_result_is_limited(
    repository: AwsResultRepository, cloud: Cloud
) -> None:
    other_id = first_photo(repository, cloud)
    for number in range(MOST_COMPARISONS):
        cloud.s3.put_object(Bucket="brain-results", Key=comparison_key(other_id, f"{number:032x}"))
    _, key, etag = drop_second(cloud, other_id)

    result = process(repository, key, etag)

    assert result is not None
    assert result.error is not None
    assert result.error.reason == "other-too-often"


def test_dropping_a_photo_again_changes_the_comparison(repository: AwsResultRepository, cloud: Cloud) -> None:
    first_id = first_photo(repository, cloud)
    other_id = first_photo(repository, cloud, "inbox/other.jpg")
    upload_id, key, etag = drop_second(cloud, first_id)
    process(repository, key, etag)

    drop_second(cloud, other_id)
    assert process(repository, key, etag) is not None
    assert process(repository, key, etag) is None

    assert repository.row(upload_id).compare_with == other_id  # type: ignore[union-attr]
    assert repository.delete(first_id)
    assert repository.read(upload_id) is not None
    cloud.drop(key, SECOND)
    assert process(repository, key, etag) is not None
    assert repository.row(upload_id).compare_with is None  # type: ignore[union-attr]
    assert not [name for name in cloud.files() if name.startswith("comparisons/")]


def test_another_face_of_the_other_photo_does_not_hide_the_comparison(
    repository: AwsResultRepository, cloud: Cloud
) -> None:
    other_id = first_photo(repository, cloud)
    upload_id, key, etag = drop_second(cloud, other_id)
    process(repository, key, etag)
    process(repository, "inbox/first.jpg", cloud.drop("inbox/first.jpg", PHOTO, {"face": "1"}))

    assert repository.delete(other_id)

    assert repository.read(upload_id) is None
    assert (cloud.photos(), cloud.files(), cloud.rows()) == ([], [], [])


def test_deleting_the_comparison_leaves_the_other_result(
    repository: AwsResultRepository, cloud: Cloud
) -> None:
    other_id = first_photo(repository, cloud)
    before = cloud.files()
    upload_id, key, etag = drop_second(cloud, other_id)
    process(repository, key, etag)

    assert repository.delete(upload_id)

    assert cloud.files() == before
    assert repository.read(other_id) is not None


def test_deleting_a_result_deletes_chains_and_circles(repository: AwsResultRepository, cloud: Cloud) -> None:
    previous = first_id = first_photo(repository, cloud)
    for number in range(3):
        previous, key, etag = drop_second(cloud, previous, f"inbox/{number}.jpg")
        process(repository, key, etag)
    cloud.drop("inbox/first.jpg", PHOTO, {"compare-with": previous})
    process(repository, "inbox/first.jpg", cloud.drop("inbox/first.jpg", PHOTO, {"compare-with": previous}))

    assert repository.delete(first_id)

    assert (cloud.photos(), cloud.files(), cloud.rows()) == ([], [], [])


def test_deleting_a_result_deletes_all_its_comparisons(repository: AwsResultRepository, cloud: Cloud) -> None:
    other_id = first_photo(repository, cloud)
    for number in range(12):
        _, key, etag = drop_second(cloud, other_id, f"inbox/{number}.jpg")
        process(repository, key, etag)

    assert repository.delete(other_id)

    assert (cloud.photos(), cloud.files(), cloud.rows()) == ([], [], [])


def test_a_comparison_is_deleted_even_if_the_other_result_has_expired(
    repository: AwsResultRepository, cloud: Cloud
) -> None:
    other_id = first_photo(repository, cloud)
    upload_id, key, etag = drop_second(cloud, other_id)
    process(repository, key, etag)
    cloud.dynamodb.delete_item(TableName="brain-results", Key={"id": {"S": other_id}})

    assert repository.delete(other_id)

    assert repository.read(upload_id) is None
    assert not repository.delete(other_id)


def test_comparisons_are_deleted_even_if_the_photo_cannot_be(cloud: Cloud) -> None:
    repository = AwsResultRepository(cloud.settings, cloud.s3, cloud.dynamodb)
    other_id = first_photo(repository, cloud)
    upload_id, key, etag = drop_second(cloud, other_id)
    process(repository, key, etag)
    s3 = boto3.client("s3")

    def deny(params: dict[str, Any], **_: object) -> None:
        if "first.jpg" in params["url_path"]:
            raise ClientError({"Error": {"Code": "403", "Message": "Forbidden"}}, "DeleteObject")

    s3.meta.events.register("before-call.s3.DeleteObject", deny)
    with pytest.raises(ClientError):
        AwsResultRepository(cloud.settings, s3, cloud.dynamodb).delete(other_id)

    assert repository.read(upload_id) is None
    assert not [name for name in cloud.files() if name.startswith("results/")]
    assert repository.delete(other_id), "it can be repeated"
    assert (cloud.photos(), cloud.files(), cloud.rows()) == ([], [], [])


@pytest.mark.parametrize("deletes_other", [True, False])
def test_a_deletion_at_any_moment_of_a_comparison_leaves_nothing_derived(
    cloud: Cloud, repository: AwsResultRepository, deletes_other: bool
) -> None:
    """The deletion runs before the first call that the worker makes, before the second, and so on."""
    interruption, moment, interrupted = Interruption(cloud), 0, True
    while interrupted:
        moment += 1
        other_id = first_photo(repository, cloud)
        upload_id, key, etag = drop_second(cloud, other_id)
        target = other_id if deletes_other else upload_id
        worker = interruption.prepare(moment, partial(repository.delete, target))

        process(worker, key, etag)

        interrupted = interruption.calls >= moment
        if not interrupted:
            assert repository.delete(target)
        process(repository, key, etag)
        current = repository.read(upload_id)
        assert current is None or current.status is Status.FAILED or not deletes_other
        if deletes_other:
            assert "crop of the bytes of a photo" not in objects(cloud), f"before call {moment}"
            assert "other_cropped" not in objects(cloud), f"before call {moment}"
        repository.delete(upload_id)
        repository.delete(other_id)
        assert (cloud.photos(), cloud.files(), cloud.rows()) == ([], [], []), f"before call {moment}"
    assert moment > 15


def test_a_comparison_at_any_moment_of_a_deletion_leaves_nothing_derived(
    cloud: Cloud, repository: AwsResultRepository
) -> None:
    """The worker runs before the first call that the deletion makes, before the second, and so on."""
    interruption, moment, interrupted = Interruption(cloud), 0, True
    while interrupted:
        moment += 1
        other_id = first_photo(repository, cloud)
        upload_id, key, etag = drop_second(cloud, other_id)
        deleting = interruption.prepare(moment, partial(process, repository, key, etag))

        assert deleting.delete(other_id)

        interrupted = interruption.calls >= moment
        process(repository, key, etag)
        current = repository.read(upload_id)
        assert current is None or current.status is Status.FAILED
        assert "crop of the bytes of a photo" not in objects(cloud), f"before call {moment}"
        repository.delete(upload_id)
        assert (cloud.photos(), cloud.files(), cloud.rows()) == ([], [], []), f"before call {moment}"
    assert moment > 5


def test_an_interrupted_deletion_can_be_repeated(cloud: Cloud, repository: AwsResultRepository) -> None:
    class Killed(BaseException):
        pass

    def kill() -> None:
        raise Killed

    interruption, moment, interrupted = Interruption(cloud), 0, True
    while interrupted:
        moment += 1
        other_id = first_photo(repository, cloud)
        upload_id, key, etag = drop_second(cloud, other_id)
        process(repository, key, etag)
        with suppress(Killed):
            interruption.prepare(moment, kill).delete(other_id)

        interrupted = interruption.calls >= moment
        repository.delete(other_id)
        assert repository.read(upload_id) is None
        assert (cloud.photos(), cloud.files(), cloud.rows()) == ([], [], []), f"at call {moment}"
    assert moment > 15


def test_the_error_names_its_reason() -> None:
    error = OtherUnavailable.because("other-expired")
    assert (error.code, error.reason, error.photo_at_fault) == (1, "other-expired", True)
