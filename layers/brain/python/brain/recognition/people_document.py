"""Reads the JSON document in a file of enrolled people. Imports neither numpy nor torch."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

DOCUMENT = "people"
NO_PEOPLE = "the file holds no people"


def read_document(data: bytes) -> dict[str, Any]:
    """The JSON document in the bytes of enrolled people, without their descriptors.

    Raises:
        ValueError: the bytes are not enrolled people.
    """
    try:
        size = int.from_bytes(data[:8], "little")
        header = json.loads(data[8 : 8 + size])
        document: dict[str, Any] = json.loads(header["__metadata__"][DOCUMENT])
    except (KeyError, TypeError, ValueError) as error:
        raise ValueError(NO_PEOPLE) from error
    return document


def photos_by_person(document: dict[str, Any]) -> dict[str, int]:
    """The number of photos of each person, in the order of the gallery's rows."""
    return dict(Counter(person for person, _, _ in document["photos"]))
