"""Markdown tables and numbers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence


def table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table."""
    return "\n".join(f"| {' | '.join(cells)} |" for cells in (heads, ["---"] * len(heads), *rows))


def percent(share: float | None) -> str:
    """A share with one decimal; empty for None."""
    return "" if share is None else f"{100 * share:.1f} %"
