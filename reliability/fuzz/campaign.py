"""Decodes hostile photos and searches them for faces, within limits."""

from __future__ import annotations

import resource
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from hypothesis import HealthCheck, Phase, given, seed, settings

from brain.core.errors import FaceNotFound, PhotoUnreadable
from brain.face import photo
from brain.face.detector import FaceDetector
from reliability.fuzz.files import photos

STATUS = Path("/proc/self/statm")
LONGEST_SECONDS = 2.0
MEMORY_MARGIN = 1 << 30
DETECTED_SHARE = 10


class TooSlow(AssertionError):
    """A file took longer than `LONGEST_SECONDS` of the processor."""


@dataclass
class Tally:
    """The outcomes of the files.

    Attributes:
        outcomes: number of files by outcome: `decoded`, or the reason of an error.
        slowest: longest processor time in seconds.
        detected: number of decoded pictures in which a face was looked for.
    """

    outcomes: Counter[str] = field(default_factory=Counter)
    slowest: float = 0.0
    detected: int = 0


def examine(data: bytes, detector: FaceDetector | None, tally: Tally) -> None:
    """Decode a file and search it for faces. Raises everything but codes 1 and 3.

    Args:
        data: the file.
        detector: finds the face in every `DETECTED_SHARE`th picture; None only decodes.
        tally: where the outcome is counted.

    Raises:
        TooSlow: it took longer than two seconds of the processor.
        MemoryError: it took more memory than is allowed.
        Exception: whatever the decoder or the detector let out.
    """
    start = time.process_time()
    try:
        decoded = photo.decode(data)
        outcome = "decoded"
        if detector is not None and tally.outcomes[outcome] % DETECTED_SHARE == 0:
            tally.detected += 1
            detector.detect(decoded.pixels)
    except FaceNotFound:
        pass
    except PhotoUnreadable as error:
        if isinstance(error.__cause__, MemoryError):
            raise error.__cause__ from error
        outcome = error.reason
    seconds = time.process_time() - start
    tally.outcomes[outcome] += 1
    tally.slowest = max(tally.slowest, seconds)
    if seconds > LONGEST_SECONDS:
        raise TooSlow(f"{seconds:.1f} seconds for {len(data)} bytes")


def fuzz(inputs: int, number: int, detector: FaceDetector | None = None) -> Tally:
    """Examine many files.

    Args:
        inputs: number of files.
        number: seed; the same one repeats the same files.
        detector: finds faces; None only decodes.

    Raises:
        Exception: what the first failing file raised; hypothesis prints the smallest one that it finds.
    """
    tally = Tally()

    @seed(number)
    @settings(
        max_examples=inputs,
        deadline=None,
        database=None,
        phases=[Phase.generate, Phase.shrink],
        suppress_health_check=list(HealthCheck),
    )
    @given(photos())
    def run(data: bytes) -> None:
        examine(data, detector, tally)

    run()
    return tally


def with_bounded_memory(work: Callable[[], Tally], margin: int = MEMORY_MARGIN) -> Tally:
    """Run something in this process with little more memory than it uses already.

    An allocation beyond that raises `MemoryError`, which no file may cause.

    Args:
        work: what to run.
        margin: additional address space in bytes.
    """
    used = int(STATUS.read_text(encoding="ascii").split()[0]) * resource.getpagesize()
    before = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (used + margin, before[1]))
    try:
        return work()
    finally:
        resource.setrlimit(resource.RLIMIT_AS, before)
