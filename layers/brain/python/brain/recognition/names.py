"""The identities of a model as a list that can be searched. Imports no torch."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from brain.core.errors import NamesMissing

HINT = "names.txt must be beside the weights and hold one name per line, in label order."


@dataclass(frozen=True)
class Name:
    """An identity: `label` is the 0-based line of names.txt, `folded` what a search compares."""

    label: int
    name: str
    folded: str


def load_names(path: Path, identities: int | None = None) -> tuple[str, ...]:
    """The lines of names.txt: one name per identity, in label order.

    Raises:
        NamesMissing: code 5, when the file is absent, empty, not UTF-8, or of another length than
            `identities`, where that is known.
    """
    try:
        names = tuple(path.read_text(encoding="utf-8").splitlines())
    except (OSError, UnicodeDecodeError) as error:
        raise NamesMissing("names-absent", HINT) from error
    if not names or (identities is not None and len(names) != identities):
        raise NamesMissing("names-length", HINT)
    return names


def read_names(path: Path) -> tuple[Name, ...]:
    """The lines of names.txt, prepared for `search`.

    Raises:
        NamesMissing: code 5.
    """
    return index(load_names(path))


def index(names: Iterable[str]) -> tuple[Name, ...]:
    """Names in label order, prepared for `search`."""
    return tuple(Name(label, name, fold(name)) for label, name in enumerate(names))


def search(names: Sequence[Name], query: str) -> list[Name]:
    """The names that contain every word of the query, whatever its case and accents, in label order."""
    words = fold(query).split()
    return [name for name in names if all(word in name.folded for word in words)]


def display_name(folder: str) -> str:
    """A folder's name as text: NFC, with spaces for underscores."""
    return unicodedata.normalize("NFC", folder.replace("_", " "))


def fold(text: str) -> str:
    """The text without case and accents: `José` and `JOSE` become the same."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(char for char in decomposed if not unicodedata.combining(char))
