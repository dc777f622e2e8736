"""A report goes into a card, and nothing else of the card changes."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import pytest

from brain.evaluation.card import update_card, with_section
from brain.evaluation.errors import EvaluationError
from brain.recognition.pairs import PAIRS, PairCalibration

CARD = "# A model\n\n<!-- figures -->\nold figures\n<!-- end of figures -->\n\n## Limits\n"


def test_the_report_replaces_what_is_between_the_markers() -> None:
    report = "### Figures\n\n#### Names\n\n| top-1 | 98 % |\n\n![curve](curve.png)\n"
    assert with_section(CARD, "figures", report) == CARD.replace(
        "old figures", "#### Names\n\n| top-1 | 98 % |"
    )


def test_a_heading_keeps_its_blank_line_where_a_time_is_left_out() -> None:
    time = "Time per photo on one thread: 0.2 s."
    report = f"A face was found.\n{time}\n\n#### People\n\n![plot](plot.png)\n\n#### Pairs\n"
    expected = "A face was found.\n\n#### People\n\n#### Pairs"
    assert with_section(CARD, "figures", report) == CARD.replace("old figures", expected)


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
    assert not (tmp_path / "model" / "pairs.json").exists()
    assert "\nnew\n" in (tmp_path / "model" / "MODEL_CARD.md").read_text()


def test_what_was_fitted_on_pairs_goes_beside_the_card(tmp_path: Path) -> None:
    fitted = PairCalibration(slope=150.0, intercept=-136.0, source="pairs.txt, 6,000 pairs")
    document = {"pair_calibration": {"fitted": asdict(fitted)}}
    (tmp_path / "metrics.json").write_text(json.dumps(document))
    (tmp_path / "MODEL_CARD.md").write_text(CARD)
    update_card(tmp_path, "figures", "new", tmp_path / "metrics.json")
    assert PairCalibration.load(tmp_path / PAIRS) == fitted
