"""Raw events passed to the handler, with the real repository on in-memory services."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from brain.cloud.repository import AwsResultRepository
from brain.cloud.service import Service
from brain.cloud.uploads import id_of_object, upload_key
from brain.core.errors import CascadesMissing, FaceNotFound
from brain.core.results import Status
from functions.explain.handler import Unfinished, bootstrap, handle, lambda_handler
from tests.fakes import PAGE_ID, PHOTO, FakeExplainer
from tests.integration.conftest import Cloud
from tests.lambda_calls import lambda_context, raw_event

ETAG = "d31c31542b128e8d3b1650a1eb26eaaf"
DROPPED = "inbox/My Photo +é.jpg"
DROPPED_ID = id_of_object("brain-uploads", DROPPED, ETAG)
MESSAGE = "059f36b4-87a3-44ab-83d2-661975830a7d"
NOTHING_FAILED: dict[str, Any] = {"batchItemFailures": []}


def run(
    event: dict[str, Any], repository: AwsResultRepository, explainer: FakeExplainer | None = None
) -> dict[str, Any]:
    chosen = explainer or FakeExplainer()
    return handle(event, lambda_context(), Service(repository, lambda: chosen, max_receives=5))


def failures(*ids: str) -> dict[str, Any]:
    return {"batchItemFailures": [{"itemIdentifier": message_id} for message_id in ids]}


def another_message(event: dict[str, Any]) -> dict[str, Any]:
    """The same event in a message of its own, as SQS gives to a redriven or a second event."""
    event["Records"][0]["messageId"] = "another message"
    return event


def with_count(event: dict[str, Any], count: int) -> dict[str, Any]:
    event["Records"][0]["attributes"]["ApproximateReceiveCount"] = str(count)
    return event


@pytest.mark.parametrize(
    "name",
    ["s3_dropped", "eventbridge_dropped", "sqs_s3_dropped", "sqs_eventbridge_dropped", "sqs_guardduty_clean"],
)
def test_every_event_format_leads_to_the_same_result(
    repository: AwsResultRepository, cloud: Cloud, name: str
) -> None:
    assert cloud.drop(DROPPED, PHOTO) == ETAG

    assert run(raw_event(name), repository) == NOTHING_FAILED

    result = repository.read(DROPPED_ID)
    assert result is not None
    assert result.status is Status.DONE
    assert (result.source.bucket, result.source.key, result.source.etag) == ("brain-uploads", DROPPED, ETAG)
    assert f"results/{DROPPED_ID}/cropped.jpg" in cloud.files()


def test_a_page_upload_keeps_its_id(repository: AwsResultRepository, cloud: Cloud) -> None:
    cloud.announce(PAGE_ID)
    cloud.drop(upload_key(PAGE_ID), PHOTO, {"face": "1"})
    explainer = FakeExplainer()

    run(raw_event("sqs_s3_page"), repository, explainer)

    assert repository.read(PAGE_ID).status is Status.DONE  # type: ignore[union-attr]
    assert explainer.faces == [1]


def test_a_second_delivery_changes_nothing(repository: AwsResultRepository, cloud: Cloud) -> None:
    cloud.drop(DROPPED, PHOTO)
    explainer = FakeExplainer()

    for _ in range(2):
        assert run(raw_event("sqs_s3_dropped"), repository, explainer) == NOTHING_FAILED

    assert len(explainer.faces) == 1
    assert cloud.rows()[0]["attempts"]["N"] == "1"


def test_a_concurrent_delivery_is_reported_as_failed(repository: AwsResultRepository, cloud: Cloud) -> None:
    cloud.drop(DROPPED, PHOTO)
    crossing: list[dict[str, Any]] = []
    explainer = FakeExplainer(during=lambda: crossing.append(run(raw_event("sqs_s3_dropped"), repository)))

    assert run(raw_event("sqs_s3_dropped"), repository, explainer) == NOTHING_FAILED

    assert crossing == [failures(MESSAGE)]
    assert repository.read(DROPPED_ID).status is Status.DONE  # type: ignore[union-attr]


@pytest.mark.parametrize("name", ["s3_test_event", "sqs_test_event", "s3_removed", "eventbridge_deleted"])
def test_events_without_a_photo_are_ignored(repository: AwsResultRepository, cloud: Cloud, name: str) -> None:
    assert run(raw_event(name), repository) == NOTHING_FAILED
    assert cloud.rows() == []


def test_messages_of_a_batch_are_independent(repository: AwsResultRepository, cloud: Cloud) -> None:
    for key in ("inbox/good.jpg", "inbox/last.jpg"):
        cloud.drop(key, PHOTO)

    answer = run(raw_event("sqs_batch"), repository)

    assert answer == failures("2e1424d4-f796-459a-8184-9c92662be6da", "c7a8b9d0-1e2f-4a3b-9c4d-abcdefabcdef")
    assert [row["status"]["S"] for row in cloud.rows()] == ["done", "done"], "the absent one leaves no row"


def test_a_message_with_two_failed_photos_is_reported_once(
    repository: AwsResultRepository, cloud: Cloud
) -> None:
    for key in ("inbox/good.jpg", "inbox/second.jpg"):
        cloud.drop(key, PHOTO)
    event = raw_event("sqs_batch")
    event["Records"] = event["Records"][:1]

    assert run(event, repository, FakeExplainer(RuntimeError())) == failures(MESSAGE)


def test_an_error_of_the_photo_is_not_a_batch_item_failure(
    repository: AwsResultRepository, cloud: Cloud
) -> None:
    cloud.drop(DROPPED, PHOTO)

    assert (
        run(raw_event("sqs_s3_dropped"), repository, FakeExplainer(FaceNotFound("no-face", "h")))
        == NOTHING_FAILED
    )

    stored = json.loads(
        cloud.s3.get_object(Bucket="brain-results", Key=f"results/{DROPPED_ID}/result.json")["Body"].read()
    )
    assert (stored["status"], stored["error"]["code"], stored["error"]["reason"]) == ("failed", 3, "no-face")


@pytest.mark.parametrize("name", ["sqs_guardduty_infected", "sqs_guardduty_skipped"])
def test_a_photo_that_is_not_clean_is_rejected_unread(
    repository: AwsResultRepository, cloud: Cloud, name: str
) -> None:
    cloud.drop(DROPPED, PHOTO)
    explainer = FakeExplainer()

    assert run(raw_event(name), repository, explainer) == NOTHING_FAILED

    result = repository.read(DROPPED_ID)
    assert result is not None
    assert result.error is not None
    assert (result.status, result.error.code, result.error.reason) == (Status.FAILED, 1, "not-clean")
    assert explainer.faces == []


@pytest.mark.parametrize(("body", "reason"), [(b"", "empty"), (b"x" * 1001, "too-large")])
def test_empty_and_oversized_photos_fail(
    repository: AwsResultRepository, cloud: Cloud, body: bytes, reason: str
) -> None:
    etag = cloud.drop(DROPPED, body)
    event = raw_event("s3_dropped")
    event["Records"][0]["s3"]["object"]["eTag"] = etag
    explainer = FakeExplainer()

    run(event, repository, explainer)

    result = repository.read(id_of_object("brain-uploads", DROPPED, etag))
    assert result is not None
    assert result.error is not None
    assert (result.status, result.error.code, result.error.reason) == (Status.FAILED, 1, reason)
    assert explainer.faces == []


def test_an_internal_error_is_retried_until_the_last_delivery_and_after_a_redrive(
    repository: AwsResultRepository, cloud: Cloud
) -> None:
    cloud.drop(DROPPED, PHOTO)
    broken = FakeExplainer(CascadesMissing("no-cascades", "Install them."))

    for count in (1, 2, 3, 4):
        assert run(with_count(raw_event("sqs_s3_dropped"), count), repository, broken) == failures(MESSAGE)
        assert repository.read(DROPPED_ID).status is Status.WAITING  # type: ignore[union-attr]
    assert run(with_count(raw_event("sqs_s3_dropped"), 5), repository, broken) == failures(MESSAGE)

    result = repository.read(DROPPED_ID)
    assert result is not None
    assert result.error is not None
    assert (result.status, result.error.code) == (Status.FAILED, 2)
    assert cloud.rows()[0]["attempts"]["N"] == "5"

    assert run(another_message(raw_event("sqs_s3_dropped")), repository) == NOTHING_FAILED
    assert repository.read(DROPPED_ID).status is Status.DONE  # type: ignore[union-attr]


@pytest.mark.parametrize("name", ["s3_dropped", "eventbridge_dropped"])
def test_without_a_queue_an_internal_error_is_raised(
    repository: AwsResultRepository, cloud: Cloud, name: str
) -> None:
    cloud.drop(DROPPED, PHOTO)

    with pytest.raises(Unfinished):
        run(raw_event(name), repository, FakeExplainer(RuntimeError()))
    assert repository.read(DROPPED_ID).status is Status.FAILED  # type: ignore[union-attr]

    assert run(raw_event(name), repository) == NOTHING_FAILED
    assert repository.read(DROPPED_ID).status is Status.DONE  # type: ignore[union-attr]


def test_without_a_queue_the_other_photos_are_processed_first(
    repository: AwsResultRepository, cloud: Cloud
) -> None:
    event = raw_event("s3_dropped")
    event["Records"].append(json.loads(json.dumps(event["Records"][0])))
    event["Records"][1]["s3"]["object"]["key"] = "inbox/second.jpg"
    for key in (DROPPED, "inbox/second.jpg"):
        cloud.drop(key, PHOTO)
    explainer = FakeExplainer(RuntimeError())

    def only_the_first_fails() -> None:
        if len(explainer.faces) > 1:
            explainer.error = None

    explainer.during = only_the_first_fails

    with pytest.raises(Unfinished, match="1 of 2"):
        run(event, repository, explainer)
    second = repository.read(id_of_object("brain-uploads", "inbox/second.jpg", ETAG))
    assert second is not None
    assert second.status is Status.DONE


def test_the_composition_root_reports_a_missing_model(
    repository: AwsResultRepository, cloud: Cloud, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    cloud.drop(DROPPED, PHOTO)
    monkeypatch.setenv("BRAIN_MODELS", str(tmp_path))
    bootstrap.cache_clear()

    answer = lambda_handler(with_count(raw_event("sqs_s3_dropped"), 5), lambda_context())
    bootstrap.cache_clear()

    assert answer == failures(MESSAGE)
    result = repository.read(DROPPED_ID)
    assert result is not None
    assert result.error is not None
    assert (result.error.code, result.error.reason) == (4, "weights-absent")
