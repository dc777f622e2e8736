"""Keys of enrolment photos in the uploads bucket: `people/<Name>/<file>`. Imports no AWS library."""

from __future__ import annotations

import hashlib
import re

from brain.core.person_names import display_name, is_name
from brain.core.schema import ID_PATTERN

PEOPLE_PREFIX = "people/"
UPLOADS_FOLDER = "uploads"
FORGET = ".forget"
ANNOUNCED = re.compile(rf"people/[^/]+/{UPLOADS_FOLDER}/({ID_PATTERN.strip('^$')})")


def is_enrolment(key: str) -> bool:
    """Whether an object is a photo to enrol, or asks to forget a person."""
    return key.startswith(PEOPLE_PREFIX)


def person_of(key: str) -> str | None:
    """The person whom an enrolment photo is supposed to show; None if the key names nobody."""
    name, _, file = key.removeprefix(PEOPLE_PREFIX).partition("/")
    person = display_name(name).strip()
    return person if file and is_name(person) else None


def file_of(key: str) -> str:
    """An enrolment photo's name below the person's folder."""
    return key.removeprefix(PEOPLE_PREFIX).partition("/")[2]


def asks_to_forget(key: str) -> bool:
    """Whether an object asks to forget a person and all their photos."""
    return is_enrolment(key) and file_of(key) == FORGET


def person_key(person: str, file: str) -> str:
    """Key of an object in a person's folder; of the folder itself if `file` is empty."""
    return f"{PEOPLE_PREFIX}{person}/{file}"


def announced_key(person: str, upload_id: str) -> str:
    """Key of a photo that is enrolled through the API under an id."""
    return person_key(person, f"{UPLOADS_FOLDER}/{upload_id}")


def announced_id(key: str) -> str | None:
    """The id in a key that `announced_key` made; None for any other key."""
    found = ANNOUNCED.fullmatch(key)
    return found[1] if found else None


def digest(text: str) -> str:
    """The first 32 hex characters of the SHA-256: they stand for a key or a name that may be forgotten."""
    return hashlib.sha256(text.encode()).hexdigest()[:32]
