"""Which photo is used for what.

LFW's folders hold one person each. People with `MIN_PHOTOS` or more become the model's identities;
the rest still teach the network what faces look like, except for the strangers, whom it never sees.
Some identities are newcomers: no gradient comes from them, five photos each make their class mean, so
that their naming shows what the network can do with people it was not trained on.

| split | who | use |
|---|---|---|
| train | identities' first four fifths, and most other people | gradients, class means |
| shots | newcomers' first five photos | class means |
| calibrate | one in eight of an identity's training photos, newcomers' other photos | temperature |
| calibrate_strangers | one in twenty of the other people | telling the known from strangers |
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
    "newcomers",
    "readable",
    "split",
]

MIN_PHOTOS = 5
SHOTS = 5
FEW_PHOTOS = 10


@dataclass(frozen=True)
class Example:
    """One photo: `identity` is the folder's name, or None for a photo nobody named."""

    path: Path
    identity: str | None
    split: str


def identities(people: dict[str, list[Path]], min_photos: int = MIN_PHOTOS) -> list[str]:
    """The people with enough photos, in the order of their labels."""
    return [name for name, photos in people.items() if len(photos) >= min_photos]


def newcomers(people: dict[str, list[Path]], min_photos: int = MIN_PHOTOS) -> list[str]:
    """Every eighth of the identities with few photos, but with some left beyond the first five."""
    few = [name for name in identities(people, min_photos) if SHOTS < len(people[name]) < FEW_PHOTOS]
    return few[::8]


def split(people: dict[str, list[Path]], min_photos: int = MIN_PHOTOS) -> Iterator[Example]:
    """Assign every photo of every person to one of the splits."""
    known, new = set(identities(people, min_photos)), set(newcomers(people, min_photos))
    others = [name for name in people if name not in known]
    whole = dict.fromkeys(others, "train")
    whole |= dict.fromkeys(unseen(others), "strangers")
    whole |= dict.fromkeys(others[5::20], "calibrate_strangers")
    for name, photos in people.items():
        if name in known:
            yield from _split_identity(name, photos, name in new)
        else:
            yield from (Example(path, name, whole[name]) for path in photos)


def _split_identity(name: str, photos: list[Path], new: bool) -> Iterator[Example]:
    kept = len(photos) - held_out_count(len(photos))
    for index, path in enumerate(photos):
        if index >= kept:
            yield Example(path, name, "held_out")
        elif new:
            yield Example(path, name, "shots" if index < SHOTS else "calibrate")
        else:
            yield Example(path, name, "calibrate" if index % 8 == 7 else "train")
