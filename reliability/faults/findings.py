"""The findings of campaigns, in memory and in files."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True)
class Problem:
    """A problem that a campaign found.

    Attributes:
        what: the problem.
        seed: seed of the campaign.
        photos: number of photos of the campaign.
        story: the steps of all actors that dealt with the photo, as lines.
    """

    what: str
    seed: int
    photos: int
    story: Sequence[str] = ()

    def __str__(self) -> str:
        repeat = f"make faults FAULTS='--campaign {self.seed} --photos {self.photos}'"
        return "\n".join([self.what, f"  once more: {repeat}", *(f"  {step}" for step in self.story)])


@dataclass
class Findings:
    """What a campaign found.

    Attributes:
        photos: number of photos by what happened to them and by outcome.
        events: number of deliveries, duplicates, faults and so on.
        sites: number of failed calls by operation.
        calls: number of calls.
        problems: everything that is wrong.
    """

    photos: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    events: Counter[str] = field(default_factory=Counter)
    sites: Counter[str] = field(default_factory=Counter)
    calls: int = 0
    problems: list[Problem] = field(default_factory=list)

    def add(self, other: Findings) -> None:
        """Add the findings of another campaign."""
        self.photos += other.photos
        self.events += other.events
        self.sites += other.sites
        self.calls += other.calls
        self.problems += other.problems

    def save(self, path: Path) -> None:
        """Write the findings to a file, whole or not at all."""
        content = {
            "photos": [[*what, count] for what, count in sorted(self.photos.items())],
            "events": dict(sorted(self.events.items())),
            "sites": dict(sorted(self.sites.items())),
            "calls": self.calls,
            "problems": [vars(problem) for problem in self.problems],
        }
        path.parent.mkdir(parents=True, exist_ok=True)
        unfinished = path.with_suffix(".part")
        unfinished.write_text(json.dumps(content, indent=1), encoding="utf-8")
        unfinished.replace(path)

    @classmethod
    def load(cls, path: Path) -> Findings:
        """Read what `save` wrote."""
        content = json.loads(path.read_text(encoding="utf-8"))
        return cls(
            Counter({(what, fate, outcome): count for what, fate, outcome, count in content["photos"]}),
            Counter(content["events"]),
            Counter(content["sites"]),
            content["calls"],
            [Problem(**problem) for problem in content["problems"]],
        )
