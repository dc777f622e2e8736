"""Measures the duration of named stages."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

Progress = Callable[[str], None]


class Stopwatch:
    """Records the duration of each stage in seconds, in the order in which they ran.

    Args:
        progress: called with the name of each stage when it starts.
    """

    def __init__(self, progress: Progress | None = None) -> None:
        self._progress = progress
        self.timings: dict[str, float] = {}

    def copy(self) -> Stopwatch:
        """A stopwatch that continues from the stages so far."""
        copy = Stopwatch(self._progress)
        copy.timings.update(self.timings)
        return copy

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Measure one stage, and report that it starts."""
        if self._progress:
            self._progress(name)
        start = time.perf_counter()
        yield
        self.timings[name] = round(time.perf_counter() - start, 4)
