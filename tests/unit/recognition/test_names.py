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


@pytest.mark.parametrize(
    "content",
    [
        "\ufeffJosé Aznar\nBo\n",
        "José Aznar\r\nBo\r\n",
        "José Aznar\nBo",
        "José Aznar\nBo\n\n \n",
        "José Aznar\rBo\r",
    ],
    ids=["byte order mark", "Windows", "no last line ending", "empty last lines", "old Macintosh"],
)
def test_names_are_read_however_an_editor_saved_them(tmp_path: Path, content: str) -> None:
    path = tmp_path / "names.txt"
    path.write_bytes(content.encode())
    assert load_names(path, 2) == ("José Aznar", "Bo")


def test_a_name_may_hold_a_character_that_other_programs_take_for_a_line_ending(tmp_path: Path) -> None:
    path = tmp_path / "names.txt"
    path.write_text("Anna\u2028Bell\nBo\n", encoding="utf-8")
    assert load_names(path, 2) == ("Anna\u2028Bell", "Bo")


@pytest.mark.parametrize("ending", ["\n", "\r\n"])
def test_the_line_that_is_not_utf_8_is_named(tmp_path: Path, ending: str) -> None:
    path = tmp_path / "names.txt"
    path.write_bytes(ending.join(["Bo", "Anna", "Jos\xe9 Aznar", "Zo\xeb"]).encode("latin-1"))
    with pytest.raises(NamesMissing) as error:
        load_names(path)
    assert error.value.reason == "names-encoding"
    assert "Line 3 of names.txt is not UTF-8" in error.value.hint


def test_an_empty_line_between_names_is_named(tmp_path: Path) -> None:
    path = tmp_path / "names.txt"
    path.write_text("Bo\n\nAnna\n", encoding="utf-8")
    with pytest.raises(NamesMissing) as error:
        load_names(path)
    assert "Line 2 of names.txt is empty" in error.value.hint


def test_too_few_names_are_error_5(tmp_path: Path) -> None:
    path = tmp_path / "names.txt"
    path.write_text("Only One\n", encoding="utf-8")
    with pytest.raises(NamesMissing) as error:
        load_names(path, 2)
    assert error.value.reason == "names-length"
