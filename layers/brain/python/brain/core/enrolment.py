"""Enrolled photos as plain data, for rooms that do not compute descriptors."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class EnrolledRecord:
    """An enrolled photo.

    Attributes:
        person: whom it shows.
        photo: identifies the photo among the person's photos.
        file: its file name, for people to read.
        descriptor: base64 of float32.
    """

    person: str
    photo: str
    file: str
    descriptor: str
