"""Records what happens in a campaign, so that a problem can be reported with the history of its photo."""

from __future__ import annotations

import time
from collections.abc import Collection
from dataclasses import dataclass, field
from threading import Lock


@dataclass(frozen=True)
class Step:
    """Something that an actor did or that happened to it.

    Attributes:
        time: virtual seconds since the start of the campaign.
        actor: name of the actor.
        what: an AWS call and its outcome, a delivery, or an answer.
    """

    time: float
    actor: str
    what: str

    def __str__(self) -> str:
        return f"{self.time:9.3f} s  {self.actor}: {self.what}"


@dataclass
class Journal:
    """The steps of a campaign in order. Thread-safe."""

    _started: float = field(default_factory=time.time)
    _steps: list[Step] = field(default_factory=list)
    _lock: Lock = field(default_factory=Lock)

    def note(self, actor: str, what: str) -> None:
        """Add a step at the present virtual time."""
        with self._lock:
            self._steps.append(Step(time.time() - self._started, actor, what))

    def of(self, actors: Collection[str]) -> list[str]:
        """The steps of some actors as lines."""
        return [str(step) for step in self._steps if step.actor in actors]

    def end(self, number: int) -> list[str]:
        """The last steps of all actors as lines."""
        return [str(step) for step in self._steps[-number:]]
