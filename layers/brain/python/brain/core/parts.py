"""Which facial features come in pairs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

PAIRED = ("eye", "brow", "cheek")


def pair(part: str) -> tuple[str, str]:
    """The names of the left and right feature, from the person's own point of view.

    >>> pair("eye")
    ('left eye', 'right eye')
    """
    return f"left {part}", f"right {part}"


def pairs_among(names: Iterable[str]) -> list[tuple[str, str]]:
    """The pairs whose two features are both among the names."""
    present = set(names)
    return [pair(part) for part in PAIRED if present.issuperset(pair(part))]


def is_pair(names: Sequence[str]) -> bool:
    """Whether names are those of a left and a right feature."""
    return len(names) == 2 and bool(pairs_among(names))


def plural(both: tuple[str, str]) -> str:
    """The plural name of a pair.

    >>> plural(("left eye", "right eye"))
    'eyes'
    """
    return both[0].removeprefix("left ") + "s"
