"""The figures in README.md, between two marker comments."""

from __future__ import annotations

import re
from collections.abc import Iterator

from benchmarks.goals import goal_table
from benchmarks.measurements import Measurements
from benchmarks.report import stage_bars
from brain.core.settings import REPOSITORY

README = REPOSITORY / "README.md"
BLOCK = re.compile(r"(<!-- figures: make bench -->\n).*?(<!-- end of figures -->)", re.DOTALL)


def write(measurements: Measurements) -> None:
    """Replace the figures between the markers."""
    block = "\n".join(figures(measurements))
    text = README.read_text(encoding="utf-8")
    README.write_text(BLOCK.sub(lambda match: f"{match[1]}{block}\n{match[2]}", text), encoding="utf-8")


def figures(measurements: Measurements) -> Iterator[str]:
    """The lines between the markers."""
    yield f"Measured on {measurements.machine['processor']}, {measurements.machine['date'][:10]}:\n"
    yield from goal_table(measurements.goals)
    yield "\nWhere the time goes, 12-megapixel photo, everything loaded:\n"
    yield from stage_bars(measurements)
