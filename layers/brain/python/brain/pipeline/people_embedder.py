"""Descriptors as plain data, for rooms that store people but do not compute descriptors."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable, Iterable, Sequence
from typing import Protocol, Self

import numpy as np

from brain.core.enrolment import EnrolledRecord
from brain.core.files import file_sha256
from brain.core.settings import Settings
from brain.pipeline.enrolment import FaceEmbedder
from brain.recognition.enrolled import UNLIKE, EnrolledPeople, EnrolledPhoto, judges_likeness
from brain.recognition.loading import WEIGHTS, read_config


class StoredRecords(Protocol):
    """Enrolled photos, however they are stored."""

    @property
    def weights_sha256(self) -> str:
        """The SHA-256 of the weights that computed the descriptors."""

    def records(self) -> Iterable[EnrolledRecord]:
        """The photos."""


class PeopleEmbedder:
    """Computes the descriptors of photos, and compares photos of a person.

    Args:
        embed: computes the descriptor of a photo.
        weights_sha256: SHA-256 of the weights, in hex.
        judges: whether it was measured for this network how similar photos of one person are.
    """

    def __init__(self, embed: Callable[[bytes], np.ndarray], weights_sha256: str, *, judges: bool) -> None:
        self._embed = embed
        self._judges = judges
        self.weights_sha256 = weights_sha256

    @classmethod
    def load(cls, settings: Settings) -> Self:
        """Load the network according to the settings; see `FaceEmbedder.load`."""
        folder = settings.models_dir / settings.model
        judges = judges_likeness(read_config(folder).architecture)
        return cls(FaceEmbedder.load(settings).embed, file_sha256(folder / WEIGHTS), judges=judges)

    def describe(self, photo: bytes) -> str:
        """The descriptor of the most central face, as base64 of float32.

        Raises:
            BrainError: codes 1, 3 and 4.
        """
        return b64encode(self._embed(photo).astype("<f4").tobytes()).decode("ascii")

    def compare(self, photo: str, records: Sequence[EnrolledRecord]) -> tuple[float | None, bool]:
        """The cosine of a photo and the mean of the person's others, and whether it is unlike them.

        Args:
            photo: identifies the photo.
            records: all photos of the person.
        """
        people = enrolled_people(records, self.weights_sha256)
        found = {each.photo: value for each, value in people.similarities(records[0].person)}
        similarity = found[photo]
        if similarity is None:
            return None, False
        return min(1.0, similarity), self._judges and similarity < UNLIKE


def enrolled_people(records: Iterable[EnrolledRecord], weights_sha256: str) -> EnrolledPeople:
    """The people in some records."""
    return EnrolledPeople.of(map(EnrolledPhoto.of, records), weights_sha256)


class StoredPeople:
    """The people in stored records, which are converted again only after they have changed.

    Args:
        current: returns the stored records; the same object as long as nothing changes.
    """

    def __init__(self, current: Callable[[], StoredRecords]) -> None:
        self._current = current
        self._found: tuple[StoredRecords, EnrolledPeople | None] | None = None

    def people(self, weights_sha256: str) -> EnrolledPeople | None:
        """The current people; None if nobody is enrolled, or they were enrolled with another network.

        Args:
            weights_sha256: SHA-256 of the weights of the network that will name them.
        """
        stored = self._current()
        if self._found is None or self._found[0] is not stored:
            fits = stored.weights_sha256 == weights_sha256
            self._found = stored, enrolled_people(stored.records(), weights_sha256) if fits else None
        return self._found[1]
