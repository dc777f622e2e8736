"""Builds a gallery from a folder of photos per person. An interrupted build can be resumed."""

from __future__ import annotations

import base64
import hashlib
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from brain.commands.terminal import Ticker
from brain.core.errors import BrainError, RefusedError
from brain.core.files import file_sha256
from brain.core.person_names import display_name
from brain.core.settings import PACKAGE, Settings
from brain.evaluation.fingerprint import source_digest
from brain.evaluation.journal import Journal, Record
from brain.evaluation.photos import held_out_count, list_people
from brain.pipeline.enrolment import FaceEmbedder
from brain.recognition.gallery import REMOVALS, Gallery, read_removals
from brain.recognition.loading import WEIGHTS
from brain.recognition.names import fold

JOURNAL = Path("build") / "people"
FACE_CODE = PACKAGE / "face"
HINT_FOLDER = "Give a folder that holds one folder of photos per person, named after the person."


@dataclass(frozen=True)
class BuildOptions:
    """The input of a gallery.

    Attributes:
        folder: one folder of photos per person.
        source: origin of the photos, stored in the gallery.
        leave_held_out: whether to leave out the last fifth of each person's photos, on which models are
            evaluated; a person's only photo stays.
        fresh: whether to compute every descriptor again, even those of an interrupted build.
    """

    folder: Path
    source: str
    leave_held_out: bool = False
    fresh: bool = False


@dataclass(frozen=True)
class Built:
    """A gallery, and what was left out of it.

    Attributes:
        gallery: all people with a usable photo.
        problems: why a photo was left out, such as `no-face`, by its path.
        removed: people in the folder who are on the list of removals.
    """

    gallery: Gallery
    problems: Mapping[Path, str]
    removed: Sequence[str]


@dataclass(frozen=True)
class DescribedPeople:
    """The descriptors of photos by person, and what was left out; see `Built`.

    Attributes:
        descriptors: name -> (n, D) of length 1, n at least 1.
    """

    descriptors: Mapping[str, np.ndarray]
    problems: Mapping[Path, str]
    removed: Sequence[str]


def build(settings: Settings, options: BuildOptions, ticker: Ticker) -> Built:
    """Compute the descriptors of the photos, and average them by person.

    Raises:
        RefusedError: no photo shows a face, or the network has no gallery.
        BrainError: codes 2 and 4.
    """
    found = describe_people(settings, options, ticker)
    weights_sha256 = file_sha256(settings.models_dir / settings.model / WEIGHTS)
    gallery = Gallery.from_descriptors(found.descriptors, options.source, weights_sha256)
    return Built(gallery, found.problems, found.removed)


def describe_people(settings: Settings, options: BuildOptions, ticker: Ticker) -> DescribedPeople:
    """Compute the descriptors of the photos of all people.

    Raises:
        RefusedError: no photo shows a face, or the network has no gallery.
        BrainError: codes 2 and 4.
    """
    removals = {fold(name) for name in read_removals(settings.models_dir / settings.model / REMOVALS)}
    people = photos_by_person(options)
    removed = [name for name in people if fold(name) in removals]
    photos = [(name, path) for name, paths in people.items() if name not in removed for path in paths]
    embedder = FaceEmbedder.load(settings)
    file = JOURNAL / f"{settings.model}.jsonl"
    if options.fresh:
        file.unlink(missing_ok=True)
    journal = Journal(file, run_fingerprint(embedder))
    records = describe([path for _, path in photos], embedder, journal, ticker)
    descriptors: dict[str, list[np.ndarray]] = {}
    problems: dict[Path, str] = {}
    for (name, path), record in zip(photos, records, strict=True):
        if "problem" in record:
            problems[path] = record["problem"]
        else:
            row = np.frombuffer(base64.b64decode(record["descriptor"]), np.float32)
            descriptors.setdefault(name, []).append(row)
    if not descriptors:
        raise RefusedError(f"no photo in {options.folder} shows a face", HINT_FOLDER)
    return DescribedPeople({name: np.stack(rows) for name, rows in descriptors.items()}, problems, removed)


def run_fingerprint(embedder: FaceEmbedder, code: Path = FACE_CODE) -> str:
    """A fingerprint of what affects descriptors beside the photos: the network, and how faces are found."""
    return hashlib.sha256(embedder.fingerprint.encode() + source_digest(code)).hexdigest()


def photos_by_person(options: BuildOptions) -> dict[str, list[Path]]:
    """The photos of each person, in the order of the folders' names.

    Raises:
        RefusedError: the folder contains no folder with photos.
    """
    if not options.folder.is_dir():
        raise RefusedError(f"there is no folder {options.folder}", HINT_FOLDER)
    people = {display_name(name): paths for name, paths in list_people(options.folder).items() if paths}
    if not people:
        raise RefusedError(f"{options.folder} holds no folder with photos", HINT_FOLDER)
    if not options.leave_held_out:
        return people
    return {
        name: paths[: -held_out_count(len(paths))] if len(paths) > 1 else paths
        for name, paths in people.items()
    }


def describe(
    photos: Sequence[Path], embedder: FaceEmbedder, journal: Journal, ticker: Ticker
) -> list[Record]:
    """A record with a descriptor or a problem for each photo. Known photos are not processed again."""
    records = journal.read()
    left = [path for path in photos if str(path.resolve()) not in records]
    start = time.monotonic()
    with journal.writing() as write:
        for number, path in enumerate(left, start=1):
            record = described(path, embedder)
            write(record)
            records[record["path"]] = record
            minutes = (time.monotonic() - start) / number * (len(left) - number) / 60
            done = len(photos) - len(left) + number
            ticker.show(f"Described {done:,} of {len(photos):,} photos, {minutes:.0f} minutes left")
    return [records[str(path.resolve())] for path in photos]


def described(path: Path, embedder: FaceEmbedder) -> Record:
    """The descriptor of a photo as base64 of float32, or the reason why it has none."""
    key = str(path.resolve())
    try:
        descriptor = embedder.embed(path.read_bytes())
    except BrainError as error:
        if not error.photo_at_fault:
            raise
        return {"path": key, "problem": error.reason}
    return {"path": key, "descriptor": base64.b64encode(descriptor.tobytes()).decode("ascii")}
