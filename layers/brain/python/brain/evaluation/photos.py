"""The photos of an evaluation and their labels.

A folder holds one person's photos. Its name is the person's, with underscores for spaces.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from brain.core.formats import PHOTO_SUFFIXES
from brain.core.person_names import display_name

HELD_OUT_SHARE = 5
UNKNOWN_SHARE = 10


@dataclass(frozen=True)
class LabelledPhoto:
    """A photo and the person in it.

    Attributes:
        person: the person's name.
        label: the person's 0-based line of names.txt; None for a person whom the model does not know.
        excluded: a label that is taken out of the model: the photo counts as one of an unknown person, but
            the model knows somebody of that name.
    """

    path: Path
    person: str
    label: int | None
    excluded: int | None = None

    @property
    def key(self) -> str:
        """Identifies the photo's record in a journal."""
        path = str(self.path.resolve())
        return path if self.excluded is None else f"{path} without {self.excluded}"


def list_people(folder: Path) -> dict[str, list[Path]]:
    """The photos of each person in a folder of folders, both sorted by name."""
    people = sorted(path for path in folder.iterdir() if path.is_dir())
    return {person.name: list_photos(person) for person in people}


def list_photos(folder: Path) -> list[Path]:
    """The photos directly in a folder, sorted by name."""
    return sorted(filter(is_photo, folder.iterdir()))


def is_photo(path: Path) -> bool:
    """Whether a path is that of a file with the suffix of a photo."""
    return path.suffix.lower() in PHOTO_SUFFIXES and path.is_file()


def labels_by_name(names: Iterable[str]) -> dict[str, int]:
    """Labels by display name."""
    return {display_name(name): label for label, name in enumerate(names)}


def held_out_count(photos: int) -> int:
    """How many of an identity's photos are held out: a fifth, at least one, but never the only one."""
    return max(1, photos // HELD_OUT_SHARE) if photos > 1 else 0


def held_out_unknown(people: Sequence[str]) -> Sequence[str]:
    """The people who are not identities and are held out for evaluation: every tenth."""
    return people[::UNKNOWN_SHARE]


def labelled_photos(
    people: Mapping[str, Sequence[Path]], names: Sequence[str], held_out: bool = False
) -> tuple[LabelledPhoto, ...]:
    """The photos of known and unknown people, in the order of the folders.

    Args:
        people: photos by folder name, as `list_people` returns them.
        names: the model's identities in label order.
        held_out: only the last fifth of each identity's photos, and every tenth of the other people.
    """
    labels = labels_by_name(names)
    others = [folder for folder in people if display_name(folder) not in labels]
    skipped = set(others) - set(held_out_unknown(others)) if held_out else set()
    chosen: list[LabelledPhoto] = []
    for folder, photos in people.items():
        person = display_name(folder)
        label = labels.get(person)
        if held_out and label is not None:
            photos = photos[len(photos) - held_out_count(len(photos)) :]
        if folder not in skipped:
            chosen += [LabelledPhoto(path, person, label) for path in photos]
    return tuple(chosen)


def unknown_photos(folder: Path, names: Sequence[str]) -> tuple[LabelledPhoto, ...]:
    """Every photo in and below a folder, as photos of unknown people.

    If the model knows somebody by the name of a photo's folder, that label is excluded.
    """
    labels = labels_by_name(names)
    paths = sorted(filter(is_photo, folder.rglob("*")))
    people = [display_name(path.parent.name) for path in paths]
    return tuple(
        LabelledPhoto(path, person, None, labels.get(person))
        for path, person in zip(paths, people, strict=True)
    )


def count_photos(people: Mapping[str, Sequence[Path]], names: Iterable[str]) -> dict[int, int]:
    """The number of photos of each identity, by label; identities without photos are left out."""
    counts = {display_name(folder): len(photos) for folder, photos in people.items()}
    return {label: n for label, name in enumerate(names) if (n := counts.get(display_name(name), 0))}
