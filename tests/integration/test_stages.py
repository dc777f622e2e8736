"""The stages of a result: `named`, then `done`, on in-memory S3 and DynamoDB."""

from __future__ import annotations

import pytest

from brain.cloud.repository import AwsResultRepository
from brain.cloud.service import Service
from brain.cloud.status_rows import Outcome
from brain.core.results import Result, Status
from functions.explain.handler import handle
from tests.fakes import PHOTO, FakeStagedExplainer
from tests.integration.claims import claimed, failed
from tests.integration.conftest import Cloud
from tests.integration.staging import DROPPED, DROPPED_ID, NOTHING_FAILED, completed, current, named, run
from tests.lambda_calls import lambda_context, raw_event


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


def test_a_retry_replaces_the_result_of_the_failed_attempt(repository: AwsResultRepository) -> None:
    first = claimed(repository)
    repository.finish(first, Outcome(failed(first), retryable=True))
    second = claimed(repository)

    renewed = named(repository, second)

    assert renewed is not None
    assert current(repository).status is Status.NAMED
    assert completed(repository, renewed)
