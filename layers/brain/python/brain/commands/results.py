"""brain results DIR: wait for the results of dropped photos, and collect them in a folder."""

from __future__ import annotations

import argparse
import hashlib
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from brain.commands.aws import CloudError
from brain.commands.bucket import Buckets, add_buckets
from brain.commands.dropped import DroppedPhoto, DroppedPhotos
from brain.commands.jobs import Job
from brain.commands.output import BatchProgress, Printer, print_batch
from brain.commands.terminal import (
    INTERRUPTED,
    UNAVAILABLE,
    UNFINISHED,
    USAGE_ERROR,
    Ticker,
    complain,
    positive,
)
from brain.commands.worker import Outcome
from brain.core.clock import now
from brain.core.errors import ForwardPassFailed
from brain.core.results import RESULT_FILE, PhotoRequest, Result, Source, Status, failed_result
from brain.pipeline.library import Explanation

PARALLEL = 16
SHORTEST_PAUSE = 1.0
PHOTOS_PER_SECOND = 200  # polled while waiting, so that many photos do not cost many requests
PATIENCE_MINUTES = 30  # longer than the service keeps trying to explain a photo
HINT_VERSION = "Another version of BRAIN wrote the result. Use the same version here and in the stack."


def register(commands: Any) -> None:
    """Add the command to the parser's subcommands."""
    parser = commands.add_parser(
        "results",
        help="collect the results of dropped photos",
        description="Wait for the results of photos that `brain drop` or another program put into a stack's "
        "bucket, and collect them as `brain explain` does. The same command resumes it.",
    )
    parser.add_argument(
        "directory", type=Path, metavar="DIR", help="folder of the results; see brain drop --out"
    )
    parser.add_argument(
        "--prefix", metavar="KEY", help="also collect the photos in the bucket whose keys start with it"
    )
    parser.add_argument("--no-wait", action="store_true", help="collect the available results and exit")
    parser.add_argument(
        "--patience",
        type=positive,
        default=PATIENCE_MINUTES,
        metavar="MINUTES",
        help=f"give up after this many minutes without a result; default: {PATIENCE_MINUTES}",
    )
    parser.add_argument("--json", action="store_true", help="print the results, one per line")
    add_buckets(parser)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Collect the results.

    Returns:
        0, or the code of the last error; 64 when there are no photos, 69 when AWS cannot be used, 73 when
        files could not be written, 75 when some results are not there yet, 130 when interrupted.
    """
    out: Path = options.directory
    try:
        buckets = Buckets.connect(options)
        photos = find_photos(buckets, out, options.prefix)
        if not photos:
            hint = "Drop photos with the same --out first, or name them in the bucket with --prefix."
            return complain(f"No photo was dropped for {out}.", hint, USAGE_ERROR)
        patience = 0.0 if options.no_wait else options.patience * 60.0
        return collect(Collector(buckets, out, patience), photos, options.json)
    except CloudError as error:
        return complain(str(error), f"{error.hint} The same command resumes.", UNAVAILABLE)
    except KeyboardInterrupt:
        return complain("Interrupted.", "Run the same command again to resume.", INTERRUPTED)


def collect(collector: Collector, photos: list[DroppedPhoto], as_json: bool) -> int:
    """Print every outcome and a summary.

    Returns:
        See `run`.
    """
    progress = BatchProgress(len(photos), Ticker())
    outcomes = collector.outcomes(photos)
    status = print_batch(outcomes, Printer(as_json, batch=True), progress, collector.out)
    missing = len(photos) - progress.done
    if missing:
        hint = (
            "Run the same command again later. If they never come, see `brain dlq list`, or drop them again."
        )
        return complain(f"{missing:,} photos have no result yet.", hint, UNFINISHED)
    return status


def find_photos(buckets: Buckets, out: Path, prefix: str | None) -> list[DroppedPhoto]:
    """The photos that were dropped for a folder, and the photos in the bucket under a prefix.

    Raises:
        CloudError: the bucket cannot be listed.
    """
    photos = DroppedPhotos(out).by_key()
    for key, etag in (buckets.etags(prefix) if prefix is not None else {}).items():
        known = photos.get((buckets.uploads, key))
        if known is None or known.etag != etag:
            folder = key.removeprefix(prefix or "") or key
            photos[buckets.uploads, key] = DroppedPhoto(key, folder, buckets.uploads, key, etag)
    return with_own_folders(photos.values())


def with_own_folders(photos: Iterable[DroppedPhoto]) -> list[DroppedPhoto]:
    """The photos, each with a folder of its own inside the folder of all results."""
    taken: set[str] = set()
    found = []
    for photo in photos:
        parts = [part for part in photo.folder.replace("\\", "/").split("/") if part not in ("", ".", "..")]
        folder = "/".join(parts) or photo.id[:8]
        if folder.casefold() in taken:
            folder = f"{folder}_{hashlib.sha256(photo.key.encode()).hexdigest()[:8]}"
        taken.add(folder.casefold())
        found.append(replace(photo, folder=folder))
    return found


@dataclass
class Collector:
    """Fetches results.

    Attributes:
        buckets: of the stack.
        out: the folder of all results.
        patience: seconds without a result after which to give up; 0 does not wait.
        sleep, clock: as in `time`.
    """

    buckets: Buckets
    out: Path
    patience: float
    sleep: Callable[[float], None] = time.sleep
    clock: Callable[[], float] = time.monotonic

    def outcomes(self, photos: list[DroppedPhoto]) -> Iterator[Outcome]:
        """The outcome of each photo: those of an earlier run first, then the others as they arrive.

        Ends when every photo has an outcome, or when none has arrived for `patience` seconds.

        Raises:
            CloudError: the bucket cannot be read.
        """
        pending = []
        for photo in photos:
            earlier = self._earlier(photo)
            if earlier is None:
                pending.append(photo)
            else:
                yield Outcome(self._job(photo), earlier, reused=True)
        last = self.clock()
        with ThreadPoolExecutor(PARALLEL) as pool:
            while pending:
                missing = []
                for photo, outcome in zip(pending, pool.map(self._collect, pending), strict=True):
                    if outcome is None:
                        missing.append(photo)
                    else:
                        last = self.clock()
                        yield outcome
                pending = missing
                if not pending or self.clock() - last >= self.patience:
                    return
                self.sleep(max(SHORTEST_PAUSE, len(pending) / PHOTOS_PER_SECOND))

    def _collect(self, photo: DroppedPhoto) -> Outcome | None:
        """Fetch a result and save it; None if there is none yet."""
        try:
            result = self.buckets.finished(photo.id)
        except ValueError:
            source = Source(bucket=photo.bucket, key=photo.key, etag=photo.etag)
            error = ForwardPassFailed("other-version", HINT_VERSION)
            return Outcome(self._job(photo), failed_result(PhotoRequest(photo.id, now(), source), error))
        if result is None or not self._answers(result, photo):
            return None
        write_error = ""
        if result.status is Status.DONE:
            try:
                Explanation(result, self.buckets.pictures(result)).save(self.out / photo.folder)
            except OSError as error:
                write_error = str(error)
        return Outcome(self._job(photo), result, write_error=write_error)

    def _earlier(self, photo: DroppedPhoto) -> Result | None:
        """The result that an earlier run collected."""
        try:
            result = Result.model_validate_json((self.out / photo.folder / RESULT_FILE).read_bytes())
        except (OSError, ValueError):
            return None
        return result if result.id == photo.id and self._answers(result, photo) else None

    def _answers(self, result: Result, photo: DroppedPhoto) -> bool:
        """Whether a result is about the requested face: with another face, a photo keeps its id."""
        if photo.metadata is None or result.status is not Status.DONE or result.face is None:
            return True
        compared = result.comparison.with_id if result.comparison else None
        return (result.face.index, compared) == (photo.face, photo.metadata.get("compare-with"))

    def _job(self, photo: DroppedPhoto) -> Job:
        return Job(Path(photo.photo), self.out / photo.folder)
