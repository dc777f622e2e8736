"""Enrolled photos as plain data, for rooms that compute nothing."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class EnrolledRecord:
    """An enrolled photo.

    Attributes:
        person: whom it shows.
        photo: identifies it among the person's photos.
        file: its name, for people to read.
        descriptor: base64 of float32.
    """

    person: str
    photo: str
    file: str
    descriptor: str
