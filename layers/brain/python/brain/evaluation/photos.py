"""Which photos are asked, and who is to be named.

A folder holds one person, whose name is the folder's with blanks for underscores. The rule of what training
keeps apart stands here too, since training and evaluation must not differ in it.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

SUFFIXES = {".jpg", ".jpeg", ".png", ".webp"}
HELD_OUT_SHARE = 5
STRANGER_SHARE = 10


@dataclass(frozen=True)
class Question:
    """One photo to be named. `label` is the person's line of names.txt, None for nobody the model knows."""

    path: Path
    person: str
    label: int | None

    @property
    def key(self) -> str:
        """What a record about the photo has as its `path`."""
        return str(self.path.resolve())


def list_people(folder: Path) -> dict[str, list[Path]]:
    """The photos of each person in a folder of folders, both sorted by name."""
    people = sorted(path for path in folder.iterdir() if path.is_dir())
    return {person.name: list_photos(person) for person in people}


def list_photos(folder: Path) -> list[Path]:
    """The photos directly in a folder, sorted by name."""
    return sorted(path for path in folder.iterdir() if path.suffix.lower() in SUFFIXES)


def readable(name: str) -> str:
    """A folder's name as a person writes it."""
    return unicodedata.normalize("NFC", name.replace("_", " "))


def held_out_count(photos: int) -> int:
    """How many of an identity's photos, the last by file name, are kept for evaluation."""
    return max(1, photos // HELD_OUT_SHARE)


def unseen(others: Sequence[str]) -> Sequence[str]:
    """Those of the people who are no identities whom training never sees."""
    return others[::STRANGER_SHARE]


def questions(
    people: dict[str, list[Path]], names: Sequence[str], held_out: bool = False
) -> tuple[Question, ...]:
    """The photos to ask, identities' and strangers', in the order of the folders.

    Args:
        people: photos by folder name, as `list_people` gives them.
        names: the model's identities in label order.
        held_out: only what training keeps apart: identities' last fifth, every tenth of the others.
    """
    labels = {readable(name): label for label, name in enumerate(names)}
    others = [folder for folder in people if readable(folder) not in labels]
    left_out = set(others) - set(unseen(others)) if held_out else set()
    chosen = []
    for folder, photos in people.items():
        label = labels.get(readable(folder))
        if held_out and label is not None:
            photos = photos[-held_out_count(len(photos)) :]
        if folder not in left_out:
            chosen += [Question(path, readable(folder), label) for path in photos]
    return tuple(chosen)


def strangers_in(folder: Path) -> tuple[Question, ...]:
    """Every photo in and below a folder, as one of nobody whom the model knows."""
    found = sorted(path for path in folder.rglob("*") if path.suffix.lower() in SUFFIXES and path.is_file())
    return tuple(Question(path, readable(path.parent.name), None) for path in found)


def count_photos(people: dict[str, list[Path]], names: Iterable[str]) -> dict[int, int]:
    """How many photos there are of each identity, by label; those without any are left out."""
    counts = {readable(folder): len(photos) for folder, photos in people.items()}
    return {label: n for label, name in enumerate(names) if (n := counts.get(readable(name), 0))}
