"""Runs `brain evaluate`, and reads what it wrote."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from brain.commands.cli import main


def evaluate(album: Path, *options: str) -> int:
    return main(["evaluate", "--model", "planted", "--processes", "1", *options, str(album)])


def read_metrics(folder: str = "build/evaluation/planted", name: str = "photos") -> dict[str, Any]:
    """A set's metrics."""
    metrics: dict[str, Any] = read_document(folder)["sets"][name]
    return metrics


def read_document(folder: str) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(Path(folder, "metrics.json").read_text(encoding="utf-8"))
    return document
