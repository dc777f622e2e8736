"""The measurements, section by section. They are stored as JSON, from which every report is written."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from benchmarks.timing import Seconds, Spread, ratio

RESULTS = Path(__file__).parent / "results.json"


@dataclass
class Section:
    """The measurements of one section, which can be repeated without the others.

    Attributes:
        machine: date, processor and load at the time.
        times: seconds of each contender, by group; contenders of a group share their rounds.
        values: single numbers by name.
        problems: what could not be measured, and why.
    """

    machine: dict[str, str] = field(default_factory=dict)
    times: dict[str, Seconds] = field(default_factory=dict)
    values: dict[str, Any] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)

    @contextmanager
    def recording_failures(self, what: str) -> Iterator[None]:
        """Record an exception as a problem and carry on with the run."""
        try:
            yield
        except Exception as error:
            reason = f"{what}: {type(error).__name__}: {str(error).partition(chr(10))[0]}"
            print(f"  skipped: {reason}", flush=True)
            self.problems.append(reason)


@dataclass
class Measurements:
    """All sections, and the versions of what was measured (see `benchmarks.machine`)."""

    versions: dict[str, str] = field(default_factory=dict)
    sections: dict[str, Section] = field(default_factory=dict)

    def times(self, section: str, group: str) -> Seconds:
        """The seconds of a group's contenders; empty if it was not measured."""
        return self.sections.get(section, Section()).times.get(group, {})

    def median(self, section: str, group: str, contender: str) -> Spread | None:
        """The spread of a contender's seconds; None if it did not run."""
        seconds = self.times(section, group).get(contender)
        return Spread.of(seconds) if seconds else None

    def ratio(self, section: str, group: str, numerator: str, denominator: str) -> Spread | None:
        """The spread of the ratio of two contenders' seconds; None if one did not run."""
        seconds = self.times(section, group)
        if not (seconds.get(numerator) and seconds.get(denominator)):
            return None
        return ratio(seconds, numerator, denominator)

    def value(self, section: str, name: str) -> Any:
        """A section's value; None if it was not measured."""
        return self.sections.get(section, Section()).values.get(name)

    def write(self, path: Path) -> None:
        """Write everything as JSON, with times rounded to the microsecond."""
        values = asdict(self)
        for section in values["sections"].values():
            for seconds in section["times"].values():
                for name, rounds in seconds.items():
                    seconds[name] = [round(second, 6) for second in rounds]
        path.write_text(json.dumps(values, indent=1) + "\n", encoding="utf-8")

    @classmethod
    def read(cls, path: Path) -> Measurements:
        """Read what `write` wrote."""
        values = json.loads(path.read_text(encoding="utf-8"))
        sections = {name: Section(**section) for name, section in values["sections"].items()}
        return cls(values["versions"], sections)
