"""names.txt, read and searched."""

from __future__ import annotations

from pathlib import Path

import pytest

from brain.core.errors import NamesMissing
from brain.recognition.names import index, load_names, read_names, search

NAMES = index(["Bill Clinton", "José María Aznar", "Hillary Clinton", "Gerhard Schröder"])


@pytest.mark.parametrize(
    ("query", "labels"),
    [
        ("clint", [0, 2]),
        ("CLINTON", [0, 2]),
        ("clinton hill", [2]),
        ("jose maria", [1]),
        ("JOSÉ", [1]),
        ("schroder", [3]),
        ("", [0, 1, 2, 3]),
        ("  ", [0, 1, 2, 3]),
        ("nobody", []),
        (".*", []),
    ],
)
def test_search(query: str, labels: list[int]) -> None:
    assert [name.label for name in search(NAMES, query)] == labels


def test_a_file_gives_one_name_per_line(tmp_path: Path) -> None:
    path = tmp_path / "names.txt"
    path.write_text("Bill Clinton\nJosé Aznar\n", encoding="utf-8")

    assert [(name.label, name.name) for name in read_names(path)] == [(0, "Bill Clinton"), (1, "José Aznar")]


@pytest.mark.parametrize("content", [None, b"", b"\xff\xfe\x00"])
def test_a_missing_or_unreadable_file_is_code_5(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "names.txt"
    if content is not None:
        path.write_bytes(content)

    with pytest.raises(NamesMissing):
        read_names(path)


def test_too_few_names_are_error_5(tmp_path: Path) -> None:
    path = tmp_path / "names.txt"
    path.write_text("Only One\n", encoding="utf-8")
    with pytest.raises(NamesMissing) as error:
        load_names(path, 2)
    assert error.value.reason == "names-length"
