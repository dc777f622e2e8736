"""The figures in README.md, between two marker comments."""

from __future__ import annotations

import re
from collections.abc import Iterator

from benchmarks.goals import goal_table
from benchmarks.measurements import Measurements
from brain.core.settings import REPOSITORY

README = REPOSITORY / "README.md"
HEADLINES = (
    "12-megapixel JPEG: deepface's represent against BRAIN with VGG-16/2622, float32",
    "pytorch-grad-cam (one map) against BRAIN (five maps), float32",
    "Five identities' maps against the bare forward pass, VGG-16/2622, float32",
    "Process start to first result, brain-mini, checks full, against `import torch, cv2`",
    "Peak memory, brain-mini",
    "API function: process start to first answer, against importing FastAPI, boto3 and Powertools",
)
BLOCK = re.compile(r"(<!-- figures: make bench -->\n).*?(<!-- end of figures -->)", re.DOTALL)


def write(measurements: Measurements) -> None:
    """Replace the figures between the markers."""
    block = "\n".join(figures(measurements))
    text = README.read_text(encoding="utf-8")
    README.write_text(BLOCK.sub(lambda match: f"{match[1]}{block}\n{match[2]}", text), encoding="utf-8")


def figures(measurements: Measurements) -> Iterator[str]:
    """The lines between the markers."""
    shown = [goal for goal in measurements.goals if goal.what in HEADLINES]
    yield from goal_table(shown)
    machine = measurements.machine
    yield f"\nMeasured by `make bench` on {machine['processor']}, {machine['date'][:10]};"
    yield "[benchmarks/RESULTS.md](benchmarks/RESULTS.md) has all rows."
