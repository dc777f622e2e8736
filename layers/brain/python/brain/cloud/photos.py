"""Photos in the uploads bucket."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from brain.cloud.uploads import upload_key
from brain.core.errors import PhotoUnreadable
from brain.core.results import Source
from brain.core.settings import MIB, Settings


class PhotoGone(PhotoUnreadable):
    """The object was deleted before it was read."""

    def __init__(self) -> None:
        super().__init__("photo-gone", "The photo was deleted before it could be read. Upload it again.")


class PhotoReplaced(PhotoUnreadable):
    """The object was overwritten after the event; another event announces the new content."""

    def __init__(self) -> None:
        super().__init__(
            "photo-replaced", "The photo was replaced by another one. See the newer photo's result."
        )


@dataclass(frozen=True)
class Photo:
    """A stored photo.

    Attributes:
        data: the file's bytes.
        face: index of the face to explain, from the object's metadata.
    """

    data: bytes
    face: int = 0


class UploadsBucket:
    """Reads, signs and deletes photos. Thread-safe, as boto3 clients are."""

    def __init__(self, settings: Settings, s3: Any) -> None:
        self._settings = settings
        self._s3 = s3

    def presigned_post(self, upload_id: str, content_type: str, face: int) -> dict[str, Any]:
        """A form that accepts one photo of this type: a dict of `url` and `fields`."""
        fields = {"Content-Type": content_type, "x-amz-meta-face": str(face)}
        form: dict[str, Any] = self._s3.generate_presigned_post(
            self._settings.uploads_bucket,
            upload_key(upload_id),
            Fields=dict(fields),
            Conditions=[
                *({name: value} for name, value in fields.items()),
                ["content-length-range", 1, self._settings.max_bytes],
            ],
            ExpiresIn=self._settings.upload_seconds,
        )
        return form

    def read(self, source: Source) -> Photo:
        """Read the version of a photo that an event announced.

        Raises:
            PhotoGone: the object does not exist any more.
            PhotoReplaced: the object has another ETag.
            PhotoUnreadable: `empty` or `too-large`; decided before the body is read.
        """
        try:
            response = self._s3.get_object(Bucket=source.bucket, Key=source.key, IfMatch=f'"{source.etag}"')
        except ClientError as error:
            raise _missing(error) or error from None
        with response["Body"] as body:
            self._check_size(response["ContentLength"])
            return Photo(body.read(), _face_index(response["Metadata"].get("face", "")))

    def delete(self, upload_id: str, source: Source) -> None:
        """Delete a photo.

        A dropped photo is deleted only while it still has the same ETag, because its key may have been
        reused. The keys of uploads through the page are never reused.
        """
        if source.key == upload_key(upload_id) or self._exists(source):
            self._s3.delete_object(Bucket=source.bucket, Key=source.key)

    def _check_size(self, size: int) -> None:
        limit = self._settings.max_bytes
        if size == 0:
            raise PhotoUnreadable("empty", "The file is empty. Choose another one.")
        if size > limit:
            raise PhotoUnreadable(
                "too-large", f"The file is larger than {limit / MIB:g} MiB. Choose a smaller one."
            )

    def _exists(self, source: Source) -> bool:
        try:
            self._s3.head_object(Bucket=source.bucket, Key=source.key, IfMatch=f'"{source.etag}"')
        except ClientError as error:
            if _missing(error) is None:
                raise
            return False
        return True


def _face_index(text: str) -> int:
    """The face index in an object's metadata, which anyone can write: 0 unless it is a plain number."""
    return int(text) if text.isascii() and text.isdigit() else 0


def _missing(error: ClientError) -> PhotoUnreadable | None:
    """The error to report for a missing or replaced object; None for any other S3 error."""
    code = error.response["Error"]["Code"]
    if code in ("NoSuchKey", "404"):
        return PhotoGone()
    if code in ("PreconditionFailed", "412"):
        return PhotoReplaced()
    return None
