"""Which features come in pairs. Knows nothing heavy."""

from __future__ import annotations

from collections.abc import Iterable

PAIRED = ("eye", "brow", "cheek")


def pair(part: str) -> tuple[str, str]:
    """The person's own left and right feature.

    >>> pair("eye")
    ('left eye', 'right eye')
    """
    return f"left {part}", f"right {part}"


def pairs_among(names: Iterable[str]) -> list[tuple[str, str]]:
    """The pairs of which both features are there."""
    there = set(names)
    return [pair(part) for part in PAIRED if there.issuperset(pair(part))]


def plural(both: tuple[str, str]) -> str:
    """>>> plural(("left eye", "right eye"))
    'eyes'
    """
    return both[0].removeprefix("left ") + "s"
