"""Entity tags of results (RFC 9110), and a cache of answers.

Both make polling cheap: for a result that has not changed, only its row is read.
"""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from threading import Lock

from brain.cloud.status_rows import StatusRow, timestamp
from brain.core.clock import now

WINDOWS_PER_LIFETIME = 3
LARGEST_CACHE = 16 * 1024 * 1024


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
    """Whether an `If-None-Match` header contains a tag; compared weakly, because CloudFront weakens tags."""
    candidates = [candidate.strip().removeprefix("W/") for candidate in (if_none_match or "").split(",")]
    return tag in candidates or "*" in candidates


class AnswerCache:
    """The latest answers, so that a result is read and its URLs are signed only once.

    An answer is only found by the entity tag of the row, which is read for every request: the cache never
    answers for a result that was deleted or changed. Thread-safe.

    Args:
        capacity: total size of the answers in bytes.
    """

    def __init__(self, capacity: int = LARGEST_CACHE) -> None:
        self._capacity = capacity
        self._answers: OrderedDict[str, tuple[str, bytes]] = OrderedDict()
        self._size = 0
        self._lock = Lock()

    def get(self, upload_id: str, tag: str) -> bytes | None:
        """The answer for a result with an entity tag, or None."""
        with self._lock:
            found = self._answers.get(upload_id)
            if found is None or found[0] != tag:
                return None
            self._answers.move_to_end(upload_id)
            return found[1]

    def put(self, upload_id: str, tag: str, answer: bytes) -> None:
        """Store an answer, replacing the one for an earlier state."""
        with self._lock:
            self._remove(upload_id)
            self._answers[upload_id] = (tag, answer)
            self._size += len(answer)
            while self._size > self._capacity:
                self._remove(next(iter(self._answers)))

    def _remove(self, upload_id: str) -> None:
        _, answer = self._answers.pop(upload_id, ("", b""))
        self._size -= len(answer)
