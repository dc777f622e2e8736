"""Timing side by side: every contender once a round, in an order that turns, so that drift hits all alike."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

Seconds = dict[str, list[float]]


@dataclass(frozen=True)
class Spread:
    """A median with the quartiles around it."""

    median: float
    low: float
    high: float

    @classmethod
    def of(cls, values: Sequence[float]) -> Spread:
        """Of one value or more."""
        if len(values) == 1:
            return cls(values[0], values[0], values[0])
        low, median, high = statistics.quantiles(values, n=4, method="inclusive")
        return cls(median, low, high)


def interleave(contenders: Mapping[str, Callable[[], object]], rounds: int, warm_up: int = 1) -> Seconds:
    """Wall-clock seconds of each call, by contender, in order of rounds."""
    names = list(contenders)
    seconds: Seconds = {name: [] for name in names}
    for number in range(-warm_up, rounds):
        turn = number % len(names)
        for name in names[turn:] + names[:turn]:
            start = time.perf_counter()
            contenders[name]()
            elapsed = time.perf_counter() - start
            if number >= 0:
                seconds[name].append(elapsed)
    return seconds


def ratio(seconds: Seconds, numerator: str, denominator: str) -> Spread:
    """How many times as long one contender takes as the other, round by round."""
    return Spread.of([a / b for a, b in zip(seconds[numerator], seconds[denominator], strict=True)])
