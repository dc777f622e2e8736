"""Results in the results bucket: `result.json` and the pictures beside it."""

from __future__ import annotations

import mimetypes
from collections.abc import Mapping
from concurrent.futures import Future, ThreadPoolExecutor, wait
from typing import Any

from botocore.exceptions import ClientError

from brain.cloud.listing import delete_all
from brain.cloud.uploads import result_key
from brain.core.results import RESULT_FILE, Result
from brain.core.settings import Settings

PARALLEL_PUTS = 8
CONDITION_FAILED = ("PreconditionFailed", "ConditionalRequestConflict", "NoSuchKey", "409", "412", "404")


class ResultChanged(Exception):
    """`result.json` is not the version that the writer expected to replace."""


class ResultsBucket:
    """Writes, reads, signs and deletes the files of results. Thread-safe, as boto3 clients are."""

    def __init__(self, settings: Settings, s3: Any) -> None:
        self._settings = settings
        self._s3 = s3
        self._writers = ThreadPoolExecutor(PARALLEL_PUTS)  # starts threads when they are needed

    def begin_pictures(self, upload_id: str, files: Mapping[str, bytes]) -> dict[str, Future[str]]:
        """Start storing the files of a result in parallel. Returns a future for each file name."""
        return {name: self._writers.submit(self._put, upload_id, name, data) for name, data in files.items()}

    def write_pictures(self, upload_id: str, files: Mapping[str, bytes]) -> None:
        """Store the files of a result in parallel."""
        begun = self.begin_pictures(upload_id, files).values()
        wait(begun)
        for each in begun:
            each.result()

    def replace_result(self, result: Result, etag: str | None) -> str:
        """Store `result.json` in place of a known version.

        Args:
            result: the content.
            etag: ETag of the version to replace; None if there must not be one.

        Returns:
            The ETag of the new version, in quotes.

        Raises:
            ResultChanged: there is another version.
        """
        condition = {"IfMatch": etag} if etag else {"IfNoneMatch": "*"}
        try:
            return self._put(result.id, RESULT_FILE, result.model_dump_json().encode(), **condition)
        except ClientError as error:
            if error.response["Error"]["Code"] not in CONDITION_FAILED:
                raise
            raise ResultChanged from error

    def etag(self, upload_id: str) -> str | None:
        """ETag of the stored `result.json` in quotes, or None."""
        key = result_key(upload_id, RESULT_FILE)
        try:
            etag: str = self._s3.head_object(Bucket=self._settings.results_bucket, Key=key)["ETag"]
        except ClientError as error:
            if error.response["Error"]["Code"] != "404":
                raise
            return None
        return etag

    def read(self, upload_id: str) -> Result | None:
        """The stored `result.json`, or None."""
        data = self.read_file(upload_id, RESULT_FILE)
        return Result.model_validate_json(data) if data is not None else None

    def presigned_url(self, upload_id: str, name: str) -> str:
        """A URL that serves one file of a result for `Settings.url_seconds`."""
        url: str = self._s3.generate_presigned_url(
            "get_object",
            Params={
                "Bucket": self._settings.results_bucket,
                "Key": result_key(upload_id, name),
                "ResponseContentDisposition": f'inline; filename="{name}"',
            },
            ExpiresIn=self._settings.url_seconds,
        )
        return url

    def read_file(self, upload_id: str, name: str) -> bytes | None:
        """One file of a result, or None."""
        try:
            response = self._s3.get_object(
                Bucket=self._settings.results_bucket, Key=result_key(upload_id, name)
            )
        except ClientError as error:
            if error.response["Error"]["Code"] != "NoSuchKey":
                raise
            return None
        data: bytes = response["Body"].read()
        return data

    def delete(self, upload_id: str) -> None:
        """Delete all files of a result.

        Raises:
            RuntimeError: S3 did not delete some of them; see `delete_all`.
        """
        delete_all(self._s3, self._settings.results_bucket, result_key(upload_id, ""))

    def _put(self, upload_id: str, name: str, data: bytes, **condition: str) -> str:
        response = self._s3.put_object(
            Bucket=self._settings.results_bucket,
            Key=result_key(upload_id, name),
            Body=data,
            ContentType=mimetypes.guess_type(name)[0] or "application/octet-stream",
            **condition,
        )
        return str(response["ETag"])
