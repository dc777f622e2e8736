"""Which photo is used for what.

LFW's folders hold one person each. People with `MIN_PHOTOS` or more become the model's identities;
the rest still teach the network what faces look like, except for the strangers, whom it never sees.

| split | who | use |
|---|---|---|
| train | identities' first four fifths, and most other people | gradients, class means |
| calibrate | one in eight of an identity's training photos | temperature only |
| held_out | identities' last fifth (at least one), by file name | evaluation only |
| strangers | every tenth of the other people | evaluation only: nobody it knows |
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from brain.evaluation.photos import held_out_count, list_people, list_photos, readable, unseen

__all__ = [
    "MIN_PHOTOS",
    "Example",
    "held_out_count",
    "identities",
    "list_people",
    "list_photos",
    "readable",
    "split",
]

MIN_PHOTOS = 5


@dataclass(frozen=True)
class Example:
    """One photo: `identity` is the folder's name, or None for a photo nobody named."""

    path: Path
    identity: str | None
    split: str


def identities(people: dict[str, list[Path]], min_photos: int = MIN_PHOTOS) -> list[str]:
    """The people with enough photos, in the order of their labels."""
    return [name for name, photos in people.items() if len(photos) >= min_photos]


def split(people: dict[str, list[Path]], min_photos: int = MIN_PHOTOS) -> Iterator[Example]:
    """Assign every photo of every person to one of the four splits."""
    known = set(identities(people, min_photos))
    others = [name for name in people if name not in known]
    strangers = set(unseen(others))
    for name, photos in people.items():
        if name in strangers:
            yield from (Example(path, name, "strangers") for path in photos)
        elif name not in known:
            yield from (Example(path, name, "train") for path in photos)
        else:
            yield from _split_identity(name, photos)


def _split_identity(name: str, photos: list[Path]) -> Iterator[Example]:
    kept = len(photos) - held_out_count(len(photos))
    for index, path in enumerate(photos):
        if index >= kept:
            yield Example(path, name, "held_out")
        else:
            yield Example(path, name, "calibrate" if index % 8 == 7 else "train")
