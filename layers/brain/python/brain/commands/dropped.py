"""The list of photos that were dropped for a folder of results: `dropped.jsonl` in that folder."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from threading import Lock

from brain.cloud.uploads import id_of_object

DROPPED_FILE = "dropped.jsonl"


@dataclass(frozen=True)
class DroppedPhoto:
    """A photo in the uploads bucket.

    Attributes:
        photo: path of the file, or the key if the photo was not dropped by this command.
        folder: folder of its results, relative to the folder of all results.
        bucket, key, etag: the object; the ETag without quotes.
        sha256: checksum of the file; empty if only the object is known.
        metadata: metadata of the object, such as `{"face": "1"}`.
    """

    photo: str
    folder: str
    bucket: str
    key: str
    etag: str
    sha256: str = ""
    metadata: Mapping[str, str] | None = None

    @property
    def id(self) -> str:
        """The id of its result."""
        return id_of_object(self.bucket, self.key, self.etag)

    @property
    def face(self) -> int:
        """The face that its result is about."""
        return int((self.metadata or {}).get("face", "0"))


class DroppedPhotos:
    """Reads and extends the list of dropped photos. A later entry for a key replaces an earlier one.

    Args:
        folder: the folder of all results, which is created with the first entry.
    """

    def __init__(self, folder: Path) -> None:
        self._file = folder / DROPPED_FILE
        self._lock = Lock()

    def by_key(self) -> dict[tuple[str, str], DroppedPhoto]:
        """The photos by bucket and key, in the order of their first entries."""
        return {(dropped.bucket, dropped.key): dropped for dropped in self._entries()}

    def add(self, dropped: DroppedPhoto) -> None:
        """Append an entry. Thread-safe.

        Raises:
            OSError: it cannot be written.
        """
        line = json.dumps(asdict(dropped)) + "\n"
        with self._lock:
            self._file.parent.mkdir(parents=True, exist_ok=True)
            with self._file.open("a", encoding="utf-8") as file:
                file.write(line)

    def _entries(self) -> Iterator[DroppedPhoto]:
        """All entries. Lines that are truncated because a command was killed are skipped."""
        try:
            lines = self._file.read_text(encoding="utf-8").splitlines()
        except (OSError, UnicodeDecodeError):
            return
        for line in lines:
            try:
                yield DroppedPhoto(**json.loads(line))
            except (TypeError, ValueError):
                continue
