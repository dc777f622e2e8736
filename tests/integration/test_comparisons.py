"""Photos that are compared with others, and the deletion of either, on in-memory S3 and DynamoDB."""

from __future__ import annotations

import pytest

from brain.cloud.other_photos import MOST_COMPARISONS, OtherUnavailable
from brain.cloud.photos import PhotoDeclaration
from brain.cloud.repository import AwsResultRepository
from brain.cloud.uploads import comparison_key, id_of_object, upload_key
from brain.core.errors import FaceNotFound
from brain.core.results import Status
from tests.fakes import PAGE_ID, PHOTO, FakeExplainer
from tests.integration.claims import claimed, finished, place
from tests.integration.comparing import (
    BUCKET,
    SECOND,
    drop_second,
    first_photo,
    process,
    two_photos,
)
from tests.integration.conftest import Cloud
from tests.results import done_result, named_result


def test_a_photo_is_compared_with_a_result(repository: AwsResultRepository, cloud: Cloud) -> None:
    other_id, upload_id, key, etag = two_photos(repository, cloud)

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
    other_id, upload_id, key, etag = two_photos(repository, cloud)
    process(repository, key, etag)
    process(repository, "inbox/first.jpg", cloud.drop("inbox/first.jpg", PHOTO, {"face": "1"}))

    assert repository.delete(other_id)

    assert repository.read(upload_id) is None
    assert (cloud.photos(), cloud.files(), cloud.rows()) == ([], [], [])


def test_the_error_names_its_reason() -> None:
    error = OtherUnavailable.because("other-expired")
    assert (error.code, error.reason, error.photo_at_fault) == (1, "other-expired", True)
