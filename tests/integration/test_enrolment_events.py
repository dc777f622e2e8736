"""Enrolment photos from the bucket's events to named results, with a real network and in-memory services."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import quote_plus

import pytest

from brain.cloud.enrolment import EnrolmentService
from brain.cloud.people_bucket import PeopleBucket
from brain.cloud.repository import AwsResultRepository
from brain.cloud.service import Service
from brain.cloud.uploads import id_of_object
from brain.core.results import Result, Status
from brain.core.schema import Check
from brain.core.settings import Settings
from brain.pipeline.explainer import Explainer
from brain.pipeline.people_embedder import PeopleEmbedder, StoredPeople
from functions.explain.handler import handle
from tests import tiny
from tests.integration.conftest import Cloud
from tests.lambda_calls import lambda_context, raw_event

NAME, KEY = "Zoë + Söhne", "people/Zoë + Söhne/1 (2).jpg"


@pytest.fixture
def settings(cloud: Cloud, tmp_path: Path) -> Settings:
    tiny.write_resnet(tmp_path / "dlib-resnet", tiny.random_resnet(), tiny.gallery())
    return replace(cloud.settings, models_dir=tmp_path, max_bytes=1 << 20, check=Check.OFF)


@pytest.fixture
def service(settings: Settings) -> EnrolmentService:
    repository = AwsResultRepository.connect(settings, {})
    people = PeopleBucket.connect(settings, {})
    explainer = Explainer.load(settings, StoredPeople(people.current).people)
    photos = Service(repository, lambda: explainer, max_receives=5)
    return EnrolmentService(photos, people, lambda: PeopleEmbedder.load(settings), repository.forget)


def event(name: str, key: str, etag: str, sequencer: int) -> dict[str, Any]:
    """S3's event of an object that was created or removed."""
    found = raw_event("s3_dropped" if name == "ObjectCreated:Put" else "s3_removed")
    stored = found["Records"][0]["s3"]["object"]
    stored |= {"key": quote_plus(key), "sequencer": f"{sequencer:018X}"}
    if etag:
        stored["eTag"] = etag
    return found


def drop(cloud: Cloud, service: EnrolmentService, key: str, photo: bytes, sequencer: int) -> Result:
    """Drop a photo, process its event and return the result."""
    etag = cloud.drop(key, photo)
    handle(event("ObjectCreated:Put", key, etag, sequencer), lambda_context(), service)
    result = AwsResultRepository.connect(cloud.settings, {}).read(id_of_object("brain-uploads", key, etag))
    assert result is not None
    return result


def test_a_dropped_person_is_named_until_the_photo_is_deleted(
    cloud: Cloud, service: EnrolmentService, astronaut_jpeg: bytes
) -> None:
    enrolled = drop(cloud, service, KEY, astronaut_jpeg, 1)
    assert enrolled.status is Status.DONE
    assert enrolled.enrolment is not None
    assert (enrolled.enrolment.person, enrolled.enrolment.outcome) == (NAME, "enrolled")

    named = drop(cloud, service, "inbox/1.jpg", astronaut_jpeg, 2)
    assert named.identity is not None
    assert (named.identity.name, named.identity.source) == (NAME, "own")
    assert named.model is not None
    assert named.model.people is not None
    assert named.model.people.own is not None

    cloud.s3.delete_object(Bucket="brain-uploads", Key=KEY)
    handle(event("ObjectRemoved:Delete", KEY, "", 3), lambda_context(), service)
    assert AwsResultRepository.connect(cloud.settings, {}).read(enrolled.id) is None

    again = drop(cloud, service, "inbox/2.jpg", astronaut_jpeg, 4)
    assert again.identity is not None
    assert again.identity.source == "embedded"
    assert again.model is not None
    assert again.model.people is not None
    assert again.model.people.own is None


def test_a_photo_without_a_face_enrols_nobody(cloud: Cloud, service: EnrolmentService) -> None:
    result = drop(cloud, service, KEY, b"no photo", 1)
    assert result.status is Status.FAILED
    assert result.error is not None
    assert result.error.reason == "not-an-image"
    assert list(service.people.current().records()) == []


def test_deleting_the_outcome_deletes_the_photo(
    cloud: Cloud, service: EnrolmentService, astronaut_jpeg: bytes
) -> None:
    enrolled = drop(cloud, service, KEY, astronaut_jpeg, 1)
    assert AwsResultRepository.connect(cloud.settings, {}).delete(enrolled.id)
    assert cloud.photos() == []


def test_descriptors_of_another_network_name_nobody(
    cloud: Cloud, service: EnrolmentService, astronaut_jpeg: bytes
) -> None:
    drop(cloud, service, KEY, astronaut_jpeg, 1)
    service.people.change(lambda log: replace(log, weights_sha256="cd" * 32))
    named = drop(cloud, service, "inbox/1.jpg", astronaut_jpeg, 2)
    assert named.identity is not None
    assert named.identity.source == "embedded"
