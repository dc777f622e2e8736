"""Which results were compared with which: one empty object per comparison in the results bucket.

S3's lists are strongly consistent, so a deletion finds every comparison that was noted before it. An object
is written with the result that it names, so both expire together.
"""

from __future__ import annotations

from typing import Any

from brain.cloud.listing import delete_all, pages_of_keys
from brain.cloud.uploads import comparison_key
from brain.core.settings import Settings


class ComparisonIndex:
    """Notes, lists and forgets comparisons. Thread-safe, as boto3 clients are."""

    def __init__(self, settings: Settings, s3: Any) -> None:
        self._bucket = settings.results_bucket
        self._s3 = s3

    def add(self, other_id: str, upload_id: str) -> None:
        """Note that a result is compared with another one."""
        self._s3.put_object(Bucket=self._bucket, Key=comparison_key(other_id, upload_id))

    def compared_with(self, other_id: str) -> list[str]:
        """Ids of the results that were compared with another one."""
        prefix = comparison_key(other_id, "")
        pages = pages_of_keys(self._s3, self._bucket, prefix)
        return [key.removeprefix(prefix) for keys in pages for key in keys]

    def remove(self, other_id: str, upload_id: str) -> None:
        """Forget a comparison."""
        self._s3.delete_object(Bucket=self._bucket, Key=comparison_key(other_id, upload_id))

    def remove_all(self, other_id: str) -> None:
        """Forget every comparison with a result."""
        delete_all(self._s3, self._bucket, comparison_key(other_id, ""))
