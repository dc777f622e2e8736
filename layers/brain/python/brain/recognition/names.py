"""The identities of a model as a searchable list. Imports no torch."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from brain.core.errors import NamesMissing

HINT = "names.txt must be beside the weights and hold one name per line, in label order."
LINE_ENDING = re.compile(r"\r\n|\r|\n")


@dataclass(frozen=True)
class Name:
    """An identity: `label` is the 0-based line of names.txt, `folded` the form that a search compares."""

    label: int
    name: str
    folded: str


def load_names(path: Path, identities: int | None = None) -> tuple[str, ...]:
    """The lines of names.txt: one name per identity, in label order.

    A byte order mark, any kind of line ending and empty lines at the end are accepted.

    Raises:
        NamesMissing: code 5, the file is missing, is not UTF-8, has an empty line, or has another length than
            `identities`, if that is known.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise NamesMissing("names-absent", HINT) from error
    # Not `splitlines`, which also splits at characters that may occur in a name.
    names = LINE_ENDING.split(_decoded(data, path))
    while len(names) > 1 and not names[-1].strip():
        names.pop()
    for number, name in enumerate(names, start=1):
        if not name.strip():
            raise NamesMissing("names-length", f"Line {number} of {path.name} is empty. {HINT}")
    if identities is not None and len(names) != identities:
        raise NamesMissing("names-length", f"{path.name} has {len(names)} names, not {identities}. {HINT}")
    return tuple(names)


def _decoded(data: bytes, path: Path) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = len(re.findall(rb"\r\n|\r|\n", data[: error.start])) + 1
        hint = f"Line {line} of {path.name} is not UTF-8. Save the file as UTF-8."
        raise NamesMissing("names-encoding", hint) from error


def read_names(path: Path) -> tuple[Name, ...]:
    """The lines of names.txt, prepared for `search`.

    Raises:
        NamesMissing: code 5.
    """
    return index(load_names(path))


def index(names: Iterable[str], start: int = 0) -> tuple[Name, ...]:
    """Names in label order, prepared for `search`.

    Args:
        start: label of the first name.
    """
    return tuple(Name(label, name, fold(name)) for label, name in enumerate(names, start))


def search(names: Sequence[Name], query: str) -> list[Name]:
    """The names that contain every word of the query, ignoring case and accents, in label order."""
    words = fold(query).split()
    return [name for name in names if all(word in name.folded for word in words)]


def fold(text: str) -> str:
    """The text without case and accents: `José` and `JOSE` become the same."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(char for char in decomposed if not unicodedata.combining(char))
