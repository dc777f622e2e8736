"""What a run finds: times, and goals that are met or not. Kept as JSON for the report."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from benchmarks.timing import Seconds, Spread, ratio


@dataclass(frozen=True)
class Goal:
    """One line of the table of goals.

    Attributes:
        bound: what the value must not pass; a ratio, a share or a size.
        at_least: whether the bound is a floor, else it is a ceiling.
        value: None when it could not be measured; `note` then says why.
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
        """Whether the goal is met; None when unknown."""
        if self.value is None:
            return None
        return self.value >= self.bound if self.at_least else self.value <= self.bound


@dataclass
class Findings:
    """Everything of one run. `times` holds seconds by section and contender; `facts` single numbers."""

    machine: dict[str, str] = field(default_factory=dict)
    times: dict[str, Seconds] = field(default_factory=dict)
    goals: list[Goal] = field(default_factory=list)
    facts: dict[str, Any] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)

    def compare(
        self,
        section: str,
        numerator: str,
        denominator: str,
        what: str,
        *,
        at_most: float | None = None,
        at_least: float | None = None,
    ) -> None:
        """Add a goal on the ratio of two contenders' times; one that did not run leaves it open."""
        seconds = self.times.get(section, {})
        bound, floor = (at_most, False) if at_most is not None else (at_least, True)
        assert bound is not None
        missing = [name for name in (numerator, denominator) if not seconds.get(name)]
        if missing:
            note = f"did not run: {', '.join(missing)}"
            self.goals.append(Goal(what, bound, floor, "times", note=note))
            return
        spread = ratio(seconds, numerator, denominator)
        self.goals.append(Goal(what, bound, floor, "times", spread.median, spread.low, spread.high))

    def median(self, section: str, contender: str) -> float:
        """A contender's median seconds.

        Raises:
            KeyError: it did not run.
        """
        return Spread.of(self.times[section][contender]).median

    @contextmanager
    def excusing(self, what: str) -> Iterator[None]:
        """Let the run go on without a part that fails, and say so in the report."""
        try:
            yield
        except Exception as error:
            reason = f"{what}: {type(error).__name__}: {str(error).splitlines()[0] if str(error) else ''}"
            print(f"  left out: {reason}", flush=True)
            self.problems.append(reason)

    def write(self, path: Path) -> None:
        """Keep everything as JSON, times to the microsecond."""
        values = asdict(self)
        values["times"] = {
            section: {name: [round(one, 6) for one in many] for name, many in seconds.items()}
            for section, seconds in self.times.items()
        }
        path.write_text(json.dumps(values, indent=1) + "\n", encoding="utf-8")

    @classmethod
    def read(cls, path: Path) -> Findings:
        """What `write` kept."""
        values = json.loads(path.read_text(encoding="utf-8"))
        values["goals"] = [Goal(**one) for one in values["goals"]]
        return cls(**values)
