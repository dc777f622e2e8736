"""The library's `OwnPeople`: enrols, checks, removes and copies the user's own people."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from brain.core.errors import BrainError, RefusedError
from brain.core.files import file_sha256, write_atomically
from brain.core.settings import Settings
from brain.pipeline.enrolment import FaceEmbedder
from brain.pipeline.people_folder import PeopleFolder
from brain.pipeline.photo_input import photo_bytes
from brain.pipeline.photo_outcome import (
    HINT_UNLIKE,
    UNLIKE_OTHERS,
    DescribedPhoto,
    PhotoOutcome,
    checked_name,
    outcome_of,
)
from brain.recognition.enrolled import UNLIKE, EnrolledPeople, EnrolledPhoto, alike, judges_likeness
from brain.recognition.gallery import GALLERY, Gallery
from brain.recognition.loading import WEIGHTS, read_config
from brain.recognition.people_document import read_document

if TYPE_CHECKING:
    import numpy as np

    from brain.pipeline.photo_input import Photo

Embed = Callable[[bytes], "np.ndarray"]
HINT_EXPORT = "Name a file that ends in .safetensors; the names go to a .json file beside it."
HINT_IMPORT = "Import people who were exported with the same network, or enrol their photos again."


@dataclass(frozen=True)
class Twins:
    """Two names that may belong to one person, and the cosine of their mean descriptors."""

    first: str
    second: str
    similarity: float


class OwnPeople:
    """The people that photos are compared with beside those embedded in the model.

    Args:
        settings: default: those of the `BRAIN_*` environment variables.
        embed: computes a photo's descriptor; default: the model's network, loaded on first use.
    """

    def __init__(self, settings: Settings | None = None, embed: Embed | None = None) -> None:
        self._embed = embed
        self._settings = settings or Settings.from_environment()
        self._model = self._settings.models_dir / self._settings.model
        self._folder = PeopleFolder(self._settings)

    @property
    def enrolled(self) -> EnrolledPeople:
        """All enrolled photos, with their descriptors.

        Raises:
            ForwardPassFailed: code 4, the file is damaged.
        """
        return self._folder.people() or EnrolledPeople((), self.weights_sha256)

    @property
    def names(self) -> tuple[str, ...]:
        """The names of all enrolled people, sorted."""
        people = self._folder.people()
        return people.names if people else ()

    @cached_property
    def weights_sha256(self) -> str:
        """The SHA-256 of the model's weights, in hex."""
        return file_sha256(self._model / WEIGHTS)

    def add(self, name: str, photos: Iterable[Photo], *, anyway: bool = False) -> list[PhotoOutcome]:
        """Enrol photos of a person, who may be enrolled already. Nothing is trained.

        A photo without a usable face is left out. So is one whose face is unlike the person's other photos,
        including those that are enrolled already. If a photo shows several faces, the most central one is
        used.

        Args:
            name: the person's name, any Unicode text.
            photos: paths, bytes, arrays or Pillow images; see `brain.explain`.
            anyway: whether to enrol photos that are unlike the others too.

        Returns:
            The outcome of each photo.

        Raises:
            BrainError: codes 2 and 4, the model cannot be used.
            RefusedError: the network has no gallery, or the name is invalid.
            OSError: the folder cannot be written.
            TypeError: `photos` is a single photo.
        """
        person = checked_name(name)
        described = self._describe(person, photos)
        outcomes = self._judge(person, described, anyway)
        enrolled = [
            each.photo
            for each, outcome in zip(described, outcomes, strict=True)
            if each.photo is not None and outcome.problem is None
        ]
        if enrolled:
            self._folder.change(self.weights_sha256, lambda people: people.adding(enrolled))
        return outcomes

    def try_out(self, name: str, photos: Iterable[Photo]) -> list[PhotoOutcome]:
        """What `add` would do, without enrolling anything. Raises the same errors."""
        person = checked_name(name)
        return self._judge(person, self._describe(person, photos), anyway=False)

    def remove(self, name: str) -> bool:
        """Forget a person: descriptors and name. Returns whether anybody of that name was enrolled.

        Raises:
            OSError: the folder cannot be written.
        """
        if name not in self.names:
            return False
        self._folder.change(self.weights_sha256, lambda people: people.without_person(name))
        return True

    def check(self) -> tuple[list[PhotoOutcome], list[Twins]]:
        """Enrolled photos that are unlike the person's others, and names that may belong to one person.

        The second of two people may be embedded in the model. For a network whose similarities were never
        measured, nothing is found.
        """
        people = self.enrolled
        if not people.photos or not self._judges_likeness:
            return [], []
        unlike = [
            PhotoOutcome(photo.file, name, UNLIKE_OTHERS, HINT_UNLIKE, similarity)
            for name in people.names
            for photo, similarity in people.similarities(name)
            if similarity is not None and similarity < UNLIKE
        ]
        own, embedded = people.gallery(), Gallery.load(self._model / GALLERY)
        return unlike, [Twins(*pair) for pair in [*alike(own), *alike(own, embedded)]]

    def export(self, path: Path) -> EnrolledPeople:
        """Write all people to a safetensors file, and the same without descriptors to a JSON file beside it.

        Raises:
            RefusedError: the path is that of the JSON file.
            OSError: the files cannot be written.
        """
        names = path.with_suffix(".json")
        if names == path:
            raise RefusedError(f"{path} cannot hold descriptors", HINT_EXPORT)
        people = self.enrolled
        data = people.to_bytes()
        write_atomically(path, data)
        document = json.dumps(read_document(data), ensure_ascii=False, indent=1)
        write_atomically(names, document.encode())
        return people

    def import_from(self, path: Path) -> EnrolledPeople:
        """Add all people in a file that `export` wrote.

        Returns:
            The people in the file.

        Raises:
            RefusedError: the file holds no people, or descriptors of another network.
            OSError: a file cannot be read or written.
        """
        try:
            imported = EnrolledPeople.from_bytes(path.read_bytes())
        except ValueError as error:
            raise RefusedError(f"{path} holds no people", HINT_IMPORT) from error
        if imported.weights_sha256 != self.weights_sha256:
            raise RefusedError(f"{path} holds descriptors of another network", HINT_IMPORT)
        self._folder.change(self.weights_sha256, lambda people: people.adding(imported.photos))
        return imported

    @property
    def _judges_likeness(self) -> bool:
        return judges_likeness(read_config(self._model).architecture)

    def _describe(self, person: str, photos: Iterable[Photo]) -> list[DescribedPhoto]:
        if isinstance(photos, str | bytes):
            raise TypeError("photos must be a list of photos, even if there is only one")
        self._embed = self._embed or FaceEmbedder.load(self._settings).embed
        described = []
        for number, photo in enumerate(photos, start=1):
            try:
                data, file = photo_bytes(photo)
                row = self._embed(data)
            except BrainError as error:
                if not error.photo_at_fault:
                    raise
                described.append(DescribedPhoto(label_of(photo, number), error=error))
                continue
            checksum = hashlib.sha256(data).hexdigest()[:32]
            enrolled = EnrolledPhoto(person, checksum, file or label_of(photo, number), row)
            described.append(DescribedPhoto(label_of(photo, number), enrolled))
        return described

    def _judge(self, person: str, described: list[DescribedPhoto], anyway: bool) -> list[PhotoOutcome]:
        found = [each.photo for each in described if each.photo is not None]
        together = self.enrolled.adding(found)
        similarities = {photo.photo: value for photo, value in together.similarities(person)}
        strict = self._judges_likeness and not anyway
        return [outcome_of(person, each, similarities, strict) for each in described]


def label_of(photo: Photo, number: int) -> str:
    """How messages refer to a photo."""
    return str(photo) if isinstance(photo, str | Path) else f"photo {number}"
