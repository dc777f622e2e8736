from __future__ import annotations

import json
from pathlib import Path

import pytest

from brain.evaluation.journal import Journal, Record

FIRST: Record = {"path": "a", "name": "Zoë"}
SECOND: Record = {"path": "b", "name": None}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "new" / "records.jsonl"


def write(journal: Journal, *records: Record) -> None:
    with journal.writing() as append:
        for record in records:
            append(record)


def test_what_was_written_is_read(file: Path) -> None:
    write(Journal(file, "run"), FIRST)
    write(Journal(file, "run"), SECOND)
    assert Journal(file, "run").read() == {"a": FIRST, "b": SECOND}


def test_a_record_can_be_read_as_soon_as_it_is_written(file: Path) -> None:
    with Journal(file, "run").writing() as append:
        append(FIRST)
        assert json.loads(file.read_text(encoding="utf-8"))["name"] == "Zoë"


def test_another_run_is_another_matter(file: Path) -> None:
    write(Journal(file, "old"), FIRST)
    write(Journal(file, "new"), SECOND)
    assert Journal(file, "new").read() == {"b": SECOND}
    assert Journal(file, "old").read() == {"a": FIRST}


@pytest.mark.parametrize(
    "damage",
    [
        b'{"run": "run", "path": "c", "sai',
        b'{"run": "run", "path": "c"}',
        b'"words"\n',
        b"\xff\xfe\n",
        b"{}\n",
    ],
    ids=["cut", "no line end", "no record", "no text", "empty"],
)
def test_a_damaged_end_is_dropped_and_written_over(file: Path, damage: bytes) -> None:
    journal = Journal(file, "run")
    write(journal, FIRST)
    with file.open("ab") as raw:
        raw.write(damage)
    assert journal.read() == {"a": FIRST}
    write(journal, SECOND)
    assert journal.read() == {"a": FIRST, "b": SECOND}


def test_clearing(file: Path) -> None:
    journal = Journal(file, "run")
    journal.clear()
    write(journal, FIRST)
    journal.clear()
    assert journal.read() == {}
