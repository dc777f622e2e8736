"""How `brain explain` prints results, errors and the progress of a batch."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from brain.commands.jobs import ERRORS_FILE
from brain.commands.terminal import CANNOT_WRITE, Ticker, complain
from brain.commands.worker import Outcome
from brain.core.results import Result, Status
from brain.rendering.words.numbers import percent

BAR = 24
HINT_WRITE = "Check the folder's permissions and the free space, or name another one with --out."


@dataclass(frozen=True)
class Printer:
    """Prints outcomes.

    Attributes:
        as_json: whether to print documents instead of text.
        batch: whether each photo gets one line.
    """

    as_json: bool
    batch: bool = False

    def show(self, outcome: Outcome) -> int:
        """Print one outcome: results to stdout, errors to stderr.

        Returns:
            0, the code of the error, or 73 when the files could not be written.
        """
        result = outcome.result
        if self.as_json:
            for each in (result, *outcome.others):
                print(as_json(each, None if self.batch else 2))
        if outcome.write_error:
            return complain(f"cannot write: {outcome.write_error}", HINT_WRITE, CANNOT_WRITE)
        if result.status is Status.FAILED and result.error is not None:
            return complain(
                f"{result.error.message} [{outcome.job.photo}]", result.error.hint, result.error.code
            )
        if not self.as_json:
            print(as_lines(outcome) if self.batch else as_text(result, outcome.job.out))
        return 0


def as_json(result: Result, indent: int | None) -> str:
    """The result as JSON, in characters that stdout's encoding has."""
    utf_8 = (sys.stdout.encoding or "").lower().replace("-", "") == "utf8"
    return result.model_dump_json(indent=indent, ensure_ascii=not utf_8)


def as_lines(outcome: Outcome) -> str:
    """The results of one photo of a batch, one line per face."""
    return "\n".join(as_line(outcome, result) for result in (outcome.result, *outcome.others))


def as_line(outcome: Outcome, result: Result) -> str:
    """One result of a batch."""
    identity, explanation = result.identity, result.explanation
    if identity is None or explanation is None:
        return f"{outcome.job.photo}: {result.status}, without a name"
    face = f", face {result.face.index}" if outcome.others and result.face else ""
    name = f"{identity.name} ({percent(identity.probability, explanation.language)}, {identity.verdict})"
    return f"{outcome.job.photo}{face}: {name}{', as before' if outcome.reused else ''}"


def as_text(result: Result, out: Path) -> str:
    """The result of a single photo."""
    first = result.candidates[0]
    language = result.explanation.language if result.explanation else "en"
    lines = [f"{first.name} ({percent(first.probability, language)})", ""]
    width = max(len(candidate.name) for candidate in result.candidates)
    for candidate in result.candidates:
        bar = "█" * round(BAR * candidate.probability)
        lines.append(f"  {candidate.name:<{width}}  {bar:<{BAR}}  {percent(candidate.probability, language)}")
    lines += ["", *(result.explanation.sentences if result.explanation else [])]
    if result.error:
        lines.append(result.error.hint)
    lines += ["", f"Pictures and result.json: {out}{os.sep}"]
    return "\n".join(lines)


@dataclass
class BatchProgress:
    """Counts the photos of a batch, and estimates the remaining time."""

    total: int
    ticker: Ticker
    start: float = field(default_factory=time.monotonic)
    done: int = 0
    reused: int = 0
    failed: int = 0
    verb: str = "explained"

    def count(self, outcome: Outcome) -> None:
        """Count an outcome and show the progress."""
        failed = outcome.result.status is Status.FAILED or bool(outcome.write_error)
        self.advance(outcome.reused, failed)

    def advance(self, reused: bool, failed: bool) -> None:
        """Count a photo and show the progress.

        Args:
            reused: whether the result is that of an earlier run.
            failed: whether the photo failed.
        """
        self.done += 1
        self.reused += reused
        self.failed += failed
        self.ticker.show(f"{self.done:,} of {self.total:,} photos{self.time_left()}")

    def time_left(self) -> str:
        """The remaining time, estimated from the photos that were explained in this run."""
        explained = self.done - self.reused
        if not explained or self.done == self.total:
            return ""
        seconds = (time.monotonic() - self.start) / explained * (self.total - self.done)
        return f", {duration(seconds)} left"

    def summary(self) -> str:
        """A summary of the batch."""
        parts = [f"{self.done - self.failed:,} of {self.total:,} photos {self.verb}"]
        parts += [f"{self.reused:,} of them by an earlier run"] if self.reused else []
        parts += [f"{self.failed:,} failed"] if self.failed else []
        return ", ".join(parts) + "."


def print_batch(
    outcomes: Iterable[Outcome], printer: Printer, progress: BatchProgress, folder: Path | None
) -> int:
    """Print the outcomes of a batch as they arrive, with its progress, and then a summary.

    Args:
        folder: where the errors of failed photos are written; None writes them nowhere.

    Returns:
        0, the code of the last error, or 73 when files could not be written.
    """
    status, failed = 0, []
    for outcome in outcomes:
        progress.ticker.clear()
        status = printer.show(outcome) or status
        progress.count(outcome)
        if outcome.result.status is Status.FAILED:
            failed.append(outcome.result)
    progress.ticker.clear()
    print(progress.summary(), file=sys.stderr)
    try:
        save_errors(failed, folder)
    except OSError as error:
        return complain(f"cannot write: {error}", HINT_WRITE, CANNOT_WRITE)
    return status


def save_errors(failed: list[Result], folder: Path | None) -> None:
    """Write the results of the failed photos, one per line. A file of an earlier run is replaced."""
    if folder is None:
        return
    file = folder / ERRORS_FILE
    file.unlink(missing_ok=True)
    if failed:
        folder.mkdir(parents=True, exist_ok=True)
        lines = (f"{result.model_dump_json()}\n" for result in failed)
        file.write_text("".join(lines), encoding="utf-8")


def duration(seconds: float) -> str:
    """A duration in seconds, for people to read.

    >>> duration(8.2), duration(100), duration(9000)
    ('8 s', '2 min', '2.5 h')
    """
    if seconds < 60:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 3600 else f"{seconds / 3600:.1f} h"
