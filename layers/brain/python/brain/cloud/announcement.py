"""Announces a photo that will be uploaded through a form."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from brain.cloud.photos import PhotoDeclaration, UploadsBucket
from brain.cloud.status_table import StatusTable
from brain.core.clock import now
from brain.core.results import Source
from brain.core.settings import Settings


@dataclass(frozen=True)
class Upload:
    """A presigned upload: POST `fields` and then the file to `url` before `expires_at`."""

    id: str
    url: str
    fields: dict[str, str]
    expires_at: datetime


class Announcement:
    """Creates forms and `waiting` rows. Thread-safe, as boto3 clients are."""

    def __init__(self, settings: Settings, photos: UploadsBucket, table: StatusTable) -> None:
        self._settings = settings
        self._photos = photos
        self._table = table

    def create(self, upload_id: str, key: str, photo: PhotoDeclaration) -> Upload:
        """Create a `waiting` row and a presigned POST for one photo.

        Args:
            upload_id: id of the row.
            key: key of the photo in the uploads bucket.
            photo: what is declared about it.
        """
        # Whole seconds, rounded down: the form's own expiry has no fraction, and must not be earlier.
        expires_at = now().replace(microsecond=0) + timedelta(seconds=self._settings.upload_seconds)
        form = self._photos.presigned_post(key, photo)
        self._table.create(upload_id, Source(bucket=self._settings.uploads_bucket, key=key))
        return Upload(upload_id, form["url"], form["fields"], expires_at)
