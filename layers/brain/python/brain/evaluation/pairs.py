"""LFW's list of pairs: which two photos are compared, and whether they show the same person.

Huang, Ramesh, Berg, Learned-Miller, "Labeled Faces in the Wild", University of Massachusetts, Amherst,
technical report 07-49. The first line is `folds<TAB>pairs per class and fold`. Each fold lists its matching
pairs (`name n1 n2`), then its mismatched ones (`name1 n1 name2 n2`). A photo is `<name>/<name>_<n, four
digits>.jpg`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from brain.evaluation.errors import EvaluationError
from brain.evaluation.photos import LabelledPhoto

HINT = "Give LFW's pairs.txt (view 2), whose first line holds the number of folds and of pairs."
HINT_PHOTOS = "Name the folder of the photos with --pairs-photos."


@dataclass(frozen=True)
class Pair:
    """Two photos; `same` tells whether they show the same person, `fold` counts from 0."""

    first: Path
    second: Path
    same: bool
    fold: int


def read_pairs(file: Path, folder: Path) -> tuple[Pair, ...]:
    """The pairs of a list.

    Args:
        folder: holds a folder of photos per person.

    Raises:
        EvaluationError: the list is missing or malformed, or a photo is missing.
    """
    try:
        head, *lines = file.read_text(encoding="utf-8").splitlines()
        folds, count = map(int, head.split())
        pairs = tuple(
            _pair(line.split(), folder, number // (2 * count)) for number, line in enumerate(lines) if line
        )
    except (OSError, ValueError, ZeroDivisionError) as error:
        raise EvaluationError(f"{file} cannot be read as a list of pairs.", HINT) from error
    if len(pairs) != 2 * folds * count or folds < 2:
        raise EvaluationError(f"{file} should hold {2 * folds * count} pairs, but holds {len(pairs)}.", HINT)
    for path in dict.fromkeys(chain.from_iterable((pair.first, pair.second) for pair in pairs)):
        if not path.is_file():
            raise EvaluationError(f"{file.name} names {path}, which is missing.", HINT_PHOTOS)
    return pairs


def photos_in(pairs: Iterable[Pair]) -> Sequence[LabelledPhoto]:
    """Every photo of the pairs once, in order of first appearance. Labels are not used."""
    paths = dict.fromkeys(chain.from_iterable((pair.first, pair.second) for pair in pairs))
    return [LabelledPhoto(path, path.parent.name, None) for path in paths]


def _pair(words: Sequence[str], folder: Path, fold: int) -> Pair:
    if len(words) == 3:
        name, first, second = words
        return Pair(_photo(folder, name, first), _photo(folder, name, second), True, fold)
    name, first, other, second = words
    return Pair(_photo(folder, name, first), _photo(folder, other, second), False, fold)


def _photo(folder: Path, name: str, number: str) -> Path:
    return folder / name / f"{name}_{int(number):04}.jpg"
