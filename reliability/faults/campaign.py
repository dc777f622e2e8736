"""A campaign: photos of all kinds through faults, redriven until all are done, and what was found."""

from __future__ import annotations

import contextlib
import logging
import os
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from reliability.faults.injection import Injector, Rates
from reliability.faults.outcomes import problems, stored
from reliability.faults.photos import Fate
from reliability.faults.run import Run
from reliability.faults.stack import emulator
from reliability.faults.visitors import Case, Interference, Route

FATES = {Fate.GOOD: 90, Fate.FACELESS: 5, Fate.POISONOUS: 2, Fate.DEADLY: 2, Fate.SLOW: 1}
INTERFERENCES = {
    Interference.NONE: 85,
    Interference.DELETED: 5,
    Interference.REMOVED: 5,
    Interference.REPLACED: 5,
}
HARMLESS = (Fate.GOOD, Fate.FACELESS)
REDRIVES = 20


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
    problems: list[str] = field(default_factory=list)

    def add(self, other: Findings) -> None:
        """Add the findings of another campaign."""
        self.photos += other.photos
        self.events += other.events
        self.sites += other.sites
        self.calls += other.calls
        self.problems += other.problems


def conduct(photos: int, seed: int, rates: Rates | None = None) -> Findings:
    """Send photos, fix what makes some of them fail, and redrive until the dead-letter queue is empty.

    Args:
        photos: number of photos.
        seed: the same seed repeats the same campaign.
        rates: probabilities of faults.
    """
    random = Random(seed)
    cases = [_case(number, random) for number in range(1, photos + 1)]
    findings = Findings()
    with emulator() as services, _silence():
        injector = Injector(seed, rates or Rates(), services.advance)
        run = Run(services, injector, random)
        run.send(cases)
        findings.problems += _unjustified(run, cases)
        run.explainer.fixed = True
        _redrive(run, findings)
        findings.problems += [*problems(services, cases), *run.visitors.problems]
        for case in cases:
            outcome = stored(services, case.upload_id).outcome
            findings.photos[_what_happened(case), case.fate, outcome] += 1
    findings.calls, findings.sites = injector.calls, injector.sites
    findings.events += injector.counts + run.events
    return findings


def conduct_task(task: tuple[int, int]) -> Findings:
    """`conduct` with its arguments as a pair, for process pools."""
    return conduct(*task)


def _case(number: int, random: Random) -> Case:
    (fate,) = random.choices(list(FATES), list(FATES.values()))
    (interference,) = random.choices(list(INTERFERENCES), list(INTERFERENCES.values()))
    return Case(number, random.choice(list(Route)), fate, interference)


def _what_happened(case: Case) -> str:
    if case.interference is Interference.DELETED and not case.deleted:
        return "its visitor wanted to delete it before there was a result"
    return case.interference


def _redrive(run: Run, findings: Findings) -> None:
    """Redrive, with faults, until nothing is left in the dead-letter queue."""
    for _ in range(REDRIVES):
        moved = run.redrive()
        if not moved:
            return
        findings.events["dead letters redriven"] += moved
        run.send([])
    findings.problems.append(f"the dead-letter queue is not empty after {REDRIVES} redrives")


def _unjustified(run: Run, cases: list[Case]) -> Iterator[str]:
    """Messages that were given up although nothing made them fail.

    The last delivery does not try a photo whose worker died before, so all but a single delivery must have
    been hit.
    """
    fates = {case.upload_id: case.fate for case in cases}
    needed = run.emulator.settings.max_receives - 1
    for deliveries in run.unsuccessful().values():
        hit = sum(bool(delivery.hits) for delivery in deliveries)
        if fates.get(deliveries[0].photo, Fate.GOOD) in HARMLESS and hit < needed:
            yield f"a message was given up after {len(deliveries)} deliveries of which {hit} were hit"


@contextlib.contextmanager
def _silence() -> Iterator[None]:
    """Discard logs, metrics and messages, which would report every injected fault."""
    logging.disable(logging.CRITICAL)
    with (
        Path(os.devnull).open("w", encoding="utf-8") as nowhere,
        contextlib.redirect_stdout(nowhere),
        contextlib.redirect_stderr(nowhere),
    ):
        try:
            yield
        finally:
            logging.disable(logging.NOTSET)
