"""What one run measured, and which goals it meets. Stored as JSON; every report is written from it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from benchmarks.timing import Seconds, Spread, ratio

RESULTS = Path(__file__).parent / "results.json"


@dataclass(frozen=True)
class Goal:
    """A row of the table of goals.

    Attributes:
        what: what is measured.
        bound: the value that must not be exceeded, or must be reached.
        at_least: True if `bound` is a minimum, False if it is a maximum.
        unit: unit of `bound` and `value`: "times", "GB" ...
        value: the measured value; None if it could not be measured, and `note` then says why.
        low, high: quartiles of `value`.
        note: a remark shown beside the value.
    """

    what: str
    bound: float
    at_least: bool
    unit: str
    value: float | None = None
    low: float | None = None
    high: float | None = None
    note: str = ""

    @property
    def met(self) -> bool | None:
        """Whether the value meets the bound; None if it was not measured."""
        if self.value is None:
            return None
        return self.value >= self.bound if self.at_least else self.value <= self.bound


@dataclass
class Measurements:
    """Everything that one run measured.

    Attributes:
        machine: what the run was measured on (see `benchmarks.machine`).
        times: seconds by section and contender.
        goals: the table of goals, in order.
        facts: single numbers by name.
        problems: what could not be measured, and why.
    """

    machine: dict[str, str] = field(default_factory=dict)
    times: dict[str, Seconds] = field(default_factory=dict)
    goals: list[Goal] = field(default_factory=list)
    facts: dict[str, Any] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)

    def add_ratio(self, goal: Goal, section: str, numerator: str, denominator: str) -> None:
        """Add a goal with the ratio of two contenders' times as its value.

        If one of them did not run, the goal is added without a value.
        """
        seconds = self.times.get(section, {})
        missing = [name for name in (numerator, denominator) if not seconds.get(name)]
        if missing:
            self.goals.append(replace(goal, note=f"did not run: {', '.join(missing)}"))
            return
        spread = ratio(seconds, numerator, denominator)
        self.goals.append(replace(goal, value=spread.median, low=spread.low, high=spread.high))

    def median(self, section: str, contender: str) -> float:
        """A contender's median time in seconds.

        Raises:
            KeyError: the contender did not run.
        """
        return Spread.of(self.times[section][contender]).median

    @contextmanager
    def recording_failures(self, what: str) -> Iterator[None]:
        """Record an exception as a problem and carry on with the run."""
        try:
            yield
        except Exception as error:
            reason = f"{what}: {type(error).__name__}: {str(error).partition(chr(10))[0]}"
            print(f"  skipped: {reason}", flush=True)
            self.problems.append(reason)

    def write(self, path: Path) -> None:
        """Write everything as JSON, with times rounded to the microsecond."""
        values = asdict(self)
        values["times"] = {
            section: {name: [round(value, 6) for value in values] for name, values in seconds.items()}
            for section, seconds in self.times.items()
        }
        path.write_text(json.dumps(values, indent=1) + "\n", encoding="utf-8")

    @classmethod
    def read(cls, path: Path) -> Measurements:
        """Read what `write` wrote."""
        values = json.loads(path.read_text(encoding="utf-8"))
        values["goals"] = [Goal(**goal) for goal in values["goals"]]
        return cls(**values)
