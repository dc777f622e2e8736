"""Claiming photos and storing results, on in-memory S3 and DynamoDB."""

from __future__ import annotations

import time
from urllib.parse import parse_qs, urlsplit

import boto3
import pytest

from brain.cloud.photos import PhotoDeclaration
from brain.cloud.repository import AwsResultRepository
from brain.cloud.status_rows import Outcome
from brain.cloud.status_table import AlreadyClaimed
from brain.cloud.uploads import upload_key
from brain.core.clock import now
from brain.core.results import Result, Status
from tests.fakes import PAGE_ID
from tests.integration.claims import LONG, STORED, claimed, failed, finished, place
from tests.integration.conftest import Cloud
from tests.results import done_result


def test_the_first_delivery_of_a_dropped_photo_creates_its_row(
    repository: AwsResultRepository, cloud: Cloud
) -> None:
    claim = claimed(repository)

    [row] = cloud.rows()
    assert claim.created
    assert claim.attempt == 1
    assert (row["status"]["S"], row["attempts"]["N"], row["etag"]["S"]) == ("processing", "1", place().etag)
    assert row["created_at"]["S"] == claim.created_at.isoformat(timespec="milliseconds")
    assert "expires_at" in row


def test_claiming_a_page_upload_keeps_its_creation_time(repository: AwsResultRepository) -> None:
    upload = repository.create_upload(PhotoDeclaration("image/png", 1000))
    created_at = repository.read(upload.id).created_at  # type: ignore[union-attr]
    time.sleep(0.005)

    claim = claimed(repository, upload.id, place(upload_key(upload.id)))

    assert not claim.created
    assert claim.created_at == created_at
    assert repository.read(upload.id) == Result(id=upload.id, status=Status.PROCESSING, created_at=created_at)


def test_a_claimed_photo_cannot_be_claimed_again(repository: AwsResultRepository) -> None:
    claimed(repository)

    with pytest.raises(AlreadyClaimed):
        repository.claim(PAGE_ID, place(), LONG)


def test_an_abandoned_claim_can_be_taken_over(repository: AwsResultRepository, cloud: Cloud) -> None:
    old = claimed(repository)
    time.sleep(0.005)

    new = claimed(repository, after=0)

    assert (old.stalled, new.stalled) == (False, True)
    assert new.attempt == 2
    with pytest.raises(AlreadyClaimed):
        finished(repository, old)
    assert cloud.files() == STORED, "the new owner's files must not be taken away"
    assert finished(repository, new)
    assert repository.read(PAGE_ID).status is Status.DONE  # type: ignore[union-attr]


def test_a_released_photo_can_be_claimed_at_once(repository: AwsResultRepository) -> None:
    repository.release(claimed(repository))

    assert repository.read(PAGE_ID).status is Status.WAITING  # type: ignore[union-attr]
    again = claimed(repository)
    assert again.attempt == 2
    assert not again.stalled


def test_a_lost_claim_releases_nothing(repository: AwsResultRepository) -> None:
    old = claimed(repository)
    time.sleep(0.005)
    claimed(repository, after=0)

    repository.release(old)

    assert repository.read(PAGE_ID).status is Status.PROCESSING  # type: ignore[union-attr]


def test_a_discarded_claim_leaves_nothing(repository: AwsResultRepository, cloud: Cloud) -> None:
    claim = claimed(repository)
    cloud.s3.put_object(Bucket="brain-results", Key=STORED[0], Body=b"left over")

    repository.discard(claim)

    assert (cloud.files(), cloud.rows()) == ([], [])


def test_a_discarded_claim_leaves_nothing_even_if_its_row_is_deleted_twice(
    repository: AwsResultRepository, cloud: Cloud
) -> None:
    claim = claimed(repository)
    cloud.s3.put_object(Bucket="brain-results", Key=STORED[0], Body=b"left over")
    dynamodb = boto3.client("dynamodb")

    def delete_first(**_: object) -> None:
        """The response to the first request is lost, so boto3 sends it again."""
        cloud.dynamodb.delete_item(TableName=cloud.settings.table, Key={"id": {"S": claim.id}})

    dynamodb.meta.events.register("before-call.dynamodb.DeleteItem", delete_first)

    AwsResultRepository(cloud.settings, cloud.s3, dynamodb).discard(claim)

    assert (cloud.files(), cloud.rows()) == ([], [])


def test_a_claim_that_was_lost_discards_nothing(repository: AwsResultRepository, cloud: Cloud) -> None:
    claim = claimed(repository)
    finished(repository, claim)
    before = (cloud.files(), cloud.rows())

    repository.discard(claim)

    assert (cloud.files(), cloud.rows()) == before


def test_done_is_written_last_and_final(repository: AwsResultRepository, cloud: Cloud) -> None:
    claim = claimed(repository)

    assert finished(repository, claim)

    assert cloud.files() == STORED
    assert repository.claim(PAGE_ID, place(), 0) is None
    assert repository.read(PAGE_ID) == Result.model_validate_json(
        cloud.s3.get_object(Bucket="brain-results", Key=STORED[-1])["Body"].read()
    )


def test_files_have_content_types(repository: AwsResultRepository, cloud: Cloud) -> None:
    finished(repository, claimed(repository))

    types = [cloud.s3.head_object(Bucket="brain-results", Key=key)["ContentType"] for key in STORED]
    assert types == ["image/jpeg", "image/png", "application/json"]


def test_failed_is_final(repository: AwsResultRepository) -> None:
    claim = claimed(repository)

    assert repository.finish(claim, Outcome(failed(claim)))

    assert repository.claim(PAGE_ID, place(), 0) is None
    assert repository.read(PAGE_ID) == failed(claim)


def test_a_duplicate_of_the_message_that_led_to_a_failure_does_nothing(
    repository: AwsResultRepository, cloud: Cloud
) -> None:
    claim = claimed(repository, message="message 1")
    cloud.drop("inbox/photo.jpg", b"another photo")
    result = failed(claim, "photo-replaced", code=1)
    repository.finish(claim, Outcome(result, retryable=True))

    assert repository.claim(PAGE_ID, place(), LONG, "message 1") is None
    assert repository.read(PAGE_ID) == result
    assert repository.claim(PAGE_ID, place(), LONG, "message 2") is not None


def test_a_duplicate_of_a_message_that_failed_for_good_leaves_it_to_the_dead_letter_queue(
    repository: AwsResultRepository, cloud: Cloud
) -> None:
    claim = claimed(repository, message="message 1")
    result = failed(claim, "internal-error", code=4)
    repository.finish(claim, Outcome(result, retryable=True))

    with pytest.raises(AlreadyClaimed):
        repository.claim(PAGE_ID, place(), LONG, "message 1")
    assert repository.read(PAGE_ID) == result
    assert repository.claim(PAGE_ID, place(), LONG, "message 2") is not None


def test_a_retryable_failure_can_be_claimed_again(repository: AwsResultRepository, cloud: Cloud) -> None:
    claim = claimed(repository)
    repository.finish(claim, Outcome(failed(claim, "internal-error"), retryable=True))

    again = claimed(repository)

    assert again.attempt == 2
    assert "error" not in cloud.rows()[0]
    assert finished(repository, again)
    assert repository.read(PAGE_ID).status is Status.DONE  # type: ignore[union-attr]
    assert repository.claim(PAGE_ID, place(), 0) is None


def test_a_failed_result_can_be_read_from_its_row_alone(
    repository: AwsResultRepository, cloud: Cloud
) -> None:
    claim = claimed(repository)
    repository.finish(claim, Outcome(failed(claim)))
    cloud.s3.delete_object(Bucket="brain-results", Key=STORED[-1])

    assert repository.read(PAGE_ID) == failed(claim)


def test_a_done_result_without_its_file_is_unknown(repository: AwsResultRepository, cloud: Cloud) -> None:
    finished(repository, claimed(repository))
    cloud.s3.delete_object(Bucket="brain-results", Key=STORED[-1])

    assert repository.read(PAGE_ID) is None


def test_urls_are_short_lived_and_named(repository: AwsResultRepository) -> None:
    linked = repository.link(done_result(PAGE_ID, now(), place()))

    url = urlsplit(linked.artifacts["cropped"])
    query = parse_qs(url.query)
    assert url.path == f"/results/{PAGE_ID}/cropped.jpg"
    assert query["X-Amz-Expires"] == ["900"]
    assert query["response-content-disposition"] == ['inline; filename="cropped.jpg"']
