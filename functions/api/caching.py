"""Entity tags of results (RFC 9110), and a cache of answers.

Both make polling cheap: for a result that has not changed, only its row is read.
"""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Hashable
from datetime import datetime
from threading import Lock

from brain.cloud.status_rows import StatusRow, timestamp

WINDOWS_PER_LIFETIME = 3
LARGEST_CACHE = 16 * 1024 * 1024
WEAK = "W/"


def entity_tag(row: StatusRow, url_seconds: int, moment: datetime) -> str:
    """The entity tag of a result.

    It changes with the row, and several times during the lifetime of the presigned URLs in the response, so
    that a client that receives 304 still has valid URLs. It is weak, because responses with the same tag may
    differ in their compression and in the signatures of their URLs.

    Args:
        row: the photo's status.
        url_seconds: lifetime of the presigned URLs.
        moment: of the response.
    """
    window = int(moment.timestamp() * WINDOWS_PER_LIFETIME // url_seconds)
    version = f"{row.status}/{row.attempts}/{timestamp(row.updated_at)}/{window}"
    return f'{WEAK}"{hashlib.sha256(version.encode()).hexdigest()[:16]}"'


def matches(if_none_match: str | None, tag: str) -> bool:
    """Whether an `If-None-Match` header contains a tag; compared weakly, as RFC 9110 prescribes."""
    candidates = [candidate.strip().removeprefix(WEAK) for candidate in (if_none_match or "").split(",")]
    return tag.removeprefix(WEAK) in candidates or "*" in candidates


class AnswerCache:
    """The latest answers, so that a result is read, signed and compressed only once.

    An answer is only found by the entity tag of the row, which is read for every request: the cache never
    answers for a result that was deleted or changed. Thread-safe.

    Args:
        capacity: total size of the answers in bytes.
    """

    def __init__(self, capacity: int = LARGEST_CACHE) -> None:
        self._capacity = capacity
        self._answers: OrderedDict[Hashable, tuple[str, bytes]] = OrderedDict()
        self._size = 0
        self._lock = Lock()

    def get(self, key: Hashable, tag: str) -> bytes | None:
        """The answer under a key with an entity tag, or None."""
        with self._lock:
            found = self._answers.get(key)
            if found is None or found[0] != tag:
                return None
            self._answers.move_to_end(key)
            return found[1]

    def put(self, key: Hashable, tag: str, answer: bytes) -> None:
        """Store an answer, replacing the one for an earlier state.

        Args:
            key: what was asked for: a result, and the format in which it is sent.
            tag: entity tag of the answer.
            answer: the body as it is sent.
        """
        with self._lock:
            self._remove(key)
            self._answers[key] = (tag, answer)
            self._size += len(answer)
            while self._size > self._capacity:
                self._remove(next(iter(self._answers)))

    def _remove(self, key: Hashable) -> None:
        _, answer = self._answers.pop(key, ("", b""))
        self._size -= len(answer)
