"""What was answered so far, one JSON object a line, so that an interrupted run goes on where it stopped."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

Record = dict[str, Any]


def fingerprint_of(settings: Iterable[str], code: Iterable[str]) -> str:
    """Of what decides an answer beside the photo, for `Journal`: settings, and files of code."""
    digest = hashlib.sha256("\n".join(settings).encode())
    for file in code:
        digest.update(Path(file).read_bytes())
    return digest.hexdigest()


class Journal:
    """A JSONL file of records with a `path`.

    Args:
        file: created when something is first written.
        run: whatever else decides an answer, such as the checksum of the weights. Records of another run
            are neither read nor removed.
    """

    def __init__(self, file: Path, run: str) -> None:
        self._file = file
        self._run = run

    def read(self) -> dict[str, Record]:
        """The records of this run by path. From the first damaged line on the file is cut off."""
        if not self._file.exists():
            return {}
        records: dict[str, Record] = {}
        sound = 0
        with self._file.open("rb") as lines:
            for line in lines:
                record = _parse(line)
                if record is None:
                    break
                sound += len(line)
                if record.pop("run") == self._run:
                    records[record["path"]] = record
        with self._file.open("rb+") as file:
            file.truncate(sound)
        return records

    @contextmanager
    def writing(self) -> Iterator[Callable[[Record], None]]:
        """Yields a function that appends one record and hands it to the operating system at once."""
        self._file.parent.mkdir(parents=True, exist_ok=True)
        with self._file.open("a", encoding="utf-8", buffering=1) as file:
            yield lambda record: _append(file.write, {"run": self._run, **record})

    def forget(self) -> None:
        """Remove the file."""
        self._file.unlink(missing_ok=True)


def _append(write: Callable[[str], object], record: Record) -> None:
    write(json.dumps(record, ensure_ascii=False) + "\n")


def _parse(line: bytes) -> Record | None:
    try:
        record = json.loads(line)
    except ValueError:
        return None
    whole = line.endswith(b"\n") and isinstance(record, dict) and {"run", "path"} <= record.keys()
    return record if whole else None
