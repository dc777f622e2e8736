"""Deleting either of two results deletes what was derived from both, whenever that happens."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from brain.cloud.repository import AwsResultRepository
from brain.core.results import Status
from tests.fakes import PHOTO
from tests.integration.comparing import drop_second, first_photo, objects, process, two_photos
from tests.integration.conftest import Cloud


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
    other_id, upload_id, key, etag = two_photos(repository, cloud)
    process(repository, key, etag)
    cloud.dynamodb.delete_item(TableName="brain-results", Key={"id": {"S": other_id}})

    assert repository.delete(other_id)

    assert repository.read(upload_id) is None
    assert not repository.delete(other_id)


def test_comparisons_are_deleted_even_if_the_photo_cannot_be(cloud: Cloud) -> None:
    repository = AwsResultRepository(cloud.settings, cloud.s3, cloud.dynamodb)
    other_id, upload_id, key, etag = two_photos(repository, cloud)
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
        other_id, upload_id, key, etag = two_photos(repository, cloud)
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
        other_id, upload_id, key, etag = two_photos(repository, cloud)
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
        other_id, upload_id, key, etag = two_photos(repository, cloud)
        process(repository, key, etag)
        with suppress(Killed):
            interruption.prepare(moment, kill).delete(other_id)

        interrupted = interruption.calls >= moment
        repository.delete(other_id)
        assert repository.read(upload_id) is None
        assert (cloud.photos(), cloud.files(), cloud.rows()) == ([], [], []), f"at call {moment}"
    assert moment > 15
