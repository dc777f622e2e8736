"""The store against S3 and DynamoDB in memory: what is written, and who wins a race."""

from __future__ import annotations

import base64
import json
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import boto3
import pytest

from brain.cloud.rows import Busy, Claim
from brain.cloud.store import PhotoGone, PhotoReplaced, Store
from brain.cloud.uploads import id_of_object, upload_key
from brain.core.clock import now
from brain.core.errors import PhotoUnreadable
from brain.core.results import Problem, Result, Source, Status
from tests.fakes import PAGE_ID, PHOTO, done_result
from tests.integration.conftest import Cloud

FILES = {"cropped.jpg": b"crop", "gc_map_12.png": b"map"}
STORED = [f"results/{PAGE_ID}/{name}" for name in ("cropped.jpg", "gc_map_12.png", "result.json")]
LONG = 3600.0


def place(key: str = upload_key(PAGE_ID), etag: str = "e") -> Source:
    return Source(bucket="brain-uploads", key=key, etag=etag)


def begun(store: Store, upload_id: str = PAGE_ID, source: Source | None = None, after: float = LONG) -> Claim:
    claim = store.begin(upload_id, source or place(), after)
    assert claim is not None
    return claim


def failed(claim: Claim, reason: str = "no-face") -> Result:
    problem = Problem(code=3, message="m", reason=reason, hint="h")
    return Result(id=claim.id, status=Status.FAILED, created_at=claim.created_at, error=problem)


def finished(store: Store, claim: Claim) -> bool:
    return store.finish(claim, done_result(claim.id, claim.created_at, place()), FILES)


def policy_of(fields: dict[str, str]) -> list[Any]:
    conditions: list[Any] = json.loads(base64.b64decode(fields["policy"]))["conditions"]
    return conditions


# --- uploads


def test_an_upload_is_a_waiting_row(store: Store, cloud: Cloud) -> None:
    upload = store.create_upload("image/png", 2)

    [row] = cloud.rows()
    assert row["id"]["S"] == upload.id
    assert row["status"]["S"] == "waiting"
    assert row["key"]["S"] == f"uploads/{upload.id}"
    assert row["attempts"]["N"] == "0"
    assert int(row["expires_at"]["N"]) - time.time() == pytest.approx(30 * 86400, abs=60)
    assert store.read(upload.id) == Result(
        id=upload.id, status=Status.WAITING, created_at=row["created_at"]["S"]
    )


def test_the_form_allows_exactly_one_photo(store: Store) -> None:
    upload = store.create_upload("image/png", 2)

    conditions = policy_of(upload.fields)
    for exact in (
        {"bucket": "brain-uploads"},
        {"key": f"uploads/{upload.id}"},
        {"Content-Type": "image/png"},
        {"x-amz-meta-face": "2"},
        ["content-length-range", 1, 1000],
    ):
        assert exact in conditions
    assert not [one for one in conditions if isinstance(one, list) and one[0] == "starts-with"]
    assert upload.fields["Content-Type"] == "image/png"
    assert upload.fields["x-amz-meta-face"] == "2"
    assert upload.fields["x-amz-algorithm"] == "AWS4-HMAC-SHA256"


def test_the_form_expires_when_it_says(store: Store) -> None:
    upload = store.create_upload("image/png")

    policy = json.loads(base64.b64decode(upload.fields["policy"]))
    longer = datetime.fromisoformat(policy["expiration"]) - upload.expires_at
    assert timedelta(0) <= longer < timedelta(seconds=10)
    assert (upload.expires_at - now()).total_seconds() == pytest.approx(600, abs=10)


def test_the_form_names_the_buckets_regional_host(store: Store) -> None:
    assert store.create_upload("image/png").url == "https://brain-uploads.s3.eu-central-1.amazonaws.com/"


@pytest.mark.parametrize("variable", ["AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3"])
def test_a_local_endpoint_gets_paths(cloud: Cloud, monkeypatch: pytest.MonkeyPatch, variable: str) -> None:
    monkeypatch.setenv(variable, "http://127.0.0.1:9")

    store = Store.connect(cloud.settings)
    linked = store.link(done_result(PAGE_ID, now(), place()))

    assert linked.artifacts["cropped"].startswith("http://127.0.0.1:9/brain-results/results/")


# --- photos


def test_a_photo_and_the_face_that_it_asks_for(store: Store, cloud: Cloud) -> None:
    key = "inbox/My Photo +é.jpg"
    etag = cloud.drop(key, PHOTO, {"face": "2"})

    photo = store.photo(place(key, etag))

    assert (photo.data, photo.face) == (PHOTO, 2)


@pytest.mark.parametrize("face", ["", "-1", "one", "1.5", "²", " 1"])
def test_a_face_that_is_no_number_is_ignored(store: Store, cloud: Cloud, face: str) -> None:
    metadata = {"face": face} if face.isascii() else {"face": base64.b64encode(face.encode()).decode()}
    etag = cloud.drop("photo.jpg", PHOTO, metadata)

    assert store.photo(place("photo.jpg", etag)).face == 0


@pytest.mark.parametrize(("size", "reason"), [(0, "empty"), (1001, "too-large")])
def test_a_photo_of_no_or_too_great_size(store: Store, cloud: Cloud, size: int, reason: str) -> None:
    etag = cloud.drop("photo.jpg", b"x" * size)

    with pytest.raises(PhotoUnreadable) as caught:
        store.photo(place("photo.jpg", etag))
    assert caught.value.reason == reason
    assert caught.value.hint


def test_a_photo_of_just_the_greatest_size(store: Store, cloud: Cloud) -> None:
    assert len(store.photo(place("photo.jpg", cloud.drop("photo.jpg", b"x" * 1000))).data) == 1000


def test_a_photo_that_is_gone(store: Store) -> None:
    with pytest.raises(PhotoGone):
        store.photo(place("gone.jpg"))


def test_a_photo_that_was_replaced(store: Store, cloud: Cloud) -> None:
    etag = cloud.drop("photo.jpg", PHOTO)
    cloud.drop("photo.jpg", b"another")

    with pytest.raises(PhotoReplaced):
        store.photo(place("photo.jpg", etag))


# --- the life of a row


def test_a_dropped_photos_first_delivery_makes_its_row(store: Store, cloud: Cloud) -> None:
    claim = begun(store)

    [row] = cloud.rows()
    assert claim.created
    assert claim.attempt == 1
    assert (row["status"]["S"], row["attempts"]["N"], row["etag"]["S"]) == ("processing", "1", "e")
    assert row["created_at"]["S"] == claim.created_at.isoformat(timespec="milliseconds")
    assert "expires_at" in row


def test_a_page_uploads_row_keeps_its_age(store: Store) -> None:
    upload = store.create_upload("image/png")
    created_at = store.read(upload.id).created_at  # type: ignore[union-attr]
    time.sleep(0.005)

    claim = begun(store, upload.id, place(upload_key(upload.id)))

    assert not claim.created
    assert claim.created_at == created_at
    assert store.read(upload.id) == Result(id=upload.id, status=Status.PROCESSING, created_at=created_at)


def test_a_photo_in_other_hands_is_busy(store: Store) -> None:
    begun(store)

    with pytest.raises(Busy):
        store.begin(PAGE_ID, place(), LONG)


def test_a_dead_workers_photo_can_be_taken_over(store: Store, cloud: Cloud) -> None:
    old = begun(store)
    time.sleep(0.005)

    new = begun(store, after=0)

    assert (old.stalled, new.stalled) == (False, True)
    assert new.attempt == 2
    assert not finished(store, old)
    assert cloud.files() == STORED, "the new owner's files must not be taken away"
    assert finished(store, new)
    assert store.read(PAGE_ID).status is Status.DONE  # type: ignore[union-attr]


def test_a_released_photo_can_be_taken_at_once(store: Store) -> None:
    store.release(begun(store))

    assert store.read(PAGE_ID).status is Status.WAITING  # type: ignore[union-attr]
    again = begun(store)
    assert again.attempt == 2
    assert not again.stalled


def test_a_lost_claim_releases_nothing(store: Store) -> None:
    old = begun(store)
    time.sleep(0.005)
    begun(store, after=0)

    store.release(old)

    assert store.read(PAGE_ID).status is Status.PROCESSING  # type: ignore[union-attr]


def test_done_is_written_last_and_for_good(store: Store, cloud: Cloud) -> None:
    claim = begun(store)

    assert finished(store, claim)

    assert cloud.files() == STORED
    assert store.begin(PAGE_ID, place(), 0) is None
    assert store.read(PAGE_ID) == Result.model_validate_json(
        cloud.s3.get_object(Bucket="brain-results", Key=STORED[-1])["Body"].read()
    )


def test_files_say_what_they_are(store: Store, cloud: Cloud) -> None:
    finished(store, begun(store))

    types = [cloud.s3.head_object(Bucket="brain-results", Key=key)["ContentType"] for key in STORED]
    assert types == ["image/jpeg", "image/png", "application/json"]


def test_failed_is_for_good(store: Store) -> None:
    claim = begun(store)

    assert store.finish(claim, failed(claim), {})

    assert store.begin(PAGE_ID, place(), 0) is None
    assert store.read(PAGE_ID) == failed(claim)


def test_failed_through_our_fault_can_be_tried_again(store: Store, cloud: Cloud) -> None:
    claim = begun(store)
    store.finish(claim, failed(claim, "internal-error"), {}, retryable=True)

    again = begun(store)

    assert again.attempt == 2
    assert "error" not in cloud.rows()[0]
    assert finished(store, again)
    assert store.read(PAGE_ID).status is Status.DONE  # type: ignore[union-attr]
    assert store.begin(PAGE_ID, place(), 0) is None


def test_a_failed_result_can_be_told_from_its_row_alone(store: Store, cloud: Cloud) -> None:
    claim = begun(store)
    store.finish(claim, failed(claim), {})
    cloud.s3.delete_object(Bucket="brain-results", Key=STORED[-1])

    assert store.read(PAGE_ID) == failed(claim)


def test_a_done_result_without_its_file_is_unknown(store: Store, cloud: Cloud) -> None:
    finished(store, begun(store))
    cloud.s3.delete_object(Bucket="brain-results", Key=STORED[-1])

    assert store.read(PAGE_ID) is None


def test_urls_are_short_lived_and_named(store: Store) -> None:
    linked = store.link(done_result(PAGE_ID, now(), place()))

    url = urlsplit(linked.artifacts["cropped"])
    query = parse_qs(url.query)
    assert url.path == f"/results/{PAGE_ID}/cropped.jpg"
    assert query["X-Amz-Expires"] == ["900"]
    assert query["response-content-disposition"] == ['inline; filename="cropped.jpg"']


# --- DELETE, and what it may cross


def test_delete_leaves_nothing(store: Store, cloud: Cloud) -> None:
    upload = store.create_upload("image/png")
    etag = cloud.drop(upload_key(upload.id), PHOTO)
    finished(store, begun(store, upload.id, place(upload_key(upload.id), etag)))

    assert store.delete(upload.id)

    assert (cloud.photos(), cloud.files(), cloud.rows()) == ([], [], [])
    assert not store.delete(upload.id)


def test_delete_touches_nobody_else(store: Store, cloud: Cloud) -> None:
    finished(store, begun(store))
    neighbour = PAGE_ID[:-1] + "0"
    begun(store, neighbour)

    store.delete(neighbour)

    assert cloud.files() == STORED
    assert [row["id"]["S"] for row in cloud.rows()] == [PAGE_ID]


def test_delete_before_the_photo_arrived(store: Store, cloud: Cloud) -> None:
    upload = store.create_upload("image/png")

    assert store.delete(upload.id)
    assert cloud.rows() == []


def test_delete_wins_over_a_worker_that_is_still_busy(store: Store, cloud: Cloud) -> None:
    etag = cloud.drop(upload_key(PAGE_ID), PHOTO)
    claim = begun(store, source=place(etag=etag))

    assert store.delete(PAGE_ID)

    assert not finished(store, claim)
    assert (cloud.photos(), cloud.files(), cloud.rows()) == ([], [], [])


def test_delete_wins_over_a_worker_that_finishes_in_the_middle_of_it(store: Store, cloud: Cloud) -> None:
    claim = begun(store)
    crossing: list[bool] = []
    dynamodb = boto3.client("dynamodb")
    dynamodb.meta.events.register(
        "before-call.dynamodb.DeleteItem", lambda **_: crossing.append(finished(store, claim))
    )

    assert Store(cloud.settings, cloud.s3, dynamodb).delete(PAGE_ID)

    assert crossing == [True]
    assert (cloud.files(), cloud.rows()) == ([], [])


def test_a_discarded_claim_leaves_nothing(store: Store, cloud: Cloud) -> None:
    claim = begun(store)
    cloud.s3.put_object(Bucket="brain-results", Key=STORED[0], Body=b"left over")

    store.discard(claim)

    assert (cloud.files(), cloud.rows()) == ([], [])


def test_a_page_photo_goes_even_if_it_was_replaced(store: Store, cloud: Cloud) -> None:
    etag = cloud.drop(upload_key(PAGE_ID), PHOTO)
    begun(store, source=place(etag=etag))
    cloud.drop(upload_key(PAGE_ID), b"another photo of the same person")

    store.delete(PAGE_ID)

    assert cloud.photos() == []


def test_a_newer_photo_dropped_under_the_same_key_stays(store: Store, cloud: Cloud) -> None:
    old = place("inbox/photo.jpg", cloud.drop("inbox/photo.jpg", PHOTO))
    upload_id = id_of_object("brain-uploads", "inbox/photo.jpg", old.etag or "")
    begun(store, upload_id, old)
    cloud.drop("inbox/photo.jpg", b"another")

    assert store.delete(upload_id)

    assert cloud.photos() == ["inbox/photo.jpg"]


def test_a_dropped_photo_goes_with_its_result(store: Store, cloud: Cloud) -> None:
    source = place("inbox/My Photo +é.jpg", cloud.drop("inbox/My Photo +é.jpg", PHOTO))
    upload_id = id_of_object("brain-uploads", "inbox/My Photo +é.jpg", source.etag or "")
    finished(store, begun(store, upload_id, source))

    assert store.delete(upload_id)

    assert (cloud.photos(), cloud.files()) == ([], [])


def test_a_dropped_photo_that_is_gone_already(store: Store) -> None:
    upload_id = id_of_object("brain-uploads", "inbox/photo.jpg", "e")
    begun(store, upload_id, place("inbox/photo.jpg"))

    assert store.delete(upload_id)


def test_a_client_is_made_once_and_not_before_it_is_needed(
    cloud: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[str] = []
    real = boto3.client

    def counted(service: str, **options: Any) -> Any:
        made.append(service)
        return real(service, **options)

    monkeypatch.setattr(boto3, "client", counted)
    store = Store.connect(cloud.settings, {})
    assert made == []
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(store.read, [PAGE_ID] * 4)) == [None] * 4
    assert made == ["dynamodb"]
    store.create_upload("image/jpeg")
    assert made == ["dynamodb", "s3"]
