"""A report goes into a card, and nothing else of the card changes."""

from __future__ import annotations

import pytest

from training.card import BEGIN, END, with_figures

CARD = f"# A model\n\n{BEGIN}\nold figures\n{END}\n\n## Limits\n"


def test_the_report_replaces_what_stood_between_the_marks() -> None:
    card = with_figures(CARD, "### Figures\n\n#### Names\n\n| top-1 | 98 % |\n\n![curve](curve.png)\n")
    assert card == f"# A model\n\n{BEGIN}\n#### Names\n\n| top-1 | 98 % |\n{END}\n\n## Limits\n"


def test_a_second_report_replaces_the_first() -> None:
    assert with_figures(with_figures(CARD, "first"), "second") == with_figures(CARD, "second")


def test_a_card_without_marks_is_refused() -> None:
    with pytest.raises(ValueError, match="no place for figures"):
        with_figures("# A model\n", "figures")
