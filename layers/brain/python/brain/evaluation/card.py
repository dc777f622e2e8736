"""Writes the figures of a report into a model's card, so that nobody copies them by hand.

`report.md` goes between `<!-- figures -->` and `<!-- end of figures -->` of MODEL_CARD.md, `explanations.md`
between `<!-- explanations -->` and `<!-- end of explanations -->`, `pair_explanations.md` likewise. The JSON
is copied beside the card. Times are left out: they depend on the machine. What was fitted on pairs is written
to `pairs.json`.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from brain.evaluation.errors import EvaluationError
from brain.recognition.pairs import PAIRS, PairCalibration

CARD = "MODEL_CARD.md"
TIMES = ("latency", "seconds")
# The report's title, its plots, which stay beside the report, and times.
LEFT_OUT = re.compile(r"^(### |!\[|Time per photo|Median time).*\n?", re.MULTILINE)
BLANK_LINES = re.compile(r"\n{3,}")


def update_card(model_folder: Path, section: str, report: str, metrics: Path) -> None:
    """Replace a section of a model's card.

    Args:
        section: `figures`, `explanations` or `pair_explanations`.
        report: Markdown.
        metrics: the report's JSON, which is copied into the model's folder.

    Raises:
        EvaluationError: the card is missing, or has no place for the section.
    """
    file = model_folder / CARD
    try:
        card = file.read_text(encoding="utf-8")
    except OSError as error:
        raise EvaluationError(f"There is no card at {file}.", "Evaluate without --card.") from error
    file.write_text(with_section(card, section, report), encoding="utf-8")
    document = without_times(json.loads(metrics.read_text(encoding="utf-8")))
    if document.get("pair_calibration"):
        PairCalibration(**document["pair_calibration"]["fitted"]).save(model_folder / PAIRS)
    text = json.dumps(document, indent=2, ensure_ascii=False)
    (model_folder / metrics.name).write_text(text + "\n", encoding="utf-8")


def without_times(document: dict[str, Any]) -> dict[str, Any]:
    """A report's JSON without the times of its sets, if it has sets."""
    if "sets" not in document:
        return document
    sets = {
        name: {key: value for key, value in metrics.items() if key not in TIMES}
        for name, metrics in document["sets"].items()
    }
    return {**document, "sets": sets}


def with_section(card: str, section: str, report: str) -> str:
    """The card with the report between the section's markers.

    Raises:
        EvaluationError: the card has no such markers.
    """
    begin, end = f"<!-- {section} -->", f"<!-- end of {section} -->"
    before, found, rest = card.partition(begin)
    _, ended, after = rest.partition(end)
    if not found or not ended:
        raise EvaluationError(f"{CARD} has no place for {section}.", f"Add the lines {begin} and {end}.")
    kept = BLANK_LINES.sub("\n\n", LEFT_OUT.sub("", report)).strip()
    return f"{before}{begin}\n{kept}\n{end}{after}"
