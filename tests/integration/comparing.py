"""Helpers for tests of comparisons."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

from brain.cloud.events import PhotoEvent
from brain.cloud.repository import AwsResultRepository
from brain.cloud.service import Service
from brain.cloud.uploads import id_of_object
from brain.core.results import PhotoRequest, Result
from tests.fakes import PHOTO, FakeExplained, FakeExplainer
from tests.integration.conftest import Cloud
from tests.results import done_result, named_result

BUCKET = "brain-uploads"
SECOND = b"another photo"


class ComparingExplainer:
    """Stores the other photo's crop with its own result, in the second stage."""

    def stages(self, photo: bytes, request: PhotoRequest, *, on_pictures: object) -> Iterator[FakeExplained]:
        done = done_result(request.upload_id, request.created_at, request.source)
        yield FakeExplained(named_result(done), {"cropped.jpg": b"crop of " + photo})
        other = request.compare_with
        yield FakeExplained(done, {"other_cropped.jpg": other.crop} if other else {})


def process(repository: AwsResultRepository, key: str, etag: str, explainer: Any = None) -> Result | None:
    """Process a photo that a new message announces."""
    chosen = explainer or ComparingExplainer()
    event = PhotoEvent(BUCKET, key, etag, uuid4().hex, 1)
    return Service(repository, lambda: chosen, 5).process(event, 60)


def first_photo(repository: AwsResultRepository, cloud: Cloud, key: str = "inbox/first.jpg") -> str:
    """The id of an explained photo."""
    etag = cloud.drop(key, PHOTO)
    assert process(repository, key, etag, FakeExplainer())
    return id_of_object(BUCKET, key, etag)


def drop_second(cloud: Cloud, other_id: str, key: str = "inbox/second.jpg") -> tuple[str, str, str]:
    """Drop a photo that is to be compared with another one; returns id, key and ETag."""
    etag = cloud.drop(key, SECOND, {"compare-with": other_id})
    return id_of_object(BUCKET, key, etag), key, etag


def two_photos(repository: AwsResultRepository, cloud: Cloud) -> tuple[str, str, str, str]:
    """Drop a photo to be compared with an explained one; returns the latter's id, and id, key and ETag."""
    other_id = first_photo(repository, cloud)
    return other_id, *drop_second(cloud, other_id)


def objects(cloud: Cloud) -> str:
    """The contents of the results bucket."""
    keys = cloud.files()
    bodies = [cloud.s3.get_object(Bucket="brain-results", Key=key)["Body"].read().decode() for key in keys]
    return json.dumps([keys, bodies])
