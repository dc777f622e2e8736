"""Entity tags of results (RFC 9110), which make polling cheap: an unchanged result needs only its row."""

from __future__ import annotations

import hashlib

from brain.cloud.status_rows import StatusRow, timestamp
from brain.core.clock import now

WINDOWS_PER_LIFETIME = 3


def entity_tag(row: StatusRow, url_seconds: int) -> str:
    """The entity tag of a result, in quotes.

    It changes with the row, and several times during the lifetime of the presigned URLs in the response, so
    that a client that receives 304 still has valid URLs.

    Args:
        row: the photo's status.
        url_seconds: lifetime of the presigned URLs.
    """
    window = int(now().timestamp() * WINDOWS_PER_LIFETIME // url_seconds)
    version = f"{row.status}/{row.attempts}/{timestamp(row.updated_at)}/{window}"
    return f'"{hashlib.sha256(version.encode()).hexdigest()[:16]}"'


def matches(if_none_match: str | None, tag: str) -> bool:
    """Whether an `If-None-Match` header has a tag; a weak comparison, because CloudFront weakens tags."""
    candidates = [candidate.strip().removeprefix("W/") for candidate in (if_none_match or "").split(",")]
    return tag in candidates or "*" in candidates
