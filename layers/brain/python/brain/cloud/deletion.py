"""Deletes a result, together with every result that was compared with it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from brain.cloud.comparison_index import ComparisonIndex
from brain.cloud.photos import UploadsBucket
from brain.cloud.result_files import ResultsBucket
from brain.cloud.status_rows import StatusRow
from brain.cloud.status_table import StatusTable

PARALLEL_DELETIONS = 8


class Deletion:
    """Deletes photos, results and rows. Every step can be repeated, and so can an interrupted deletion."""

    def __init__(
        self, photos: UploadsBucket, files: ResultsBucket, index: ComparisonIndex, table: StatusTable
    ) -> None:
        self._photos = photos
        self._files = files
        self._index = index
        self._table = table

    def delete(self, upload_id: str) -> bool:
        """Delete a result and everything that was derived from it, directly or through other comparisons.

        The comparisons of a result are listed once its row is gone, because a worker notes a comparison
        before it checks that the row exists. They are forgotten last, so that a repeated deletion finds them.

        Returns:
            False if the id is unknown.

        Raises:
            Exception: why a photo or a result could not be deleted; the others are deleted nevertheless.
        """
        row = self._table.get(upload_id)
        deleted: list[str] = []
        failures: list[Exception] = []
        pending = {upload_id}
        with ThreadPoolExecutor(PARALLEL_DELETIONS) as pool:
            while pending:
                deleted += pending
                found = list(pool.map(self._delete_one, pending))
                failures += [failure for _, failure in found if failure]
                pending = {each for compared, _ in found for each in compared} - {*deleted}
            if failures:
                raise failures[0]
            list(pool.map(self._index.remove_all, deleted))
        if row is not None:
            self.forget_comparison(row)
        return row is not None or len(deleted) > 1

    def forget(self, upload_id: str) -> bool:
        """Delete the files and the row of a result, but not its photo. Returns whether there was a row."""
        existed = self._table.get(upload_id) is not None
        self._files.delete(upload_id)
        self._table.delete(upload_id)
        self._files.delete(upload_id)
        return existed

    def forget_comparison(self, row: StatusRow) -> None:
        """Forget that a result was compared with another one, if it was."""
        if row.compare_with is not None:
            self._index.remove(row.compare_with, row.id)

    def _delete_one(self, upload_id: str) -> tuple[list[str], Exception | None]:
        """Delete one result.

        Returns:
            The results that were compared with it, and why it could not be deleted.
        """
        failure = None
        try:
            self._delete_all_of(upload_id)
        except Exception as error:
            failure = error
        return self._index.compared_with(upload_id), failure

    def _delete_all_of(self, upload_id: str) -> None:
        """Delete the files, the photo and the row of one result.

        The files come first, so that the result is gone even if S3 refuses to delete the photo. The row comes
        last, so that an interrupted deletion can be repeated. The files are deleted once more afterwards,
        because a worker may have finished in between.
        """
        row = self._table.get(upload_id)
        self._files.delete(upload_id)
        if row is not None:
            self._photos.delete(upload_id, row.source)
            self._table.delete(upload_id)
            self._files.delete(upload_id)
