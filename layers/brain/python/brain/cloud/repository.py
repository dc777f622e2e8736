"""Photos, results and their status in S3 and DynamoDB. Imports neither torch nor cv2.

The order of writes matters. Each stage of a result is written as pictures, then `result.json`, then the row,
so that a reader who sees the row's status finds every file. `result.json` is replaced conditionally, so that
a worker that lost its claim cannot overwrite the result of another one.

A deletion removes files, photo, row, and then the files again: a worker that is still writing finds its row
gone and deletes what it wrote. It extends to every result that was compared with the deleted one.
"""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import Future
from dataclasses import replace
from typing import Any

from brain.cloud.announcement import Announcement, Upload
from brain.cloud.clients import dynamodb_client, s3_client
from brain.cloud.comparison_index import ComparisonIndex
from brain.cloud.deletion import Deletion
from brain.cloud.other_photos import OtherPhotos, OtherUnavailable
from brain.cloud.photos import PhotoDeclaration, StoredPhoto, UploadsBucket
from brain.cloud.result_files import ResultChanged, ResultsBucket
from brain.cloud.status_rows import Claim, Outcome, StatusRow
from brain.cloud.status_table import AlreadyClaimed, NotClaimable, StatusTable
from brain.cloud.uploads import is_id, new_id, upload_key
from brain.core.results import OtherPhoto, Result, Source, Status
from brain.core.settings import Settings

WRITE_ATTEMPTS = 5


class AwsResultRepository:
    """The uploads bucket, the results bucket and the status table. Thread-safe, as boto3 clients are."""

    def __init__(self, settings: Settings, s3: Any, dynamodb: Any) -> None:
        self._photos = UploadsBucket(settings, s3)
        self._files = ResultsBucket(settings, s3)
        self._table = StatusTable(dynamodb, settings.table, settings.result_days)
        self._announcement = Announcement(settings, self._photos, self._table)
        self._index = ComparisonIndex(settings, s3)
        self._others = OtherPhotos(self._files, self._index, self._table)
        self._deletion = Deletion(self._photos, self._files, self._index, self._table)

    @classmethod
    def connect(cls, settings: Settings, environ: Mapping[str, str] | None = None) -> AwsResultRepository:
        """A repository with its own clients, configured by the environment (the process's own by default)."""
        return cls(settings, s3_client(environ), dynamodb_client())

    def create_upload(self, photo: PhotoDeclaration) -> Upload:
        """Create a `waiting` row and a presigned POST for one photo."""
        upload_id = new_id()
        return self._announcement.create(upload_id, upload_key(upload_id), photo)

    def claim(self, upload_id: str, source: Source, stalled_after: float, message: str = "") -> Claim | None:
        """Claim a photo for processing; see `StatusTable.claim`.

        An id of the page takes a single photo: one that is uploaded after the result was finished or deleted
        is deleted. A dropped photo that is finished is claimed again if it was dropped again to explain
        another face, or to be compared with another photo. A dropped photo that was removed or replaced gets
        no row: its event may be a late duplicate, which must not bring a deleted result back.

        Returns:
            None if there is nothing to do, for instance for a duplicate delivery.
        """
        is_page_upload = source.key == upload_key(upload_id)
        try:
            create = not is_page_upload and not self._photos.is_gone(source)
            return self._table.claim(upload_id, source, stalled_after, create, message)
        except NotClaimable as error:
            if error.row is None:
                self._files.delete(upload_id)  # a worker may have died while it deleted what it had written
            if not is_page_upload:
                return self._claim_for_other_choices(error.row, source, message)
            if error.row is None or error.row.source.etag != source.etag:
                self._photos.delete_version(source)
            return None

    def release(self, claim: Claim) -> None:
        """Return a photo for the next delivery."""
        self._table.release(claim)

    def read_photo(self, source: Source) -> StoredPhoto:
        """Read an announced photo; see `UploadsBucket.read`."""
        return self._photos.read(source)

    def read_other(self, claim: Claim) -> OtherPhoto | None:
        """The photo that `claim.compare_with` names. Deleting it also deletes the claimed photo's result.

        Returns:
            None if the photo was deleted.

        Raises:
            AlreadyClaimed: the claim was lost (see `finish`).
            OtherUnavailable: there is nothing to compare the photo with.
        """
        if claim.compare_with is None or not is_id(claim.compare_with):
            raise OtherUnavailable.because("other-unknown")
        if not self._table.mark_compared(claim):
            self._give_up(claim)
            return None
        return self._others.read(claim.compare_with, claim.id)

    def begin_pictures(self, claim: Claim, files: Mapping[str, bytes]) -> Mapping[str, Future[str]]:
        """Start storing pictures of a claimed photo. The caller waits for them before it stores the stage."""
        return self._files.begin_pictures(claim.id, files)

    def store_named(self, claim: Claim, result: Result, files: Mapping[str, bytes]) -> Claim | None:
        """Store the first stage of a result, with status `named`.

        Returns:
            The renewed claim; None if the photo was deleted.

        Raises:
            AlreadyClaimed: the claim was lost (see `finish`).
        """
        etag = self._write(claim, result, files)
        renewed = self._table.mark_named(claim) if etag else None
        if renewed is None:
            self._give_up(claim)
            return None
        return replace(renewed, etag=etag)

    def finish(self, claim: Claim, outcome: Outcome) -> bool:
        """Store a terminal result.

        Returns:
            False if the photo was deleted; what was written is then deleted too.

        Raises:
            AlreadyClaimed: the claim was lost. The files are left alone, since the worker that now holds the
                photo writes the same ones. The event must be delivered again, because there may be no such
                worker: if the response to an earlier request was lost, the claim was lost to that request.
        """
        etag = self._write(claim, outcome.result, outcome.files)
        if etag and self._table.finish(claim, outcome):
            return True
        self._give_up(claim)
        return False

    def discard(self, claim: Claim) -> None:
        """Delete row and files of a claimed photo that no longer exists, unless the claim was lost."""
        # If the response to the deletion was lost, boto3 repeated it and found no row.
        if self._table.delete_claimed(claim) or self._table.get(claim.id) is None:
            self._files.delete(claim.id)

    def row(self, upload_id: str) -> StatusRow | None:
        """The status of a photo; None if the id is unknown."""
        return self._table.get(upload_id)

    def read(self, upload_id: str) -> Result | None:
        """The current result, with file names as artifacts; None if the id is unknown."""
        row = self.row(upload_id)
        return self.result_of(row) if row else None

    def result_of(self, row: StatusRow) -> Result | None:
        """The result in the state of a row, with file names as artifacts; None if it was deleted meanwhile.

        An unfinished result without a name consists of the row alone.
        """
        status_only = Result(id=row.id, status=row.status, created_at=row.created_at, error=row.error)
        if row.status in (Status.WAITING, Status.PROCESSING):
            return status_only
        stored = self._files.read(row.id)
        if stored is not None:
            return stored
        return status_only if row.status is Status.FAILED else None

    def link(self, result: Result) -> Result:
        """The result with a presigned URL in place of each artifact's file name."""
        urls = {role: self._files.presigned_url(result.id, name) for role, name in result.artifacts.items()}
        return result.model_copy(update={"artifacts": urls})

    def delete(self, upload_id: str) -> bool:
        """Delete a result and every result that was compared with it; see `Deletion.delete`."""
        return self._deletion.delete(upload_id)

    def forget(self, upload_id: str) -> bool:
        """Delete a result, but not its photo; see `Deletion.forget`."""
        return self._deletion.forget(upload_id)

    def _claim_for_other_choices(self, row: StatusRow | None, source: Source, message: str) -> Claim | None:
        if row is None or row.face is None:
            return None
        if self._photos.choices(source) in (None, (row.face, row.compare_with)):
            return None
        claim = self._table.reclaim(row, source, message)
        self._files.delete(row.id)
        self._deletion.forget_comparison(row)
        return claim

    def _write(self, claim: Claim, result: Result, files: Mapping[str, bytes]) -> str | None:
        """Write the files of a stage.

        `result.json` may be an unexpected version: one of an earlier attempt, which is replaced, or one of
        another worker, which is kept. The claim tells them apart. It is checked after the version's ETag was
        read, so that another worker's write in between makes the replacement fail again.

        Returns:
            The ETag of `result.json`; None if the claim was lost.
        """
        self._files.write_pictures(claim.id, files)
        etag = claim.etag
        for _ in range(WRITE_ATTEMPTS):
            try:
                return self._files.replace_result(result, etag)
            except ResultChanged:
                etag = self._files.etag(claim.id)
                if not self._table.holds(claim):
                    return None
        raise ResultChanged

    def _give_up(self, claim: Claim) -> None:
        """After a lost claim: delete what was written if the photo was deleted, or raise `AlreadyClaimed`."""
        if self._table.get(claim.id) is not None:
            raise AlreadyClaimed
        self._files.delete(claim.id)
        if claim.compare_with is not None:
            self._index.remove(claim.compare_with, claim.id)
