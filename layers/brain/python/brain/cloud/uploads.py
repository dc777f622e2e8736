"""Upload ids and object keys. Imports no AWS library.

An id is a capability: whoever holds it can read and delete that result. It must therefore be unguessable (128
random bits for uploads through the page) or computable only from the dropped object (bucket, key and
content).
"""

from __future__ import annotations

import hashlib
import re
import secrets

from brain.cloud.people_keys import announced_id
from brain.core.schema import ID_PATTERN

UPLOAD_PREFIX = "uploads/"
LOGGED_CHARACTERS = 8
RESULT_PREFIX = "results/"
COMPARISON_PREFIX = "comparisons/"


def new_id() -> str:
    """Return a random upload id: 32 lower-case hex characters (128 bits)."""
    return secrets.token_hex(16)


def is_id(text: str) -> bool:
    """Whether the text is a well-formed id."""
    return re.fullmatch(ID_PATTERN, text) is not None


def shortened(upload_id: str) -> str:
    """The part of an id that may be logged: enough to find a photo's log, too little to read its result."""
    return upload_id[:LOGGED_CHARACTERS]


def upload_key(upload_id: str) -> str:
    """Key in the uploads bucket of the photo that the page uploads under this id."""
    return UPLOAD_PREFIX + upload_id


def result_key(upload_id: str, file_name: str) -> str:
    """Key in the results bucket of one of a result's files."""
    return f"{RESULT_PREFIX}{upload_id}/{file_name}"


def comparison_key(other_id: str, upload_id: str) -> str:
    """Key in the results bucket of the note that a result was compared with another one.

    Args:
        other_id: the result that it was compared with.
        upload_id: the result that holds the comparison; empty for the prefix of all of them.
    """
    return f"{COMPARISON_PREFIX}{other_id}/{upload_id}"


def id_of_object(bucket: str, key: str, etag: str) -> str:
    """The id of an object in the uploads bucket.

    Args:
        bucket: name of the bucket.
        key: object key, URL-decoded.
        etag: with or without the surrounding quotes.

    Returns:
        For uploads through the page, and for photos that the API enrols, the id in the key; for dropped
        photos the first 32 characters of the SHA-256 of ``bucket/key@etag``.
    """
    candidate = key.removeprefix(UPLOAD_PREFIX)
    if candidate != key and is_id(candidate):
        return candidate
    announced = announced_id(key)
    if announced is not None:
        return announced
    etag = etag.strip('"')
    return hashlib.sha256(f"{bucket}/{key}@{etag}".encode()).hexdigest()[:32]
