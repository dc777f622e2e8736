"""Photos in the uploads bucket."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from brain.cloud.uploads import upload_key
from brain.core.errors import PhotoUnreadable
from brain.core.results import Source
from brain.core.settings import MIB, Settings

COMPARE_WITH = "compare-with"
Choices = tuple[int, str | None]  # index of the face to explain, id of the result to compare it with


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


class PhotoInaccessible(PhotoUnreadable):
    """S3 refuses to return the object, because of its storage class, encryption or access policy."""


# Error codes of GetObject, with the reason and the hint to report.
INACCESSIBLE = {
    "InvalidObjectState": (
        "archived",
        "The photo is in an archive storage class. Restore it, then copy it into the bucket again.",
    ),
    "InvalidRequest": (
        "customer-key",
        "The photo is encrypted with a key of your own (SSE-C). Upload it without one.",
    ),
    "AccessDenied": (
        "access-denied",
        "S3 denies access to the photo or to the key that it is encrypted with. Upload it again.",
    ),
}
KMS_PREFIX = "KMS."
HEAD_REFUSED = ("400", "403", "404", "412")  # the response to HEAD has no body, and hence no error code


@dataclass(frozen=True)
class StoredPhoto:
    """A stored photo.

    Attributes:
        data: the file's bytes.
        face: index of the face to explain, from the object's metadata.
        compare_with: id of the result to compare it with, from the object's metadata, which anyone can write.
    """

    data: bytes
    face: int = 0
    compare_with: str | None = None


@dataclass(frozen=True)
class PhotoDeclaration:
    """What a client declares about a photo before it uploads it.

    Attributes:
        content_type: MIME type.
        size: exact size in bytes.
        face: index of the face to explain.
        compare_with: id of the result to compare it with.
    """

    content_type: str
    size: int
    face: int = 0
    compare_with: str | None = None


class UploadsBucket:
    """Reads, signs and deletes photos. Thread-safe, as boto3 clients are."""

    def __init__(self, settings: Settings, s3: Any) -> None:
        self._settings = settings
        self._s3 = s3

    def presigned_post(self, key: str, photo: PhotoDeclaration) -> dict[str, Any]:
        """A form that accepts one photo as declared, under a key: a dict of `url` and `fields`."""
        fields = {"Content-Type": photo.content_type, "x-amz-meta-face": str(photo.face)}
        if photo.compare_with is not None:
            fields[f"x-amz-meta-{COMPARE_WITH}"] = photo.compare_with
        form: dict[str, Any] = self._s3.generate_presigned_post(
            self._settings.uploads_bucket,
            key,
            Fields=dict(fields),
            Conditions=[
                *({name: value} for name, value in fields.items()),
                ["content-length-range", photo.size, photo.size],
            ],
            ExpiresIn=self._settings.upload_seconds,
        )
        return form

    def read(self, source: Source) -> StoredPhoto:
        """Read the version of a photo that an event announced.

        Raises:
            PhotoGone: the object does not exist any more.
            PhotoReplaced: the object has another ETag.
            PhotoInaccessible: S3 refuses to return the object.
            PhotoUnreadable: `empty` or `too-large`; decided before the body is read.
        """
        try:
            response = self._s3.get_object(Bucket=source.bucket, Key=source.key, IfMatch=_if_match(source))
        except ClientError as error:
            raise _unreadable(error) or error from None
        with response["Body"] as body:
            self._check_size(response["ContentLength"])
            return StoredPhoto(body.read(), *_choices(response["Metadata"]))

    def choices(self, source: Source) -> Choices | None:
        """What the object's metadata asks for; None if the object cannot be read."""
        found = self._head(source)
        return None if isinstance(found, str) else _choices(found["Metadata"])

    def is_gone(self, source: Source) -> bool:
        """Whether a photo was removed or replaced under its key; False if S3 refuses to tell."""
        return self._head(source) in ("404", "412")

    def delete(self, upload_id: str, source: Source) -> None:
        """Delete a photo.

        A dropped photo is deleted only while it still has the same ETag, because its key may have been
        reused. The keys of uploads through the page are never reused.
        """
        if source.key == upload_key(upload_id):
            self._s3.delete_object(Bucket=source.bucket, Key=source.key)
        else:
            self.delete_version(source)

    def delete_version(self, source: Source) -> None:
        """Delete a photo unless it was replaced."""
        try:
            self._s3.delete_object(Bucket=source.bucket, Key=source.key, IfMatch=_if_match(source))
        except ClientError as error:
            if not isinstance(_unreadable(error), PhotoGone | PhotoReplaced):
                raise

    def _head(self, source: Source) -> dict[str, Any] | str:
        """The response to HEAD on the announced version, or the code with which S3 refuses it."""
        try:
            response: dict[str, Any] = self._s3.head_object(
                Bucket=source.bucket, Key=source.key, IfMatch=_if_match(source)
            )
        except ClientError as error:
            code: str = error.response["Error"]["Code"]
            if code not in HEAD_REFUSED:
                raise
            return code
        return response

    def _check_size(self, size: int) -> None:
        limit = self._settings.max_bytes
        if size == 0:
            raise PhotoUnreadable("empty", "The file is empty. Choose another one.")
        if size > limit:
            raise PhotoUnreadable(
                "too-large", f"The file is larger than {limit / MIB:g} MiB. Choose a smaller one."
            )


def _choices(metadata: Mapping[str, str]) -> Choices:
    """What an object's metadata asks for, which anyone can write: face 0 unless it is a plain number."""
    face = metadata.get("face", "")
    return int(face) if face.isascii() and face.isdigit() else 0, metadata.get(COMPARE_WITH)


def _if_match(source: Source) -> str:
    return f'"{source.etag}"'


def _unreadable(error: ClientError) -> PhotoUnreadable | None:
    """The error to report for a missing, replaced or inaccessible object; None for any other S3 error."""
    code = error.response["Error"]["Code"]
    if code in ("NoSuchKey", "404"):
        return PhotoGone()
    if code in ("PreconditionFailed", "412"):
        return PhotoReplaced()
    if code.startswith(KMS_PREFIX):
        code = "AccessDenied"
    return PhotoInaccessible(*INACCESSIBLE[code]) if code in INACCESSIBLE else None
