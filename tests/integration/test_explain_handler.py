"""The handler fed with raw events, on a real store in memory."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from brain.cloud.service import Service
from brain.cloud.store import Store
from brain.cloud.uploads import id_of_object, upload_key
from brain.core.errors import CascadesMissing, FaceNotFound
from brain.core.results import Status
from functions.explain.handler import Unfinished, bootstrap, handle, lambda_handler, logger
from tests.fakes import PAGE_ID, PHOTO, FakeExplainer, lambda_context, logged, raw_event
from tests.integration.conftest import Cloud

ETAG = "d31c31542b128e8d3b1650a1eb26eaaf"
DROPPED = "inbox/My Photo +é.jpg"
DROPPED_ID = id_of_object("brain-uploads", DROPPED, ETAG)
MESSAGE = "059f36b4-87a3-44ab-83d2-661975830a7d"
NOTHING_FAILED: dict[str, Any] = {"batchItemFailures": []}


def run(event: dict[str, Any], store: Store, explainer: FakeExplainer | None = None) -> dict[str, Any]:
    chosen = explainer or FakeExplainer()
    return handle(event, lambda_context(), Service(store, lambda: chosen, max_receives=5))


def failures(*ids: str) -> dict[str, Any]:
    return {"batchItemFailures": [{"itemIdentifier": one} for one in ids]}


def with_count(event: dict[str, Any], count: int) -> dict[str, Any]:
    event["Records"][0]["attributes"]["ApproximateReceiveCount"] = str(count)
    return event


@pytest.mark.parametrize(
    "name",
    ["s3_dropped", "eventbridge_dropped", "sqs_s3_dropped", "sqs_eventbridge_dropped", "sqs_guardduty_clean"],
)
def test_every_shape_ends_in_the_same_result(store: Store, cloud: Cloud, name: str) -> None:
    assert cloud.drop(DROPPED, PHOTO) == ETAG

    assert run(raw_event(name), store) == NOTHING_FAILED

    result = store.read(DROPPED_ID)
    assert result is not None
    assert result.status is Status.DONE
    assert (result.source.bucket, result.source.key, result.source.etag) == ("brain-uploads", DROPPED, ETAG)
    assert f"results/{DROPPED_ID}/cropped.jpg" in cloud.files()


def test_a_page_upload_keeps_its_id(store: Store, cloud: Cloud) -> None:
    cloud.drop(upload_key(PAGE_ID), PHOTO, {"face": "1"})
    explainer = FakeExplainer()

    run(raw_event("sqs_s3_page"), store, explainer)

    assert store.read(PAGE_ID).status is Status.DONE  # type: ignore[union-attr]
    assert explainer.faces == [1]


def test_a_second_delivery_changes_nothing(store: Store, cloud: Cloud) -> None:
    cloud.drop(DROPPED, PHOTO)
    explainer = FakeExplainer()

    for _ in range(2):
        assert run(raw_event("sqs_s3_dropped"), store, explainer) == NOTHING_FAILED

    assert len(explainer.faces) == 1
    assert cloud.rows()[0]["attempts"]["N"] == "1"


def test_a_delivery_that_crosses_another_comes_again(store: Store, cloud: Cloud) -> None:
    cloud.drop(DROPPED, PHOTO)
    crossing: list[dict[str, Any]] = []
    explainer = FakeExplainer(during=lambda: crossing.append(run(raw_event("sqs_s3_dropped"), store)))

    assert run(raw_event("sqs_s3_dropped"), store, explainer) == NOTHING_FAILED

    assert crossing == [failures(MESSAGE)]
    assert store.read(DROPPED_ID).status is Status.DONE  # type: ignore[union-attr]


@pytest.mark.parametrize("name", ["s3_test_event", "sqs_test_event", "s3_removed", "eventbridge_deleted"])
def test_events_of_no_photo_are_swallowed(store: Store, cloud: Cloud, name: str) -> None:
    assert run(raw_event(name), store) == NOTHING_FAILED
    assert cloud.rows() == []


def test_in_a_batch_each_message_stands_for_itself(store: Store, cloud: Cloud) -> None:
    for key in ("inbox/good.jpg", "inbox/last.jpg"):
        cloud.drop(key, PHOTO)

    answer = run(raw_event("sqs_batch"), store)

    assert answer == failures("2e1424d4-f796-459a-8184-9c92662be6da", "c7a8b9d0-1e2f-4a3b-9c4d-abcdefabcdef")
    assert [row["status"]["S"] for row in cloud.rows()] == ["done", "done"], "the absent one leaves no row"


def test_a_message_with_two_failed_photos_is_reported_once(store: Store, cloud: Cloud) -> None:
    for key in ("inbox/good.jpg", "inbox/second.jpg"):
        cloud.drop(key, PHOTO)
    event = raw_event("sqs_batch")
    event["Records"] = event["Records"][:1]

    assert run(event, store, FakeExplainer(RuntimeError())) == failures(MESSAGE)


def test_a_photo_at_fault_is_no_failure_of_the_batch(store: Store, cloud: Cloud) -> None:
    cloud.drop(DROPPED, PHOTO)

    assert (
        run(raw_event("sqs_s3_dropped"), store, FakeExplainer(FaceNotFound("no-face", "h"))) == NOTHING_FAILED
    )

    stored = json.loads(
        cloud.s3.get_object(Bucket="brain-results", Key=f"results/{DROPPED_ID}/result.json")["Body"].read()
    )
    assert (stored["status"], stored["error"]["code"], stored["error"]["reason"]) == ("failed", 3, "no-face")


@pytest.mark.parametrize("name", ["sqs_guardduty_infected", "sqs_guardduty_skipped"])
def test_a_photo_that_is_not_clean_is_refused_unread(store: Store, cloud: Cloud, name: str) -> None:
    cloud.drop(DROPPED, PHOTO)
    explainer = FakeExplainer()

    assert run(raw_event(name), store, explainer) == NOTHING_FAILED

    result = store.read(DROPPED_ID)
    assert result is not None
    assert result.error is not None
    assert (result.status, result.error.code, result.error.reason) == (Status.FAILED, 1, "not-clean")
    assert explainer.faces == []


@pytest.mark.parametrize(("body", "reason"), [(b"", "empty"), (b"x" * 1001, "too-large")])
def test_empty_and_huge_photos(store: Store, cloud: Cloud, body: bytes, reason: str) -> None:
    etag = cloud.drop(DROPPED, body)
    event = raw_event("s3_dropped")
    event["Records"][0]["s3"]["object"]["eTag"] = etag
    explainer = FakeExplainer()

    run(event, store, explainer)

    result = store.read(id_of_object("brain-uploads", DROPPED, etag))
    assert result is not None
    assert result.error is not None
    assert (result.status, result.error.code, result.error.reason) == (Status.FAILED, 1, reason)
    assert explainer.faces == []


def test_our_fault_is_tried_until_the_last_delivery_and_after_a_redrive(store: Store, cloud: Cloud) -> None:
    cloud.drop(DROPPED, PHOTO)
    broken = FakeExplainer(CascadesMissing("no-cascades", "Install them."))

    for count in (1, 2, 3, 4):
        assert run(with_count(raw_event("sqs_s3_dropped"), count), store, broken) == failures(MESSAGE)
        assert store.read(DROPPED_ID).status is Status.WAITING  # type: ignore[union-attr]
    assert run(with_count(raw_event("sqs_s3_dropped"), 5), store, broken) == failures(MESSAGE)

    result = store.read(DROPPED_ID)
    assert result is not None
    assert result.error is not None
    assert (result.status, result.error.code) == (Status.FAILED, 2)
    assert cloud.rows()[0]["attempts"]["N"] == "5"

    assert run(with_count(raw_event("sqs_s3_dropped"), 1), store) == NOTHING_FAILED
    assert store.read(DROPPED_ID).status is Status.DONE  # type: ignore[union-attr]


@pytest.mark.parametrize("name", ["s3_dropped", "eventbridge_dropped"])
def test_without_a_queue_our_fault_is_raised_for_lambda_to_retry(
    store: Store, cloud: Cloud, name: str
) -> None:
    cloud.drop(DROPPED, PHOTO)

    with pytest.raises(Unfinished):
        run(raw_event(name), store, FakeExplainer(RuntimeError()))
    assert store.read(DROPPED_ID).status is Status.FAILED  # type: ignore[union-attr]

    assert run(raw_event(name), store) == NOTHING_FAILED
    assert store.read(DROPPED_ID).status is Status.DONE  # type: ignore[union-attr]


def test_without_a_queue_the_other_photos_are_processed_first(store: Store, cloud: Cloud) -> None:
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
        run(event, store, explainer)
    second = store.read(id_of_object("brain-uploads", "inbox/second.jpg", ETAG))
    assert second is not None
    assert second.status is Status.DONE


def test_a_delete_while_the_photo_is_explained_wins(store: Store, cloud: Cloud) -> None:
    cloud.drop(upload_key(PAGE_ID), PHOTO)

    run(raw_event("sqs_s3_page"), store, FakeExplainer(during=lambda: store.delete(PAGE_ID)))

    assert (cloud.photos(), cloud.files(), cloud.rows()) == ([], [], [])


def test_a_delete_before_the_event_arrives_wins(store: Store, cloud: Cloud) -> None:
    upload = store.create_upload("image/jpeg")
    cloud.drop(upload_key(upload.id), PHOTO)
    event = raw_event("s3_dropped")
    event["Records"][0]["s3"]["object"]["key"] = upload_key(upload.id)
    store.delete(upload.id)

    assert run(event, store) == NOTHING_FAILED
    assert (cloud.photos(), cloud.files(), cloud.rows()) == ([], [], [])


def test_a_photo_removed_by_someone_else_is_told_to_who_waits(store: Store, cloud: Cloud) -> None:
    upload = store.create_upload("image/jpeg")
    event = raw_event("s3_dropped")
    event["Records"][0]["s3"]["object"]["key"] = upload_key(upload.id)

    assert run(event, store) == NOTHING_FAILED

    result = store.read(upload.id)
    assert result is not None
    assert result.error is not None
    assert result.error.reason == "photo-gone"


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_a_page_photo_sent_twice_is_explained_once_in_any_order(
    store: Store, cloud: Cloud, order: tuple[int, int]
) -> None:
    events = []
    for body in (b"first", b"second"):
        event = raw_event("s3_dropped")
        event["Records"][0]["s3"]["object"] |= {
            "key": upload_key(PAGE_ID),
            "eTag": cloud.drop(upload_key(PAGE_ID), body),
        }
        events.append(event)

    for index in order:
        assert run(events[index], store) == NOTHING_FAILED

    assert store.read(PAGE_ID).status is Status.DONE  # type: ignore[union-attr]


def test_the_real_composition_root_stores_that_its_model_is_missing(
    store: Store, cloud: Cloud, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    cloud.drop(DROPPED, PHOTO)
    monkeypatch.setenv("BRAIN_MODELS", str(tmp_path))
    bootstrap.cache_clear()

    answer = lambda_handler(with_count(raw_event("sqs_s3_dropped"), 5), lambda_context())
    bootstrap.cache_clear()

    assert answer == failures(MESSAGE)
    result = store.read(DROPPED_ID)
    assert result is not None
    assert result.error is not None
    assert (result.error.code, result.error.reason) == (4, "weights-absent")


def test_logs_hold_no_key_and_no_whole_id(
    store: Store, cloud: Cloud, capsys: pytest.CaptureFixture[str]
) -> None:
    cloud.drop(DROPPED, PHOTO)

    with logged(logger) as stream:
        run(raw_event("sqs_s3_dropped"), store, FakeExplainer(FaceNotFound("no-face", "h")))

    [line] = [json.loads(line) for line in stream.getvalue().splitlines()]
    printed = capsys.readouterr()
    assert (line["photo"], line["status"], line["code"]) == (DROPPED_ID[:8], "failed", 3)
    for text in (stream.getvalue(), printed.out, printed.err):
        assert DROPPED_ID not in text
        assert "My Photo" not in text
    assert printed.err == "ERROR: sorry, frontal face wasn't detected\n"


def metrics(text: str) -> list[tuple[str, float, dict[str, str]]]:
    """Name, value and dimensions of every embedded metric in what was printed."""
    found = []
    for line in filter(lambda line: line.startswith('{"_aws"'), text.splitlines()):
        entry = json.loads(line)
        (directive,) = entry["_aws"]["CloudWatchMetrics"]
        assert directive["Namespace"] == "BRAIN"
        (dimensions,) = directive["Dimensions"]
        named = {name: entry[name] for name in dimensions}
        found += [(one["Name"], entry[one["Name"]][0], named) for one in directive["Metrics"]]
    return found


def test_results_are_counted_by_status_and_code(
    store: Store, cloud: Cloud, capsys: pytest.CaptureFixture[str]
) -> None:
    cloud.drop(DROPPED, PHOTO)

    run(raw_event("sqs_s3_dropped"), store, FakeExplainer(FaceNotFound("no-face", "h")))

    printed = metrics(capsys.readouterr().out)
    assert ("Photos", 1, {"code": "3", "status": "failed"}) in printed
    assert {name for name, _, _ in printed} == {"Photos", "Turnaround", "GigabyteSeconds"}


def test_stages_and_what_they_cost_are_measured(
    store: Store, cloud: Cloud, capsys: pytest.CaptureFixture[str]
) -> None:
    cloud.drop(DROPPED, PHOTO)

    run(raw_event("sqs_s3_dropped"), store)

    printed = metrics(capsys.readouterr().out)
    assert ("Photos", 1, {"code": "0", "status": "done"}) in printed
    assert ("StageDuration", 100, {"stage": "total"}) in printed
    (charged,) = (value for name, value, _ in printed if name == "GigabyteSeconds")
    assert 0 < charged < 60, "seconds, since the function has a gigabyte"


def test_what_fails_is_charged_too(store: Store, cloud: Cloud, capsys: pytest.CaptureFixture[str]) -> None:
    cloud.drop(DROPPED, PHOTO)

    run(raw_event("sqs_s3_dropped"), store, FakeExplainer(RuntimeError()))

    assert [name for name, _, _ in metrics(capsys.readouterr().out)] == ["GigabyteSeconds"]
