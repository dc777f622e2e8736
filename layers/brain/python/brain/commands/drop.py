"""brain drop PHOTO ...: upload photos to the bucket of a stack, to be explained there."""

from __future__ import annotations

import argparse
import hashlib
import os
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from brain.cloud.uploads import is_id
from brain.commands.aws import CloudError
from brain.commands.bucket import Buckets, add_buckets
from brain.commands.dropped import DroppedPhoto, DroppedPhotos
from brain.commands.jobs import Job, UsageError, batch_folder, find_jobs
from brain.commands.output import BatchProgress
from brain.commands.terminal import (
    CANNOT_WRITE,
    INTERRUPTED,
    UNAVAILABLE,
    USAGE_ERROR,
    Ticker,
    complain,
    positive,
)
from brain.core.files import file_sha256

UNREADABLE = 1


def register(commands: Any) -> None:
    """Add the command to the parser's subcommands."""
    parser = commands.add_parser(
        "drop",
        help="upload photos to a stack's bucket",
        description="Upload photos to a stack's bucket, which explains them. The same command resumes it and "
        "skips what is there. `brain results` waits for the results and collects them.",
    )
    parser.add_argument("photos", nargs="+", type=Path, metavar="PHOTO", help="a file, a folder or a pattern")
    parser.add_argument(
        "--out",
        type=Path,
        metavar="DIR",
        help="folder of the results; default: <folder>_explained, or explained",
    )
    parser.add_argument(
        "--prefix", metavar="KEY", help="start of the keys; default: inbox/, or inbox/<folder>/"
    )
    parser.add_argument(
        "--face", type=int, default=0, metavar="N", help="index of the face; 0 is the main one"
    )
    parser.add_argument("--compare-with", metavar="ID", help="id of a result to compare the photos with")
    parser.add_argument("--parallel", type=positive, default=8, metavar="N", help="uploads at the same time")
    parser.add_argument("--fresh", action="store_true", help="upload photos again that are already there")
    add_buckets(parser)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Upload the photos.

    Returns:
        0; 1 when a photo could not be read, 64 for a usage error, 69 when AWS cannot be used, 73 when the
        list of photos could not be written, 130 when interrupted.
    """
    try:
        return Dropper.of(options).run(options.parallel)
    except UsageError as error:
        return complain(str(error), error.hint, USAGE_ERROR)
    except CloudError as error:
        return complain(str(error), f"{error.hint} The same command resumes.", UNAVAILABLE)
    except OSError as error:
        return complain(f"cannot write: {error}", "Name another folder with --out.", CANNOT_WRITE)
    except KeyboardInterrupt:
        return complain("Interrupted.", "Run the same command again to resume.", INTERRUPTED)


@dataclass
class Dropper:
    """Uploads photos.

    Attributes:
        buckets: of the stack.
        out: the folder of all results.
        photos: each file, the folder of its results relative to `out`, and its key.
        metadata: metadata of every object.
        known: photos that were dropped earlier, by bucket and key.
        stored: the ETags in the bucket by key.
    """

    buckets: Buckets
    out: Path
    photos: list[tuple[Path, str, str]]
    metadata: dict[str, str]
    known: dict[tuple[str, str], DroppedPhoto] = field(default_factory=dict)
    stored: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, options: argparse.Namespace) -> Dropper:
        """The dropper that the options describe.

        Raises:
            UsageError: there are no photos, or the options contradict each other.
            CloudError: AWS cannot be used.
        """
        out: Path = options.out or batch_folder(options.photos, None) or Path("explained")
        jobs = find_jobs(options.photos, out)
        photos = [(job.photo, folder_of(job, out), folder_of(job, out, with_suffix=True)) for job in jobs]
        prefix = default_prefix(options.photos) if options.prefix is None else options.prefix
        photos = [(photo, folder, f"{prefix}{key}") for photo, folder, key in photos]
        buckets = Buckets.connect(options)
        dropper = cls(buckets, out, photos, metadata_of(options))
        if not options.fresh:
            dropper.known = DroppedPhotos(out).by_key()
            dropper.stored = buckets.etags(prefix)
        return dropper

    def run(self, parallel: int) -> int:
        """Upload the photos that are not in the bucket yet.

        Returns:
            0, or 1 when a photo could not be read.

        Raises:
            CloudError: AWS cannot be used.
            OSError: the list of photos cannot be written.
        """
        ticker, dropped_photos = Ticker(), DroppedPhotos(self.out)
        progress = BatchProgress(len(self.photos), ticker, verb="dropped")
        for (photo, _, _), dropped, reused in self._drop_all(parallel):
            if dropped is None:
                ticker.clear()
                complain(
                    f"There is no readable file at {photo}.", "The other photos are dropped.", UNREADABLE
                )
            elif not reused or self.known.get((dropped.bucket, dropped.key)) != dropped:
                dropped_photos.add(dropped)
            progress.advance(reused=reused, failed=dropped is None)
        ticker.clear()
        print(progress.summary(), file=sys.stderr)
        print(f"`brain results {self.out}` collects the results.", file=sys.stderr)
        return UNREADABLE if progress.failed else 0

    def _drop_all(self, parallel: int) -> Iterator[tuple[tuple[Path, str, str], DroppedPhoto | None, bool]]:
        """Each photo, its object (None if the file cannot be read), and whether it was uploaded before."""
        with ThreadPoolExecutor(parallel) as pool:
            try:
                yield from (
                    (photo, *found)
                    for photo, found in zip(self.photos, pool.map(self._drop, self.photos), strict=True)
                )
            finally:
                pool.shutdown(cancel_futures=True)

    def _drop(self, target: tuple[Path, str, str]) -> tuple[DroppedPhoto | None, bool]:
        photo, folder, key = target
        try:
            sha256 = file_sha256(photo)
            dropped = self._there(photo, folder, key, sha256)
            if dropped is not None:
                return dropped, True
            etag = self.buckets.drop(photo, key, self.metadata)
        except OSError:
            return None, False
        return self._described(photo, folder, key, etag, sha256), False

    def _there(self, photo: Path, folder: str, key: str, sha256: str) -> DroppedPhoto | None:
        """The photo's object, if it is in the bucket or was explained already."""
        known, etag = self.known.get((self.buckets.uploads, key)), self.stored.get(key)
        if known is not None:
            if (known.sha256, known.metadata) != (sha256, self.metadata):
                return None
            is_there = known.etag == etag or self.buckets.finished(known.id) is not None
            return self._described(photo, folder, key, known.etag, sha256) if is_there else None
        # Another program, such as `aws s3 sync`, may have uploaded it, but without metadata.
        if etag is None or self.metadata or etag != md5_of(photo):
            return None
        return self._described(photo, folder, key, etag, sha256)

    def _described(self, photo: Path, folder: str, key: str, etag: str, sha256: str) -> DroppedPhoto:
        return DroppedPhoto(as_text(photo), folder, self.buckets.uploads, key, etag, sha256, self.metadata)


def metadata_of(options: argparse.Namespace) -> dict[str, str]:
    """The metadata of the objects.

    Raises:
        UsageError: a value is malformed.
    """
    if options.face < 0:
        raise UsageError(f"There is no face {options.face}.", "Faces are counted from 0.")
    if options.compare_with is not None and not is_id(options.compare_with):
        raise UsageError(f"{options.compare_with!r} is not the id of a result.", "`brain id` prints ids.")
    metadata = {"face": str(options.face)} if options.face else {}
    return metadata | ({"compare-with": options.compare_with} if options.compare_with else {})


def default_prefix(arguments: Sequence[Path]) -> str:
    """The prefix of the photos' keys: the same keys as those of `aws s3 sync FOLDER .../inbox/FOLDER`."""
    is_folder = len(arguments) == 1 and arguments[0].is_dir()
    return f"inbox/{as_text(Path(arguments[0].resolve().name))}/" if is_folder else "inbox/"


def folder_of(job: Job, out: Path, with_suffix: bool = False) -> str:
    """A job's folder, relative to the folder of all results; with the photo's suffix, a key ends in it."""
    folder = job.out.relative_to(out)
    if folder == Path():
        folder = Path(job.photo.name)
    name = as_text(folder)
    suffix = job.photo.suffix
    return name + suffix if with_suffix and not name.lower().endswith(suffix.lower()) else name


def as_text(path: Path) -> str:
    """A path with forward slashes. Bytes that are not UTF-8 are replaced."""
    return os.fsencode(path.as_posix()).decode("utf-8", "replace")


def md5_of(photo: Path) -> str:
    """The ETag of an object that was uploaded in one piece and is not encrypted with a KMS key."""
    with photo.open("rb") as file:
        return hashlib.file_digest(file, lambda: hashlib.md5(usedforsecurity=False)).hexdigest()
