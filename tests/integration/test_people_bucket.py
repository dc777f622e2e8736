"""The log of enrolments in S3, and the API's view of it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from brain.cloud import people_bucket
from brain.cloud.enrolment_log import EnrolmentLog, Entry
from brain.cloud.people_bucket import PeopleBucket, TooManyWriters, people_log_key
from brain.cloud.people_directory import PeopleDirectory
from brain.cloud.photos import PhotoDeclaration
from brain.core.clock import now
from brain.core.results import Status
from tests.integration.conftest import Cloud


@pytest.fixture
def people(cloud: Cloud) -> PeopleBucket:
    return PeopleBucket.connect(cloud.settings, {})


def enrol(key: str, number: int = 1) -> Callable[[EnrolmentLog], EnrolmentLog]:
    entry = Entry(f"{number:08X}", now().isoformat(), "etag", key, "face")
    return lambda log: log.merged(key, entry)


def test_nobody_is_enrolled_at_first(people: PeopleBucket) -> None:
    assert people.current() == EnrolmentLog()


def test_a_reader_notices_a_change_by_its_etag(cloud: Cloud, people: PeopleBucket) -> None:
    reader = PeopleBucket.connect(cloud.settings, {})
    people.change(enrol("people/Ada/1.jpg"))
    first = reader.current()
    assert [record.person for record in first.records()] == ["Ada"]
    assert reader.current() is first
    people.change(enrol("people/Bob/1.jpg"))
    assert [record.person for record in reader.current().records()] == ["Ada", "Bob"]


def test_an_edit_that_changes_nothing_writes_nothing(cloud: Cloud, people: PeopleBucket) -> None:
    edit = enrol("people/Ada/1.jpg")
    people.change(edit)
    before = cloud.s3.head_object(Bucket="brain-results", Key=people_log_key("dlib-resnet"))
    people.change(edit)
    after = cloud.s3.head_object(Bucket="brain-results", Key=people_log_key("dlib-resnet"))
    assert before["ETag"] == after["ETag"]


def test_a_change_is_repeated_after_that_of_another_worker(cloud: Cloud, people: PeopleBucket) -> None:
    other = PeopleBucket.connect(cloud.settings, {})
    interrupted: list[int] = []

    def edit(log: EnrolmentLog) -> EnrolmentLog:
        if not interrupted:
            interrupted.append(1)
            other.change(enrol("people/Bob/1.jpg"))
        return enrol("people/Ada/1.jpg")(log)

    people.change(edit)
    assert {record.person for record in people.current().records()} == {"Ada", "Bob"}


def test_a_worker_that_is_always_too_late_gives_up(cloud: Cloud) -> None:
    other, waited = PeopleBucket.connect(cloud.settings, {}), list[float]()
    people = PeopleBucket(cloud.settings, cloud.s3, waited.append)

    def edit(log: EnrolmentLog) -> EnrolmentLog:
        other.change(enrol("people/Bob/1.jpg", len(waited) + 1))
        return enrol("people/Ada/1.jpg")(log)

    with pytest.raises(TooManyWriters):
        people.change(edit)
    assert len(waited) == people_bucket.ATTEMPTS
    assert max(waited) <= people_bucket.LONGEST_WAIT


def test_the_api_announces_a_photo_of_a_person(cloud: Cloud) -> None:
    directory = PeopleDirectory.connect(cloud.settings, {})
    upload = directory.announce("Zoë + Söhne", PhotoDeclaration("image/jpeg", 100))
    assert upload.fields["key"] == f"people/Zoë + Söhne/uploads/{upload.id}"
    (row,) = cloud.rows()
    assert row["id"]["S"] == upload.id
    assert row["status"]["S"] == Status.WAITING


def test_the_api_asks_to_forget_a_person(cloud: Cloud, people: PeopleBucket) -> None:
    directory = PeopleDirectory.connect(cloud.settings, {})
    assert not directory.forget("Ada")
    people.change(enrol("people/Ada/1.jpg"))
    assert directory.names() == ("Ada",)
    cloud.drop("people/Ada/1.jpg", b"a photo")
    cloud.drop("people/Adam/1.jpg", b"a photo")
    assert directory.forget("Ada")
    assert cloud.photos() == ["people/Ada/.forget", "people/Adam/1.jpg"]


def test_a_photo_that_is_not_enrolled_yet_can_be_forgotten(cloud: Cloud) -> None:
    directory = PeopleDirectory.connect(cloud.settings, {})
    cloud.drop("people/Ada/1.jpg", b"a photo")
    assert directory.forget("Ada")


def test_other_errors_of_s3_are_raised(cloud: Cloud, people: PeopleBucket) -> None:
    cloud.s3.delete_bucket(Bucket=cloud.settings.results_bucket)
    with pytest.raises(Exception, match="NoSuchBucket"):
        people.current()
