"""Finds the photos that `brain explain` explains, and the output folder of each."""

from __future__ import annotations

import fnmatch
import glob
import hashlib
import os
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from brain.core.errors import HintedError
from brain.core.formats import PHOTO_SUFFIXES
from brain.core.results import RESULT_FILE
from brain.pipeline.library import FACE_FOLDERS, OVERVIEW_FILE

ERRORS_FILE = "errors.jsonl"


class UsageError(HintedError):
    """The arguments contradict each other."""


@dataclass(frozen=True)
class Job:
    """A photo and its output folder."""

    photo: Path
    out: Path


def find_jobs(arguments: Sequence[Path], out: Path | None) -> list[Job]:
    """A job for each photo that is named directly, by a folder or by a pattern.

    A single photo's files go to `out`. Several photos have a folder each: `out/<stem>`, or `out/<path in the
    folder>` for photos that were found in a folder.

    Args:
        arguments: files, folders (searched recursively) and glob patterns.
        out: by default `<stem>_explained` for each photo, or `<folder>_explained`.

    Raises:
        UsageError: no photo was found, or `out` is not a folder.
    """
    if out is not None and out.exists() and not out.is_dir():
        raise UsageError(f"{out} is a file.", "Name a folder with --out.")
    expanded = [path for argument in arguments for path in expand(argument)]
    files = list(dict.fromkeys(path for path in expanded if not path.is_dir()))
    folders = list(dict.fromkeys(path for path in expanded if path.is_dir()))
    single = len(files) == 1 and not folders
    named = [Job(files[0], out or default_folder(files[0]))] if single else named_jobs(files, out)
    found = [job for folder in folders for job in jobs_in(folder, out, len(folders) + len(files) > 1)]
    if not named and not found:
        searched = ", ".join(map(str, arguments))
        raise UsageError(
            f"There is no photo in {searched}.",
            "Photos end in .jpg, .jpeg, .png, .webp, .heic, .heif or .avif.",
        )
    return without_collisions([*named, *found])


def batch_folder(arguments: Sequence[Path], out: Path | None) -> Path | None:
    """The folder for all files of a batch; None if each photo has a separate folder."""
    if out is not None:
        return out
    folders = [argument for argument in arguments if argument.is_dir()]
    return default_root(folders[0]) if len(arguments) == len(folders) == 1 else None


def expand(argument: Path) -> list[Path]:
    """The matches of a glob pattern, or the path itself if it is not a pattern."""
    if argument.exists() or not glob.has_magic(str(argument)):
        return [argument]
    return [Path(match) for match in sorted(glob.glob(str(argument), recursive=True))]  # noqa: PTH207


def named_jobs(files: Iterable[Path], out: Path | None) -> list[Job]:
    """The jobs for several files that were named one by one."""
    return [Job(path, default_folder(path) if out is None else out / path.stem) for path in files]


def default_folder(photo: Path) -> Path:
    """A photo's output folder without `--out`."""
    return Path(f"{photo.stem}_explained")


def default_root(folder: Path) -> Path:
    """The output folder for a folder of photos without `--out`."""
    return Path(f"{folder.resolve().name}_explained")


def jobs_in(folder: Path, out: Path | None, several: bool) -> list[Job]:
    """The photos in and below a folder, except for the pictures of results.

    Args:
        several: whether there are other folders or files, so that `out` has a folder for each.
    """
    within = Path(folder.resolve().name) if several else Path()
    root = default_root(folder) if out is None else out / within
    jobs = []
    for directory, folders, names in os.walk(folder):
        folders.sort()
        if RESULT_FILE in names or (OVERVIEW_FILE in names and fnmatch.filter(folders, FACE_FOLDERS)):
            folders.clear()
            continue
        photos = sorted(Path(directory, each) for each in names)
        jobs += [
            Job(path, root / path.relative_to(folder))
            for path in photos
            if path.suffix.lower() in PHOTO_SUFFIXES and not path.is_fifo()
        ]
    return jobs


def without_collisions(jobs: Sequence[Job]) -> list[Job]:
    """The jobs, with a checksum of the photo's path added to folders that several photos would share.

    Names that only differ in case collide too, because some file systems do not distinguish them.
    """
    counts = Counter(str(job.out).casefold() for job in jobs)
    return [job if counts[str(job.out).casefold()] == 1 else distinct(job) for job in jobs]


def distinct(job: Job) -> Job:
    """The same job with a folder that no other photo has."""
    digest = hashlib.sha256(os.fsencode(job.photo.resolve())).hexdigest()[:8]
    return Job(job.photo, job.out.with_name(f"{job.out.name}_{digest}"))
