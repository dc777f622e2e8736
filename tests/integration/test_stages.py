"""The stages of a result: `named`, then `done`, on in-memory S3 and DynamoDB."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from brain.cloud.repository import AwsResultRepository
from brain.cloud.service import Explainer, Service
from brain.cloud.status_rows import Claim, Outcome
from brain.cloud.status_table import AlreadyClaimed
from brain.cloud.uploads import id_of_object, upload_key
from brain.core.results import Result, Status
from functions.explain.handler import handle
from tests.fakes import (
    PAGE_ID,
    PHOTO,
    FakeStagedExplainer,
    done_result,
    lambda_context,
    named_result,
    raw_event,
)
from tests.integration.claims import LONG, claimed, failed, finished, place
from tests.integration.conftest import Cloud

ETAG = "d31c31542b128e8d3b1650a1eb26eaaf"
DROPPED = "inbox/My Photo +é.jpg"
DROPPED_ID = id_of_object("brain-uploads", DROPPED, ETAG)
NAMED_FILES = {"cropped.jpg": b"crop", "gc_map_12.png": b"map"}
NOTHING_FAILED: dict[str, Any] = {"batchItemFailures": []}


def run(
    repository: AwsResultRepository, explainer: Explainer, receive_count: int = 1, message: str = "message 1"
) -> dict[str, Any]:
    event = raw_event("sqs_s3_dropped")
    event["Records"][0]["messageId"] = message
    event["Records"][0]["attributes"]["ApproximateReceiveCount"] = str(receive_count)
    return handle(event, lambda_context(), Service(repository, lambda: explainer, max_receives=5))


def named(repository: AwsResultRepository, claim: Claim) -> Claim | None:
    result = named_result(done_result(claim.id, claim.created_at, place()))
    return repository.store_named(claim, result, NAMED_FILES)


def completed(repository: AwsResultRepository, claim: Claim) -> bool:
    result = done_result(claim.id, claim.created_at, place())
    return repository.finish(claim, Outcome(result, {"evidence_12.png": b"evidence"}))


def current(repository: AwsResultRepository, upload_id: str = PAGE_ID) -> Result:
    result = repository.read(upload_id)
    assert result is not None
    return result


def test_a_name_can_be_read_before_the_explanation_is_complete(
    repository: AwsResultRepository, cloud: Cloud
) -> None:
    cloud.drop(DROPPED, PHOTO)
    seen: list[tuple[Result, list[str]]] = []
    explainer = FakeStagedExplainer(
        between=lambda: seen.append((current(repository, DROPPED_ID), cloud.files()))
    )

    assert run(repository, explainer) == NOTHING_FAILED

    [(result, files)] = seen
    assert (result.status, result.identity is not None) == (Status.NAMED, True)
    assert {name.rpartition("/")[2] for name in files} == {"cropped.jpg", "gc_map_12.png", "result.json"}
    final = current(repository, DROPPED_ID)
    assert final.status is Status.DONE
    stored = {name.rpartition("/")[2] for name in cloud.files()}
    assert set(final.artifacts.values()) | {"result.json"} == stored


def test_each_picture_is_written_once(repository: AwsResultRepository, cloud: Cloud) -> None:
    written: list[str] = []
    s3 = cloud.s3
    s3.meta.events.register(
        "provide-client-params.s3.PutObject", lambda params, **_: written.append(params["Key"])
    )
    counted = AwsResultRepository(cloud.settings, s3, cloud.dynamodb)
    cloud.drop(DROPPED, PHOTO)
    written.clear()

    run(counted, FakeStagedExplainer())

    names = sorted(key.rpartition("/")[2] for key in written)
    assert names == ["cropped.jpg", "evidence_12.png", "gc_map_12.png", "result.json", "result.json"]


def test_a_crash_after_the_name_keeps_the_name_until_the_event_comes_again(
    repository: AwsResultRepository, cloud: Cloud
) -> None:
    cloud.drop(DROPPED, PHOTO)

    def crash() -> None:
        raise KeyboardInterrupt  # not an Exception: nothing is released, as when the process is killed

    with pytest.raises(KeyboardInterrupt):
        run(repository, FakeStagedExplainer(between=crash))
    assert current(repository, DROPPED_ID).status is Status.NAMED

    crossing: list[Status] = []
    again = FakeStagedExplainer(between=lambda: crossing.append(current(repository, DROPPED_ID).status))
    service = Service(repository, lambda: again, max_receives=5)
    assert handle(raw_event("sqs_s3_dropped"), lambda_context(seconds=0), service) == NOTHING_FAILED

    assert crossing == [Status.NAMED]
    assert current(repository, DROPPED_ID).status is Status.DONE
    assert cloud.rows()[0]["attempts"]["N"] == "2"


def test_an_internal_error_after_the_name_keeps_the_name_and_is_retried_at_once(
    repository: AwsResultRepository, cloud: Cloud
) -> None:
    cloud.drop(DROPPED, PHOTO)

    def fail() -> None:
        raise RuntimeError("out of luck")

    assert run(repository, FakeStagedExplainer(between=fail))["batchItemFailures"]
    assert current(repository, DROPPED_ID).status is Status.NAMED

    assert run(repository, FakeStagedExplainer()) == NOTHING_FAILED
    assert current(repository, DROPPED_ID).status is Status.DONE


def test_the_last_internal_error_after_the_name_is_a_failure_that_can_be_redriven(
    repository: AwsResultRepository, cloud: Cloud
) -> None:
    cloud.drop(DROPPED, PHOTO)

    def fail() -> None:
        raise RuntimeError("out of luck")

    run(repository, FakeStagedExplainer(between=fail), receive_count=5)
    assert current(repository, DROPPED_ID).status is Status.FAILED

    # SQS gives messages that are redriven a new id.
    assert run(repository, FakeStagedExplainer(), message="message 2") == NOTHING_FAILED
    assert current(repository, DROPPED_ID).status is Status.DONE


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


def test_a_retry_replaces_the_result_of_the_failed_attempt(repository: AwsResultRepository) -> None:
    first = claimed(repository)
    repository.finish(first, Outcome(failed(first), retryable=True))
    second = claimed(repository)

    renewed = named(repository, second)

    assert renewed is not None
    assert current(repository).status is Status.NAMED
    assert completed(repository, renewed)


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
