"""The records of a run, one JSON object per line, so that an interrupted run can be resumed."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

Record = dict[str, Any]


class Journal:
    """A JSONL file of records with a `path`.

    Args:
        file: created on the first write.
        run: the run's fingerprint. Records of other runs are neither returned nor removed.
    """

    def __init__(self, file: Path, run: str) -> None:
        self._file = file
        self._run = run

    def read(self) -> dict[str, Record]:
        """The records of this run by path. The file is truncated at its first damaged line."""
        if not self._file.exists():
            return {}
        records: dict[str, Record] = {}
        intact = 0
        with self._file.open("rb") as lines:
            for line in lines:
                record = _parse(line)
                if record is None:
                    break
                intact += len(line)
                if record.pop("run") == self._run:
                    records[record["path"]] = record
        with self._file.open("rb+") as file:
            file.truncate(intact)
        return records

    @contextmanager
    def writing(self) -> Iterator[Callable[[Record], None]]:
        """Yields a function that appends a record. Each record is flushed at once."""
        self._file.parent.mkdir(parents=True, exist_ok=True)
        with self._file.open("a", encoding="utf-8", buffering=1) as file:
            yield lambda record: _append(file.write, {"run": self._run, **record})

    def clear(self) -> None:
        """Remove the file."""
        self._file.unlink(missing_ok=True)


def _append(write: Callable[[str], object], record: Record) -> None:
    write(json.dumps(record, ensure_ascii=False) + "\n")


def _parse(line: bytes) -> Record | None:
    try:
        record = json.loads(line)
    except ValueError:
        return None
    complete = line.endswith(b"\n") and isinstance(record, dict) and {"run", "path"} <= record.keys()
    return record if complete else None
