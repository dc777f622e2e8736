"""Interleaved timing: contenders run once per round in rotating order, so that drift affects all equally."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

Seconds = dict[str, list[float]]  # by contender, one value per round


@dataclass(frozen=True)
class Spread:
    """A median and its quartiles."""

    median: float
    low: float
    high: float

    @classmethod
    def of(cls, values: Sequence[float]) -> Spread:
        """The spread of at least one value."""
        if len(values) == 1:
            return cls(values[0], values[0], values[0])
        low, median, high = statistics.quantiles(values, n=4, method="inclusive")
        return cls(median, low, high)


def interleave(contenders: Mapping[str, Callable[[], object]], rounds: int, warm_up: int = 1) -> Seconds:
    """Time every contender once per round.

    Args:
        contenders: the functions to time, by name.
        rounds: how many timed rounds to run.
        warm_up: how many untimed rounds to run first.

    Returns:
        Wall-clock seconds of each call, by contender, in order of rounds.
    """
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
    """The spread of one contender's time divided by another's, taken within each round."""
    return Spread.of([a / b for a, b in zip(seconds[numerator], seconds[denominator], strict=True)])
