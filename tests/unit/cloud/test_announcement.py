"""Announcements of photos whose requests are repeated."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from brain.cloud.photos import PhotoDeclaration
from brain.cloud.repository import AwsResultRepository
from brain.cloud.uploads import upload_key
from brain.core.results import Source, Status
from brain.core.settings import Settings
from tests.unit.cloud.memory import Item, MemoryS3, MemoryTable

SETTINGS = Settings()


@dataclass
class RepeatingTable(MemoryTable):
    """Every row is put twice, as boto3 does when the first response is lost; `between` is called then."""

    between: Any = lambda item: None

    def put_item(self, Item: Item, **params: Any) -> Item:  # noqa: N803
        super().put_item(Item, **params)
        self.between(Item["id"]["S"])
        return super().put_item(Item, **params)


def test_a_repeated_announcement_succeeds() -> None:
    repository = AwsResultRepository(SETTINGS, MemoryS3(), RepeatingTable())

    upload = repository.create_upload(PhotoDeclaration("image/png", 1000))

    row = repository.row(upload.id)
    assert row is not None
    assert (row.status, row.source.key) == (Status.WAITING, upload_key(upload.id))


def test_a_late_repetition_does_not_change_a_claimed_row() -> None:
    table = RepeatingTable()
    repository = AwsResultRepository(SETTINGS, MemoryS3(), table)

    def claim(upload_id: str) -> None:
        source = Source(bucket=SETTINGS.uploads_bucket, key=upload_key(upload_id), etag="e")
        assert repository.claim(upload_id, source, 60) is not None

    table.between = claim
    upload = repository.create_upload(PhotoDeclaration("image/png", 1000))

    row = repository.row(upload.id)
    assert row is not None
    assert row.status is Status.PROCESSING
