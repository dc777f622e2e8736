"""The user's own people: the descriptors of enrolled photos, from which a gallery is computed.

The collection is a set: its bytes, its version and its gallery do not depend on the order in which photos
were added. Imports no torch.
"""

from __future__ import annotations

import hashlib
import json
from base64 import b64decode
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import groupby
from operator import attrgetter
from typing import Any

import numpy as np
from safetensors import SafetensorError
from safetensors.numpy import load, save

from brain.core.enrolment import EnrolledRecord
from brain.recognition.gallery import Gallery, cosines_to_others, photo_weights
from brain.recognition.people_document import DOCUMENT, NO_PEOPLE, read_document

SOURCE = "people of one's own"
# Cosines of dlib's network. For LFW's people with six photos or more, 0.4 % of their photos are less similar
# than UNLIKE to the mean of four others of the same person, and 0.3 % of other people's photos are more
# similar.
UNLIKE = 0.93
# 1 % of the means over three photos of one person are less similar than ALIKE to the mean over three others,
# and 0.01 % of the means of two people are more similar.
ALIKE = 0.96
MEASURED = ("dlib-resnet",)


@dataclass(frozen=True)
class EnrolledPhoto:
    """A photo of a person.

    Attributes:
        person: the person's name.
        photo: identifies the photo among the person's, such as its checksum or its object key.
        file: the photo's file name, for people to read.
        descriptor: (D,) float32 of length 1.
    """

    person: str
    photo: str
    file: str
    descriptor: np.ndarray

    @classmethod
    def of(cls, record: EnrolledRecord) -> EnrolledPhoto:
        """The photo in a record."""
        row = np.frombuffer(b64decode(record.descriptor), "<f4").astype(np.float32)
        return cls(record.person, record.photo, record.file, row)

    @property
    def key(self) -> tuple[str, str]:
        """What identifies the photo in a collection."""
        return self.person, self.photo


@dataclass(frozen=True)
class EnrolledPeople:
    """Enrolled photos, sorted by person and photo.

    Attributes:
        photos: each key occurs once.
        weights_sha256: SHA-256 of the weights that computed the descriptors, in hex.
    """

    photos: tuple[EnrolledPhoto, ...]
    weights_sha256: str

    @classmethod
    def of(cls, photos: Iterable[EnrolledPhoto], weights_sha256: str) -> EnrolledPeople:
        """The collection of some photos. Of two photos with the same key, the later one counts."""
        by_key = {photo.key: photo for photo in photos}
        return cls(tuple(by_key[key] for key in sorted(by_key)), weights_sha256)

    @property
    def names(self) -> tuple[str, ...]:
        """All people with a photo, sorted by name, as in `gallery`."""
        return tuple(self._by_person)

    def of_person(self, name: str) -> tuple[EnrolledPhoto, ...]:
        """A person's photos."""
        return self._by_person.get(name, ())

    @cached_property
    def _by_person(self) -> dict[str, tuple[EnrolledPhoto, ...]]:
        return {name: tuple(photos) for name, photos in groupby(self.photos, attrgetter("person"))}

    def adding(self, photos: Iterable[EnrolledPhoto]) -> EnrolledPeople:
        """The collection with more photos. A photo with a known key replaces the earlier one."""
        return EnrolledPeople.of([*self.photos, *photos], self.weights_sha256)

    def without_person(self, name: str) -> EnrolledPeople:
        """The collection without a person."""
        return replace(self, photos=tuple(photo for photo in self.photos if photo.person != name))

    def gallery(self) -> Gallery:
        """One row per person. A photo that was added twice counts once.

        Raises:
            ValueError: there are no photos.
        """
        rows = {name: distinct(photos) for name, photos in self._by_person.items()}
        return Gallery.from_descriptors(rows, SOURCE, self.weights_sha256)

    def similarities(self, name: str) -> Iterator[tuple[EnrolledPhoto, float | None]]:
        """Each photo of a person with its cosine to the mean of the others; None if there are no others.

        The others are weighted as in the gallery, so that one wrong photo does not affect the right ones
        much.
        """
        photos = self.of_person(name)
        rows = distinct(photos).astype(np.float64) if photos else np.zeros((0, 0))
        cosines = cosines_to_others(rows, photo_weights(rows))[:, 0] if len(rows) > 1 else [None]
        by_row = {
            row.astype(np.float32).tobytes(): cosine for row, cosine in zip(rows, cosines, strict=False)
        }
        for photo in photos:
            cosine = by_row[photo.descriptor.tobytes()]
            yield photo, None if cosine is None else float(cosine)

    @cached_property
    def version(self) -> str:
        """The SHA-256 of `to_bytes`, in hex: equal for equal collections."""
        return hashlib.sha256(self.to_bytes()).hexdigest()

    def to_bytes(self, **further: Any) -> bytes:
        """A safetensors file with `descriptors` (n, D), and one JSON document as metadata.

        Args:
            further: entries to add to the document.
        """
        about = {
            "weights_sha256": self.weights_sha256,
            "photos": [[photo.person, photo.photo, photo.file] for photo in self.photos],
            **further,
        }
        rows = [photo.descriptor for photo in self.photos]
        descriptors = np.stack(rows) if rows else np.zeros((0, 0), np.float32)
        return save({"descriptors": descriptors}, {DOCUMENT: json.dumps(about, ensure_ascii=False)})

    @classmethod
    def from_bytes(cls, data: bytes) -> EnrolledPeople:
        """Read what `to_bytes` wrote.

        Raises:
            ValueError: the bytes are not enrolled people.
        """
        try:
            about = read_document(data)
            descriptors = load(data)["descriptors"].astype(np.float32)
            photos = [
                EnrolledPhoto(person, photo, file, row)
                for (person, photo, file), row in zip(about["photos"], descriptors, strict=True)
            ]
            return cls.of(photos, about["weights_sha256"])
        except (SafetensorError, KeyError, TypeError) as error:
            raise ValueError(NO_PEOPLE) from error


def distinct(photos: Iterable[EnrolledPhoto]) -> np.ndarray:
    """The distinct descriptors of some photos, (n, D), in a canonical order."""
    rows: np.ndarray = np.unique(np.stack([photo.descriptor for photo in photos]), axis=0)
    return rows


def judges_likeness(architecture: str) -> bool:
    """Whether `UNLIKE` and `ALIKE` were measured with a network of this architecture."""
    return architecture in MEASURED


def alike(gallery: Gallery, other: Gallery | None = None) -> list[tuple[str, str, float]]:
    """Pairs of names that may belong to one person, and their cosine. Pairs of equal names are left out.

    Args:
        other: the gallery of the second name of each pair; None for the same gallery.
    """
    second = other or gallery
    cosines = gallery.means @ second.means.T
    if other is None:
        cosines = np.triu(cosines, 1)
    pairs = [(int(row), int(column)) for row, column in np.argwhere(cosines >= ALIKE)]
    return [
        (gallery.names[row], second.names[column], float(cosines[row, column]))
        for row, column in pairs
        if gallery.names[row] != second.names[column]
    ]
