"""Deletes a result, and with it every result that was compared with it."""

from __future__ import annotations

from brain.cloud.comparison_index import ComparisonIndex
from brain.cloud.photos import UploadsBucket
from brain.cloud.result_files import ResultsBucket
from brain.cloud.status_rows import StatusRow
from brain.cloud.status_table import StatusTable


class Deletion:
    """Deletes photos, results and rows. Every step can be repeated, so an interrupted deletion can be too."""

    def __init__(
        self, photos: UploadsBucket, files: ResultsBucket, index: ComparisonIndex, table: StatusTable
    ) -> None:
        self._photos = photos
        self._files = files
        self._index = index
        self._table = table

    def delete(self, upload_id: str) -> bool:
        """Delete a result and all that was derived from it, directly or through other comparisons.

        The comparisons of a result are listed once its row is gone, because a worker notes a comparison
        before it checks that the row exists. They are forgotten last, so that a repeated deletion finds them.

        Returns:
            False if the id is unknown.

        Raises:
            Exception: what kept a photo or a result from being deleted; the others are deleted nevertheless.
        """
        row = self._table.get(upload_id)
        deleted: list[str] = []
        failures: list[Exception] = []
        pending = [upload_id]
        while pending:
            each = pending.pop()
            if each not in deleted:
                deleted.append(each)
                try:
                    self._delete_one(each)
                except Exception as error:
                    failures.append(error)
                pending += self._index.compared_with(each)
        if failures:
            raise failures[0]
        for each in deleted:
            self._index.remove_all(each)
        if row is not None:
            self.forget_comparison(row)
        return row is not None or len(deleted) > 1

    def forget(self, upload_id: str) -> bool:
        """Delete files and row of a result, and leave the photo alone. Returns whether there was a row."""
        existed = self._table.get(upload_id) is not None
        self._files.delete(upload_id)
        self._table.delete(upload_id)
        self._files.delete(upload_id)
        return existed

    def forget_comparison(self, row: StatusRow) -> None:
        """Forget that a result was compared with another one, if it was."""
        if row.compare_with is not None:
            self._index.remove(row.compare_with, row.id)

    def _delete_one(self, upload_id: str) -> None:
        """Delete files, photo and row of one result.

        The files come first, so that the result is gone even if S3 refuses to delete the photo. The row is
        deleted after everything else, so that an interrupted deletion can be repeated; deleting the files
        again afterwards covers a worker that finished in between.
        """
        row = self._table.get(upload_id)
        self._files.delete(upload_id)
        if row is not None:
            self._photos.delete(upload_id, row.source)
            self._table.delete(upload_id)
            self._files.delete(upload_id)
