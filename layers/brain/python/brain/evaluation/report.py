"""The files of a report: Markdown, JSON and a table of people."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path

from brain.evaluation.markdown import Report, markdown
from brain.evaluation.metrics import SetMetrics

COLUMNS = ("set", "name", "photos", "found", "top_1", "top_5", "mean_top_1_probability", "mistaken_for")


def write(folder: Path, report: Report) -> None:
    """Write `report.md`, `metrics.json` and `per_identity.csv`."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "report.md").write_text(markdown(report), encoding="utf-8")
    (folder / "metrics.json").write_text(as_json(report), encoding="utf-8")
    (folder / "per_identity.csv").write_text(people_csv(report.sets), encoding="utf-8")


def as_json(report: Report) -> str:
    """All metrics, unrounded."""
    document = {
        "command": report.subject.command,
        "model": report.subject.model.model_dump(),
        "sets": {
            metrics.name: set_document(metrics, metrics.name in report.subject.held_out)
            for metrics in report.sets
        },
        "verification": asdict(report.verification) if report.verification else None,
        "pair_calibration": asdict(report.pair_calibration) if report.pair_calibration else None,
    }
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def set_document(metrics: SetMetrics, held_out: bool) -> dict[str, object]:
    """The metrics of a set without its people, who have a table of their own."""
    document = asdict(metrics)
    del document["name"], document["people"]
    counts = {"known_photos": metrics.known_photos, "unknown_photos": metrics.unknown_photos}
    return {"held_out": held_out, "known_people": len(metrics.people), **counts, **document}


def people_csv(sets: Iterable[SetMetrics]) -> str:
    """A row for each identity of each set."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    for metrics in sets:
        for person in metrics.people:
            counts = (person.photos, person.found, person.top_1, person.top_5)
            probability = f"{person.probability:.4f}"
            writer.writerow((metrics.name, person.name, *counts, probability, person.mistaken_for))
    return text.getvalue()
