"""A report goes into a card, and nothing else of the card changes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from brain.evaluation.card import update_card, with_section
from brain.evaluation.errors import EvaluationError

CARD = "# A model\n\n<!-- figures -->\nold figures\n<!-- end of figures -->\n\n## Limits\n"


def test_the_report_replaces_what_is_between_the_markers() -> None:
    report = "### Figures\n\n#### Names\n\n| top-1 | 98 % |\n\n![curve](curve.png)\n"
    assert with_section(CARD, "figures", report) == CARD.replace(
        "old figures", "#### Names\n\n| top-1 | 98 % |"
    )


def test_a_second_report_replaces_the_first() -> None:
    twice = with_section(with_section(CARD, "figures", "first"), "figures", "second")
    assert twice == with_section(CARD, "figures", "second")


def test_a_card_without_markers_is_refused() -> None:
    with pytest.raises(EvaluationError, match="no place for explanations"):
        with_section(CARD, "explanations", "figures")


def test_the_metrics_are_copied_beside_the_card_without_times(tmp_path: Path) -> None:
    (tmp_path / "model").mkdir()
    metrics = {"model": {}, "sets": {"lfw": {"found": 1.0, "latency": {"median": 0.1}}}}
    (tmp_path / "metrics.json").write_text(json.dumps(metrics))
    with pytest.raises(EvaluationError, match="no card"):
        update_card(tmp_path / "model", "figures", "new", tmp_path / "metrics.json")
    (tmp_path / "model" / "MODEL_CARD.md").write_text(CARD)
    update_card(tmp_path / "model", "figures", "new", tmp_path / "metrics.json")
    copied = json.loads((tmp_path / "model" / "metrics.json").read_text())
    assert copied == {"model": {}, "sets": {"lfw": {"found": 1.0}}}
    assert "\nnew\n" in (tmp_path / "model" / "MODEL_CARD.md").read_text()
