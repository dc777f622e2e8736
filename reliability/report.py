"""Sections of docs/reliability.md that commands write."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path

from brain.core.settings import REPOSITORY

REPORT = REPOSITORY / "docs" / "reliability.md"


def table(header: Sequence[object], rows: Iterable[Sequence[object]]) -> str:
    """A Markdown table; columns of numbers are aligned to the right."""
    cells = [list(row) for row in rows]
    numeric = [all(isinstance(row[column], int | float) for row in cells) for column in range(len(header))]
    lines = [header, ["---:" if right else "---" for right in numeric], *cells]
    return "\n".join("| " + " | ".join(str(cell) for cell in line) + " |" for line in lines)


def counted(number: int, noun: str) -> str:
    """A number and what it counts: "1 worker", "1,000 photos"."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def write_section(name: str, text: str, path: Path = REPORT) -> None:
    """Replace what stands between a section's two marks.

    Raises:
        ValueError: the report has no such section.
    """
    begin, end = f"<!-- {name}: begin -->", f"<!-- {name}: end -->"
    before = path.read_text(encoding="utf-8")
    pattern = re.compile(f"{re.escape(begin)}.*?{re.escape(end)}", re.DOTALL)
    if not pattern.search(before):
        raise ValueError(f"{path} has no section {name}")
    content = f"{begin}\n{text.strip()}\n{end}"
    path.write_text(pattern.sub(lambda _: content, before), encoding="utf-8")


def today() -> str:
    """The date for a report."""
    return datetime.now(UTC).date().isoformat()
