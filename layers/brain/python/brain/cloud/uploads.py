"""Upload ids and object keys. Knows no AWS library.

An id is a capability: whoever holds it may read and delete that result, so it has to be either
unguessable (the page's, 128 random bits) or computable only by someone who knows the object that
was dropped (bucket, key and content).
"""

from __future__ import annotations

import hashlib
import re
import secrets

from brain.core.results import ID_PATTERN

UPLOAD_PREFIX = "uploads/"
RESULT_PREFIX = "results/"


def new_id() -> str:
    """A random upload id of 32 lower-case hex characters (128 bits)."""
    return secrets.token_hex(16)


def is_id(text: str) -> bool:
    """Whether the text has the form of an id."""
    return re.fullmatch(ID_PATTERN, text) is not None


def upload_key(upload_id: str) -> str:
    """The key in the uploads bucket under which the page stores the photo with this id."""
    return UPLOAD_PREFIX + upload_id


def result_key(upload_id: str, file_name: str) -> str:
    """The key in the results bucket of one of a result's files."""
    return f"{RESULT_PREFIX}{upload_id}/{file_name}"


def id_of_object(bucket: str, key: str, etag: str) -> str:
    """The id of an object in the uploads bucket.

    Args:
        key: the decoded key, as a person would write it (not URL-encoded).
        etag: with or without the surrounding quotes.

    Returns:
        The id in the key for photos from the page; for dropped photos the first 32 characters
        of sha256 of ``bucket/key@etag``.
    """
    candidate = key.removeprefix(UPLOAD_PREFIX)
    if candidate != key and is_id(candidate):
        return candidate
    etag = etag.strip('"')
    return hashlib.sha256(f"{bucket}/{key}@{etag}".encode()).hexdigest()[:32]
