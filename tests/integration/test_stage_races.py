"""Several workers, deletions and lost responses between the stages of a result."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from brain.cloud.repository import AwsResultRepository
from brain.cloud.service import Service
from brain.cloud.status_rows import Claim, Outcome
from brain.cloud.status_table import AlreadyClaimed
from brain.cloud.uploads import upload_key
from brain.core.results import Status
from functions.explain.handler import handle
from tests.fakes import PAGE_ID, PHOTO, FakeStagedExplainer
from tests.integration.claims import LONG, claimed, failed, finished, place
from tests.integration.conftest import Cloud
from tests.integration.staging import (
    DROPPED,
    DROPPED_ID,
    ETAG,
    NOTHING_FAILED,
    completed,
    current,
    named,
    run,
)
from tests.lambda_calls import lambda_context, raw_event


def test_a_named_photo_cannot_be_claimed_by_another_worker(repository: AwsResultRepository) -> None:
    assert named(repository, claimed(repository))

    with pytest.raises(AlreadyClaimed):
        repository.claim(PAGE_ID, place(), LONG)


def test_an_abandoned_name_can_be_taken_over(repository: AwsResultRepository) -> None:
    first = named(repository, claimed(repository))
    assert first is not None

    second = claimed(repository, after=-1)

    assert (second.stalled, second.named, second.attempt) == (True, True, 2)
    assert current(repository).status is Status.NAMED
    with pytest.raises(AlreadyClaimed):
        completed(repository, first)
    assert completed(repository, second)
    assert current(repository).status is Status.DONE


@pytest.mark.parametrize("late", [named, completed])
def test_a_worker_that_lost_its_claim_does_not_overwrite_the_result(
    repository: AwsResultRepository, late: Callable[[AwsResultRepository, Claim], object]
) -> None:
    first = claimed(repository)
    second = claimed(repository, after=-1)
    assert completed(repository, second)
    before = current(repository)

    with pytest.raises(AlreadyClaimed):
        late(repository, first)

    assert current(repository) == before


def test_a_late_failure_does_not_overwrite_the_result(repository: AwsResultRepository) -> None:
    first = named(repository, claimed(repository))
    assert first is not None
    second = claimed(repository, after=-1)
    assert completed(repository, second)

    with pytest.raises(AlreadyClaimed):
        repository.finish(first, Outcome(failed(first), retryable=True))

    assert current(repository).status is Status.DONE


@pytest.mark.parametrize("late", [named, completed, finished])
def test_a_deletion_between_the_stages_leaves_nothing(
    repository: AwsResultRepository, cloud: Cloud, late: Callable[[AwsResultRepository, Claim], object]
) -> None:
    claim = named(repository, claimed(repository))
    assert claim is not None

    assert repository.delete(PAGE_ID)

    assert not late(repository, claim)
    assert (cloud.photos(), cloud.files(), cloud.rows()) == ([], [], [])


def test_a_photo_whose_claim_was_lost_is_delivered_again(
    repository: AwsResultRepository, cloud: Cloud
) -> None:
    cloud.drop(DROPPED, PHOTO)

    def take_over_and_die() -> None:
        claimed(repository, DROPPED_ID, place(DROPPED, ETAG), after=-1)

    assert run(repository, FakeStagedExplainer(between=take_over_and_die))["batchItemFailures"]

    service = Service(repository, FakeStagedExplainer, max_receives=5)
    assert handle(raw_event("sqs_s3_dropped"), lambda_context(seconds=0), service) == NOTHING_FAILED
    assert current(repository, DROPPED_ID).status is Status.DONE


def test_a_stored_name_whose_response_was_lost_keeps_the_claim(
    repository: AwsResultRepository, cloud: Cloud
) -> None:
    claim = claimed(repository)
    dynamodb = cloud.dynamodb
    requests: list[dict[str, Any]] = []

    def repeat(**_: Any) -> None:
        if len(requests) == 1:  # boto3 sends a request again when there was no response
            dynamodb.update_item(**requests[0])

    dynamodb.meta.events.register(
        "provide-client-params.dynamodb.UpdateItem", lambda params, **_: requests.append(dict(params))
    )
    dynamodb.meta.events.register("before-call.dynamodb.UpdateItem", repeat)

    renewed = named(AwsResultRepository(cloud.settings, cloud.s3, dynamodb), claim)

    assert renewed is not None
    assert len(requests) == 2
    assert completed(repository, renewed)


def test_files_of_a_worker_that_died_after_a_deletion_are_deleted_with_the_next_delivery(
    repository: AwsResultRepository, cloud: Cloud
) -> None:
    cloud.s3.put_object(Bucket="brain-results", Key=f"results/{PAGE_ID}/cropped.jpg", Body=b"crop")

    assert repository.claim(PAGE_ID, place(upload_key(PAGE_ID)), LONG) is None

    assert cloud.files() == []


def test_a_deleted_photo_does_not_come_back_when_a_later_delivery_fails(
    repository: AwsResultRepository, cloud: Cloud
) -> None:
    cloud.drop(DROPPED, PHOTO)
    run(repository, FakeStagedExplainer())
    repository.delete(DROPPED_ID)
    cloud.drop(DROPPED, PHOTO)
    claim = claimed(repository, DROPPED_ID, place(DROPPED, ETAG))
    cloud.s3.delete_object(Bucket="brain-uploads", Key=DROPPED)  # before it was read
    repository.release(claim)

    assert run(repository, FakeStagedExplainer(), receive_count=2) == NOTHING_FAILED

    assert (cloud.photos(), cloud.files(), cloud.rows()) == ([], [], [])
