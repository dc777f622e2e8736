"""The requests that docs/cost.md prices are those that a photo from the page causes."""

from __future__ import annotations

from collections import Counter

from benchmarks import cost
from brain.cloud.events import PhotoEvent
from brain.cloud.photos import PhotoDeclaration
from brain.cloud.repository import AwsResultRepository
from brain.cloud.service import Service
from brain.cloud.uploads import upload_key
from brain.pipeline.library import ARTIFACTS, PAIR_ARTIFACTS
from tests.fakes import PHOTO, FakeStagedExplainer
from tests.integration.conftest import Cloud

FAKE_PICTURES = 3
PICTURES = len(set(ARTIFACTS) - set(PAIR_ARTIFACTS))
LOADED_BY_THE_PAGE = 1  # cropped.jpg, under a presigned URL; it draws the maps itself


def test_every_request_of_a_photo_is_priced(cloud: Cloud) -> None:
    calls: Counter[str] = Counter()
    for client in (cloud.s3, cloud.dynamodb):
        client.meta.events.register("before-call", lambda model, **_: calls.update([model.name]))
    repository = AwsResultRepository(cloud.settings, cloud.s3, cloud.dynamodb)
    upload_id = repository.create_upload(PhotoDeclaration("image/jpeg", len(PHOTO))).id
    key = upload_key(upload_id)
    etag = cloud.drop(key, PHOTO)
    explainer = FakeStagedExplainer(between=lambda: repository.read(upload_id))

    Service(repository, lambda: explainer, max_receives=5).process(
        PhotoEvent(cloud.settings.uploads_bucket, key, etag, "m", 1), 60
    )
    repository.read(upload_id)

    assert calls["PutObject"] - FAKE_PICTURES + PICTURES == cost.PUTS
    assert calls["GetObject"] + calls["HeadObject"] + LOADED_BY_THE_PAGE == cost.GETS
    assert calls["PutItem"] + calls["UpdateItem"] == cost.TABLE_WRITES
