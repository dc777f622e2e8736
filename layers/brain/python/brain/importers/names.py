"""Finds the names of an imported network's identities."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from brain.core.errors import NamesMissing
from brain.recognition.names import load_names

HINT = "Give the file with --names: one name per line, in label order, as published beside the weights."


def find_names(
    identities: int, given: Path | None, inside: tuple[str, ...], places: Iterable[Path]
) -> tuple[str, ...]:
    """One name per identity, in readable form.

    Args:
        given: the file that the user named; no other place is searched then.
        inside: names that the weights file itself lists.
        places: files that may exist, the best first.

    Raises:
        NamesMissing: code 5, no names were found, or not as many as there are identities.
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
    """Replace the underscores of the published list by spaces."""
    readable = tuple(name.replace("_", " ").strip() for name in names)
    if not all(readable):
        raise NamesMissing("names-length", f"Line {readable.index('') + 1} is empty. {HINT}")
    return readable
