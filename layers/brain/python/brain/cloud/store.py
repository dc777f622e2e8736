"""Photos, results and their status: S3 and DynamoDB. Knows no torch and no cv2.

The order of writes is the design: files, then `result.json`, then the row, so that whoever sees
`done` can read everything. DELETE goes photo, files, row, files: a worker that is still busy then
finds its row gone and takes away what it wrote.
"""

from __future__ import annotations

import mimetypes
import os
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Lock
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

from brain.cloud.rows import Claim, Row, Rows
from brain.cloud.uploads import new_id, result_key, upload_key
from brain.core.clock import now
from brain.core.errors import PhotoUnreadable
from brain.core.results import Result, Source, Status
from brain.core.settings import MIB, Settings

RESULT_FILE = "result.json"
PARALLEL_PUTS = 8
ENDPOINT_VARIABLES = ("AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL")


class PhotoGone(PhotoUnreadable):
    """The object was deleted before it could be read."""

    def __init__(self) -> None:
        super().__init__("photo-gone", "The photo was deleted before it could be read. Upload it again.")


class PhotoReplaced(PhotoUnreadable):
    """The object's content is no longer that of the event; an event of its own tells of the new content."""

    def __init__(self) -> None:
        super().__init__(
            "photo-replaced", "Another photo took this one's place. Look at the newer photo's result."
        )


@dataclass(frozen=True)
class Photo:
    """A stored photo's bytes, and the index of the face that its metadata asks for."""

    data: bytes
    face: int = 0


@dataclass(frozen=True)
class Upload:
    """A place for the page's photo: POST `fields`, then the file, to `url` before `expires_at`."""

    id: str
    url: str
    fields: dict[str, str]
    expires_at: datetime


class Later:
    """A client that is made when it is first used, since making one takes longer than most answers."""

    _one_at_a_time = Lock()  # boto3 makes clients in one thread only; used, they are safe in all

    def __init__(self, make: Callable[[], Any]) -> None:
        self._make = make
        self._client: Any = None

    def __getattr__(self, name: str) -> Any:
        with self._one_at_a_time:
            if self._client is None:
                self._client = self._make()
        return getattr(self._client, name)


class Store:
    """Both buckets and the table. Safe to use from several threads, as boto3 clients are."""

    def __init__(self, settings: Settings, s3: Any, dynamodb: Any) -> None:
        self._settings = settings
        self._s3 = s3
        self._rows = Rows(dynamodb, settings.table, settings.result_days)

    @classmethod
    def connect(cls, settings: Settings, environ: Mapping[str, str] | None = None) -> Store:
        """A store with clients of its own, as the environment configures them.

        Local endpoints know no bucket host names, hence path style there; on AWS a presigned form
        has to name the bucket's regional host, or a new bucket answers it with a redirect.
        """
        values = os.environ if environ is None else environ
        local = any(values.get(name) for name in ENDPOINT_VARIABLES)
        config = Config(signature_version="s3v4", s3={"addressing_style": "path" if local else "virtual"})
        return cls(
            settings,
            Later(lambda: boto3.client("s3", config=config)),
            Later(lambda: boto3.client("dynamodb")),
        )

    def create_upload(self, content_type: str, face: int = 0) -> Upload:
        """Make room for one photo: a `waiting` row and a presigned POST for exactly that photo."""
        settings, upload_id = self._settings, new_id()
        key = upload_key(upload_id)
        fields = {"Content-Type": content_type, "x-amz-meta-face": str(face)}
        # Whole seconds, as in the form, which must not expire earlier than was promised.
        expires_at = now().replace(microsecond=0) + timedelta(seconds=settings.upload_seconds)
        form = self._s3.generate_presigned_post(
            settings.uploads_bucket,
            key,
            Fields=dict(fields),
            Conditions=[
                *({name: value} for name, value in fields.items()),
                _length_range(settings.max_bytes),
            ],
            ExpiresIn=settings.upload_seconds,
        )
        self._rows.create(upload_id, Source(bucket=settings.uploads_bucket, key=key))
        return Upload(upload_id, form["url"], form["fields"], expires_at)

    def begin(self, upload_id: str, source: Source, stalled_after: float) -> Claim | None:
        """Claim a photo; see `Rows.begin`."""
        return self._rows.begin(upload_id, source, stalled_after)

    def release(self, claim: Claim) -> None:
        """Give a photo back for the next delivery."""
        self._rows.release(claim)

    def photo(self, source: Source) -> Photo:
        """Read the very photo that the event told of.

        Raises:
            PhotoGone, PhotoReplaced: it is not there any more.
            PhotoUnreadable: `empty` or `too-large`, both decided before the body is read.
        """
        try:
            answer = self._s3.get_object(Bucket=source.bucket, Key=source.key, IfMatch=f'"{source.etag}"')
        except ClientError as error:
            raise _missing(error) or error from None
        with answer["Body"] as body:
            self._check_size(answer["ContentLength"])
            return Photo(body.read(), _face(answer["Metadata"].get("face", "")))

    def finish(
        self, claim: Claim, result: Result, files: Mapping[str, bytes], retryable: bool = False
    ) -> bool:
        """Store a terminal result: the files side by side, then the row, so that `done` means all are there.

        Returns:
            False when the claim was lost. What was written is then taken away, unless another
            worker has the photo and is about to write the same files.
        """
        everything = {RESULT_FILE: result.model_dump_json().encode(), **files}
        with ThreadPoolExecutor(PARALLEL_PUTS) as pool:
            list(pool.map(lambda name: self._put(claim.id, name, everything[name]), everything))
        if self._rows.finish(claim, result.status, result.error, retryable):
            return True
        if self._rows.get(claim.id) is None:
            self._sweep(claim.id)
        return False

    def discard(self, claim: Claim) -> None:
        """Forget a claim on a photo that turned out to be deleted, and whatever was left of it."""
        self._rows.remove(claim.id)
        self._sweep(claim.id)

    def read(self, upload_id: str) -> Result | None:
        """The photo's result at this moment, with file names as artifacts; None when unknown."""
        row = self._rows.get(upload_id)
        if row is None:
            return None
        bare = Result(id=row.id, status=row.status, created_at=row.created_at, error=row.error)
        if row.status in (Status.WAITING, Status.PROCESSING):
            return bare
        stored = self._stored(upload_id)
        if stored is not None:
            return stored
        return bare if row.status is Status.FAILED else None

    def link(self, result: Result) -> Result:
        """The result with a short-lived URL in place of each artifact's file name."""
        urls = {role: self._url(result.id, name) for role, name in result.artifacts.items()}
        return result.model_copy(update={"artifacts": urls})

    def delete(self, upload_id: str) -> bool:
        """Remove photo, files and row. False when the id is unknown.

        The row outlives the first sweep, so that a DELETE that breaks off can be repeated; the
        second one catches a worker that finished in between.
        """
        row = self._rows.get(upload_id)
        if row is None:
            return False
        self._delete_photo(row)
        self._sweep(upload_id)
        self._rows.remove(upload_id)
        self._sweep(upload_id)
        return True

    def _check_size(self, size: int) -> None:
        limit = self._settings.max_bytes
        if size == 0:
            raise PhotoUnreadable("empty", "The file is empty. Choose another one.")
        if size > limit:
            raise PhotoUnreadable(
                "too-large", f"The file is larger than {limit / MIB:g} MiB. Choose a smaller one."
            )

    def _put(self, upload_id: str, name: str, data: bytes) -> None:
        self._s3.put_object(
            Bucket=self._settings.results_bucket,
            Key=result_key(upload_id, name),
            Body=data,
            ContentType=mimetypes.guess_type(name)[0] or "application/octet-stream",
        )

    def _stored(self, upload_id: str) -> Result | None:
        key = result_key(upload_id, RESULT_FILE)
        try:
            answer = self._s3.get_object(Bucket=self._settings.results_bucket, Key=key)
        except ClientError as error:
            if error.response["Error"]["Code"] != "NoSuchKey":
                raise
            return None
        return Result.model_validate_json(answer["Body"].read())

    def _url(self, upload_id: str, name: str) -> str:
        place = {"Bucket": self._settings.results_bucket, "Key": result_key(upload_id, name)}
        shown = {"ResponseContentDisposition": f'inline; filename="{name}"'}
        url: str = self._s3.generate_presigned_url(
            "get_object", Params=place | shown, ExpiresIn=self._settings.url_seconds
        )
        return url

    def _delete_photo(self, row: Row) -> None:
        """A dropped photo's key may hold someone's newer photo by now; the page's keys never do."""
        source = row.source
        if source.key == upload_key(row.id) or self._is_there(source):
            self._s3.delete_object(Bucket=source.bucket, Key=source.key)

    def _is_there(self, source: Source) -> bool:
        try:
            self._s3.head_object(Bucket=source.bucket, Key=source.key, IfMatch=f'"{source.etag}"')
        except ClientError as error:
            if _missing(error) is None:
                raise
            return False
        return True

    def _sweep(self, upload_id: str) -> None:
        """Delete every file of a result.

        Raises:
            RuntimeError: S3 kept some of them; carries how many and the first reason.
        """
        bucket = self._settings.results_bucket
        for keys in self._pages(bucket, result_key(upload_id, "")):
            doomed = {"Objects": [{"Key": key} for key in keys], "Quiet": True}
            errors = self._s3.delete_objects(Bucket=bucket, Delete=doomed).get("Errors", [])
            if errors:
                raise RuntimeError(
                    f"{len(errors)} files of a result could not be deleted: {errors[0].get('Code')}"
                )

    def _pages(self, bucket: str, prefix: str) -> Iterator[list[str]]:
        for page in self._s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix):
            if "Contents" in page:
                yield [one["Key"] for one in page["Contents"]]


def _length_range(max_bytes: int) -> list[Any]:
    return ["content-length-range", 1, max_bytes]


def _face(text: str) -> int:
    """Anything that is not a plain number is ignored: metadata is whatever the uploader wrote."""
    return int(text) if text.isascii() and text.isdigit() else 0


def _missing(error: ClientError) -> PhotoUnreadable | None:
    """Which of the two ways a photo can be missing; None for any other error."""
    code = error.response["Error"]["Code"]
    if code in ("NoSuchKey", "404"):
        return PhotoGone()
    if code in ("PreconditionFailed", "412"):
        return PhotoReplaced()
    return None
