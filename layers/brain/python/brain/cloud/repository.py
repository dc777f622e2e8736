"""Photos, results and their status in S3 and DynamoDB. Imports neither torch nor cv2.

The order of writes matters. A result is written as files first and row second, so that a reader who sees
`done` finds every file. A deletion removes photo, files, row, and then the files again: a worker that is
still writing finds its row gone and deletes what it wrote.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from brain.cloud.clients import dynamodb_client, s3_client
from brain.cloud.photos import Photo, UploadsBucket
from brain.cloud.result_files import ResultsBucket
from brain.cloud.status_rows import Claim
from brain.cloud.status_table import StatusTable
from brain.cloud.uploads import new_id, upload_key
from brain.core.clock import now
from brain.core.results import Result, Source, Status
from brain.core.settings import Settings


@dataclass(frozen=True)
class Upload:
    """A presigned upload: POST `fields` and then the file to `url` before `expires_at`."""

    id: str
    url: str
    fields: dict[str, str]
    expires_at: datetime


class AwsResultRepository:
    """The uploads bucket, the results bucket and the status table. Thread-safe, as boto3 clients are."""

    def __init__(self, settings: Settings, s3: Any, dynamodb: Any) -> None:
        self._settings = settings
        self._photos = UploadsBucket(settings, s3)
        self._files = ResultsBucket(settings, s3)
        self._table = StatusTable(dynamodb, settings.table, settings.result_days)

    @classmethod
    def connect(cls, settings: Settings, environ: Mapping[str, str] | None = None) -> AwsResultRepository:
        """A repository with its own clients, configured by the environment (the process's own by default)."""
        return cls(settings, s3_client(environ), dynamodb_client())

    def create_upload(self, content_type: str, face: int = 0) -> Upload:
        """Create a `waiting` row and a presigned POST for one photo."""
        upload_id = new_id()
        # Whole seconds, rounded down, because the form's own expiry has no fraction and must not come
        # earlier.
        expires_at = now().replace(microsecond=0) + timedelta(seconds=self._settings.upload_seconds)
        form = self._photos.presigned_post(upload_id, content_type, face)
        source = Source(bucket=self._settings.uploads_bucket, key=upload_key(upload_id))
        self._table.create(upload_id, source)
        return Upload(upload_id, form["url"], form["fields"], expires_at)

    def claim(self, upload_id: str, source: Source, stalled_after: float) -> Claim | None:
        """Claim a photo for processing; see `StatusTable.claim`."""
        return self._table.claim(upload_id, source, stalled_after)

    def release(self, claim: Claim) -> None:
        """Return a photo for the next delivery."""
        self._table.release(claim)

    def read_photo(self, source: Source) -> Photo:
        """Read an announced photo; see `UploadsBucket.read`."""
        return self._photos.read(source)

    def finish(
        self, claim: Claim, result: Result, files: Mapping[str, bytes], retryable: bool = False
    ) -> bool:
        """Store a terminal result: first the files, then the row.

        Args:
            claim: the claim on the photo.
            result: with status `done` or `failed`.
            files: contents by file name, without `result.json`.
            retryable: whether a later delivery may process the photo again.

        Returns:
            False if the claim was lost. The files are then deleted if the row is gone, and left alone if
            another worker has claimed the photo, since it writes the same files.
        """
        self._files.write(result, files)
        if self._table.finish(claim, result.status, result.error, retryable):
            return True
        if self._table.get(claim.id) is None:
            self._files.delete(claim.id)
        return False

    def discard(self, claim: Claim) -> None:
        """Delete row and files of a claimed photo that no longer exists."""
        self._table.delete(claim.id)
        self._files.delete(claim.id)

    def read(self, upload_id: str) -> Result | None:
        """The current result, with file names as artifacts; None if the id is unknown."""
        row = self._table.get(upload_id)
        if row is None:
            return None
        status_only = Result(id=row.id, status=row.status, created_at=row.created_at, error=row.error)
        if row.status in (Status.WAITING, Status.PROCESSING):
            return status_only
        stored = self._files.read(upload_id)
        if stored is not None:
            return stored
        return status_only if row.status is Status.FAILED else None

    def link(self, result: Result) -> Result:
        """The result with a presigned URL in place of each artifact's file name."""
        urls = {role: self._files.presigned_url(result.id, name) for role, name in result.artifacts.items()}
        return result.model_copy(update={"artifacts": urls})

    def delete(self, upload_id: str) -> bool:
        """Delete photo, files and row.

        The row is deleted after the files, so that an interrupted deletion can be repeated; deleting the
        files again afterwards covers a worker that finished in between.

        Returns:
            False if the id is unknown.
        """
        row = self._table.get(upload_id)
        if row is None:
            return False
        self._photos.delete(upload_id, row.source)
        self._files.delete(upload_id)
        self._table.delete(upload_id)
        self._files.delete(upload_id)
        return True
