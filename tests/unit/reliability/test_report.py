"""Sections of docs/reliability.md."""

from __future__ import annotations

from pathlib import Path

import pytest

from reliability.report import counted, table, write_section


def test_a_section_is_replaced_and_the_rest_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "report.md"
    path.write_text("# Title\n<!-- a: begin -->\nold\n<!-- a: end -->\nrest\n", encoding="utf-8")

    write_section("a", "new \\1\n", path)

    expected = "# Title\n<!-- a: begin -->\nnew \\1\n<!-- a: end -->\nrest\n"
    assert path.read_text(encoding="utf-8") == expected


def test_an_unknown_section_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "report.md"
    path.write_text("# Title\n", encoding="utf-8")

    with pytest.raises(ValueError, match="no section a"):
        write_section("a", "new", path)


def test_numbers_are_aligned_to_the_right() -> None:
    assert table(("what", "n"), [("x", 1)]) == "| what | n |\n| --- | ---: |\n| x | 1 |"


def test_one_is_singular() -> None:
    assert [counted(number, "photo") for number in (0, 1, 5000)] == ["0 photos", "1 photo", "5,000 photos"]
