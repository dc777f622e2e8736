"""The files of a report: the figures as Markdown, as JSON and as a table of people."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path

from brain.evaluation.figures import Figures, Person
from brain.evaluation.markdown import Subject, markdown


def write(folder: Path, subject: Subject, figures: Figures) -> None:
    """Write `report.md`, `figures.json` and `per_identity.csv`."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "report.md").write_text(markdown(subject, figures), encoding="utf-8")
    (folder / "figures.json").write_text(as_json(subject, figures), encoding="utf-8")
    (folder / "per_identity.csv").write_text(people_csv(figures.people), encoding="utf-8")


def as_json(subject: Subject, figures: Figures) -> str:
    """Everything, unrounded."""
    whole = {**asdict(subject), "model": subject.model.model_dump(), **asdict(figures)}
    return json.dumps(whole, indent=2, ensure_ascii=False) + "\n"


def people_csv(people: Iterable[Person]) -> str:
    """One row an identity."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(("name", "photos", "found", "top_1", "top_5", "mean_first_probability", "mistaken_for"))
    for one in people:
        probability = f"{one.probability:.4f}"
        writer.writerow(
            (one.name, one.photos, one.found, one.top_1, one.top_5, probability, one.mistaken_for)
        )
    return text.getvalue()
