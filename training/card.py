"""Put an evaluation's report into a model card: `python -m training.card [--model brain-mini]`.

No figure in a card is written by hand: what stands between the two marks is what `brain evaluate` found.
"""

from __future__ import annotations

import argparse
import re
from pathlib import Path

BEGIN, END = "<!-- figures -->", "<!-- end of figures -->"


def with_figures(card: str, report: str) -> str:
    """The card with the report between its marks, without the report's own title and plots.

    Raises:
        ValueError: the card lacks the marks.
    """
    before, begin, rest = card.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"the card has no place for figures: {BEGIN} ... {END}")
    # Plots stay beside the report, so the card cannot show them.
    text = re.sub(r"^(### Figures|!\[.*)\n+", "", report, flags=re.MULTILINE).strip()
    return f"{before}{BEGIN}\n{text}\n{END}{after}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--model", default="brain-mini")
    parser.add_argument("--models", type=Path, default=Path("models"))
    parser.add_argument("--report", type=Path, help="default: build/evaluation/<model>/report.md")
    options = parser.parse_args()
    card = options.models / options.model / "MODEL_CARD.md"
    report = options.report or Path("build/evaluation") / options.model / "report.md"
    text = with_figures(card.read_text(encoding="utf-8"), report.read_text(encoding="utf-8"))
    card.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
