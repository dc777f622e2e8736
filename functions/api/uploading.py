"""Checks announcements of photos, and answers them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from brain.cloud.announcement import Upload
from brain.core.formats import HEIF_HINTS, HEIF_TYPES
from brain.core.results import Status
from brain.core.settings import MIB

if TYPE_CHECKING or __package__:
    from functions.api.problems import ApiProblem
    from functions.api.schemas import CONTENT_TYPES, Form, UploadCreated
else:  # SAM zips this folder alone, so in the deployed function its modules are top-level
    from problems import ApiProblem
    from schemas import CONTENT_TYPES, Form, UploadCreated


def check_acceptable(content_type: str, size: int, max_bytes: int) -> None:
    """Refuse a photo whose type or size is not accepted.

    Raises:
        ApiProblem: 413 or 415.
    """
    if content_type not in CONTENT_TYPES:
        kind = HEIF_TYPES.get(content_type.lower())
        raise ApiProblem(
            415,
            "Photos of this type are not accepted.",
            "unsupported-type",
            HEIF_HINTS[kind] if kind else "Choose a JPEG, PNG or WebP photo.",
        )
    if size > max_bytes:
        raise ApiProblem(
            413,
            f"The photo is larger than {max_bytes / MIB:g} MiB.",
            "too-large",
            "Choose a smaller photo, or save it at a smaller size.",
        )


def upload_created(upload: Upload, max_bytes: int) -> UploadCreated:
    """The response to an announcement."""
    return UploadCreated(
        id=upload.id,
        status=Status.WAITING,
        upload=Form(url=upload.url, fields=upload.fields),
        result=f"/api/results/{upload.id}",
        expires_at=upload.expires_at,
        max_bytes=max_bytes,
    )
