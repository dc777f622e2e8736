"""Photos that are deleted, sent twice, replaced or archived, and events about them in any order."""

from __future__ import annotations

import pytest

from brain.cloud.photos import PhotoDeclaration
from brain.cloud.repository import AwsResultRepository
from brain.cloud.uploads import upload_key
from brain.core.errors import FaceNotFound
from brain.core.results import Status
from tests.fakes import PAGE_ID, PHOTO, FakeExplainer
from tests.integration.conftest import Cloud
from tests.integration.test_explain_handler import (
    DROPPED,
    DROPPED_ID,
    ETAG,
    NOTHING_FAILED,
    another_message,
    run,
)
from tests.lambda_calls import raw_event


def test_a_deletion_during_processing_wins(repository: AwsResultRepository, cloud: Cloud) -> None:
    cloud.announce(PAGE_ID)
    cloud.drop(upload_key(PAGE_ID), PHOTO)

    run(raw_event("sqs_s3_page"), repository, FakeExplainer(during=lambda: repository.delete(PAGE_ID)))

    assert (cloud.photos(), cloud.files(), cloud.rows()) == ([], [], [])


def test_a_deletion_before_the_event_wins(repository: AwsResultRepository, cloud: Cloud) -> None:
    upload = repository.create_upload(PhotoDeclaration("image/jpeg", 1000))
    cloud.drop(upload_key(upload.id), PHOTO)
    event = raw_event("s3_dropped")
    event["Records"][0]["s3"]["object"]["key"] = upload_key(upload.id)
    repository.delete(upload.id)

    assert run(event, repository) == NOTHING_FAILED
    assert (cloud.photos(), cloud.files(), cloud.rows()) == ([], [], [])


def test_a_missing_photo_is_reported_to_the_page(repository: AwsResultRepository, cloud: Cloud) -> None:
    upload = repository.create_upload(PhotoDeclaration("image/jpeg", 1000))
    event = raw_event("s3_dropped")
    event["Records"][0]["s3"]["object"]["key"] = upload_key(upload.id)

    assert run(event, repository) == NOTHING_FAILED

    result = repository.read(upload.id)
    assert result is not None
    assert result.error is not None
    assert result.error.reason == "photo-gone"


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_a_page_photo_sent_twice_is_explained_once_in_any_order(
    repository: AwsResultRepository, cloud: Cloud, order: tuple[int, int]
) -> None:
    cloud.announce(PAGE_ID)
    events = []
    for body in (b"first", b"second"):
        event = raw_event("s3_dropped")
        event["Records"][0]["s3"]["object"] |= {
            "key": upload_key(PAGE_ID),
            "eTag": cloud.drop(upload_key(PAGE_ID), body),
        }
        events.append(event)

    for index in order:
        assert run(events[index], repository) == NOTHING_FAILED

    assert repository.read(PAGE_ID).status is Status.DONE  # type: ignore[union-attr]


def test_a_photo_dropped_again_explains_another_face(repository: AwsResultRepository, cloud: Cloud) -> None:
    explainer = FakeExplainer()
    cloud.drop(DROPPED, PHOTO)
    run(raw_event("sqs_s3_dropped"), repository, explainer)
    cloud.s3.put_object(Bucket="brain-results", Key=f"results/{DROPPED_ID}/gc_map_99.png", Body=b"old map")

    assert cloud.drop(DROPPED, PHOTO, {"face": "1"}) == ETAG
    assert run(raw_event("sqs_s3_dropped"), repository, explainer) == NOTHING_FAILED

    assert explainer.faces == [0, 1]
    assert repository.read(DROPPED_ID).status is Status.DONE  # type: ignore[union-attr]
    assert f"results/{DROPPED_ID}/gc_map_99.png" not in cloud.files(), "files of the other face are gone"


def test_another_face_can_be_explained_after_a_failure(repository: AwsResultRepository, cloud: Cloud) -> None:
    cloud.drop(DROPPED, PHOTO, {"face": "7"})
    run(raw_event("sqs_s3_dropped"), repository, FakeExplainer(FaceNotFound("no-such-face", "h")))

    cloud.drop(DROPPED, PHOTO)
    run(raw_event("sqs_s3_dropped"), repository)

    assert repository.read(DROPPED_ID).status is Status.DONE  # type: ignore[union-attr]


def test_the_same_face_is_not_explained_again(repository: AwsResultRepository, cloud: Cloud) -> None:
    explainer = FakeExplainer()
    for _ in range(2):
        cloud.drop(DROPPED, PHOTO, {"face": "1"})
        run(raw_event("sqs_s3_dropped"), repository, explainer)

    assert explainer.faces == [1]


def test_an_event_after_the_deletion_does_not_restore_the_result(
    repository: AwsResultRepository, cloud: Cloud
) -> None:
    cloud.drop(DROPPED, PHOTO)
    run(raw_event("sqs_s3_dropped"), repository)
    repository.delete(DROPPED_ID)

    assert run(raw_event("sqs_s3_dropped"), repository) == NOTHING_FAILED

    assert (cloud.photos(), cloud.files(), cloud.rows()) == ([], [], [])


def test_an_archived_photo_fails_at_once(repository: AwsResultRepository, cloud: Cloud) -> None:
    cloud.s3.put_object(Bucket="brain-uploads", Key=DROPPED, Body=PHOTO, StorageClass="GLACIER")

    assert run(raw_event("sqs_s3_dropped"), repository) == NOTHING_FAILED

    result = repository.read(DROPPED_ID)
    assert result is not None
    assert result.error is not None
    assert (result.status, result.error.code, result.error.reason) == (Status.FAILED, 1, "archived")

    cloud.drop(DROPPED, PHOTO)
    assert run(another_message(raw_event("sqs_s3_dropped")), repository) == NOTHING_FAILED
    assert repository.read(DROPPED_ID).status is Status.DONE  # type: ignore[union-attr]
