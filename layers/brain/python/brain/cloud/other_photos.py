"""Reads the photo that another one is compared with: its result and its crop, from the results bucket."""

from __future__ import annotations

from brain.cloud.comparison_index import ComparisonIndex
from brain.cloud.result_files import ResultsBucket
from brain.cloud.status_rows import StatusRow
from brain.cloud.status_table import StatusTable
from brain.core.errors import PhotoUnreadable
from brain.core.results import OtherPhoto, Status

MOST_COMPARISONS = 100
WHAT = "the photo to compare with"
HINTS = {
    "other-unknown": "The photo to compare with is unknown or was deleted. Upload it again.",
    "other-unfinished": "The photo to compare with is not explained yet. Wait for its name, then try again.",
    "other-failed": "The photo to compare with could not be explained. Choose another one.",
    "other-expired": "The result of the photo to compare with has expired. Upload that photo again.",
    "other-too-often": f"That photo was compared {MOST_COMPARISONS} times already. Upload it again.",
}


class OtherUnavailable(PhotoUnreadable):
    """There is nothing to compare the photo with."""

    @classmethod
    def because(cls, reason: str) -> OtherUnavailable:
        """The error with a reason of `HINTS`."""
        return cls(reason, HINTS[reason], WHAT)


class OtherPhotos:
    """Reads the photos that others are compared with. Thread-safe, as boto3 clients are."""

    def __init__(self, files: ResultsBucket, index: ComparisonIndex, table: StatusTable) -> None:
        self._files = files
        self._index = index
        self._table = table

    def read(self, other_id: str, upload_id: str) -> OtherPhoto:
        """Read a photo to compare another one with, and note the comparison.

        The note is written before the row is read again: a deletion in between either finds the note or is
        noticed here.

        Args:
            other_id: id of the photo to read.
            upload_id: id of the photo that is compared with it.

        Raises:
            OtherUnavailable: the photo does not exist, or was not explained.
        """
        row = self._finished(other_id)
        self._check_number(other_id, upload_id)
        self._index.add(other_id, upload_id)
        try:
            other = self._stored(other_id)
            # Another attempt means that another face of the photo is being explained.
            if self._finished(other_id).attempts != row.attempts:
                raise OtherUnavailable.because("other-unfinished")
            if other is None:
                raise OtherUnavailable.because("other-expired")
            if other.result.face is None:  # such as that of a photo that only enrolled a person
                raise OtherUnavailable.because("other-failed")
        except OtherUnavailable:
            self._index.remove(other_id, upload_id)
            raise
        return other

    def _stored(self, other_id: str) -> OtherPhoto | None:
        """What is stored about a photo; None if a file has expired."""
        result = self._files.read(other_id)
        if result is None:
            return None
        name = result.artifacts.get("cropped")
        crop = self._files.read_file(other_id, name) if name else b""
        return OtherPhoto(result, crop) if crop is not None else None

    def _finished(self, other_id: str) -> StatusRow:
        """The row of a photo that has a name."""
        row = self._table.get(other_id)
        if row is None:
            raise OtherUnavailable.because("other-unknown")
        if row.status is Status.FAILED:
            raise OtherUnavailable.because("other-failed")
        if row.status not in (Status.NAMED, Status.DONE):
            raise OtherUnavailable.because("other-unfinished")
        return row

    def _check_number(self, other_id: str, upload_id: str) -> None:
        """Limit how many results are compared with one, because one request deletes all of them."""
        if len(set(self._index.compared_with(other_id)) - {upload_id}) >= MOST_COMPARISONS:
            raise OtherUnavailable.because("other-too-often")
