"""The names of an imported network's identities: where they are looked for, and how they are written."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from brain.core.errors import NamesMissing
from brain.recognition.names import load_names

HINT = "Give the file with --names: one name per line, in label order, as published beside the weights."


def find_names(
    identities: int, given: Path | None, inside: tuple[str, ...], places: Iterable[Path]
) -> tuple[str, ...]:
    """One name per identity, as a person writes it.

    Args:
        given: the file that was asked for; nothing else is looked at then.
        inside: names that the weights file lists itself.
        places: files that may exist, best first.

    Raises:
        NamesMissing: code 5, none found, or another number of names than of identities.
    """
    if given:
        return _readable(load_names(given, identities))
    if inside:
        if len(inside) != identities:
            raise NamesMissing(
                "names-length", f"The file lists {len(inside)} names, not {identities}. {HINT}"
            )
        return _readable(inside)
    for place in places:
        if place.is_file():
            return _readable(load_names(place, identities))
    raise NamesMissing("names-absent", HINT)


def _readable(names: Iterable[str]) -> tuple[str, ...]:
    """The published list joins the parts of a name by underscores."""
    readable = tuple(name.replace("_", " ").strip() for name in names)
    if not all(readable):
        raise NamesMissing("names-length", f"Line {readable.index('') + 1} is empty. {HINT}")
    return readable
