"""Conducts a campaign: sends photos through faults, redrives until all are done, and collects problems."""

from __future__ import annotations

import contextlib
import logging
import os
import traceback
from collections.abc import Iterator
from pathlib import Path
from random import Random

from reliability.faults.findings import Findings, Problem
from reliability.faults.injection import Injector, Rates
from reliability.faults.outcomes import Wrong, problems, stored
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


def conduct(photos: int, seed: int, rates: Rates | None = None, redrives: int = REDRIVES) -> Findings:
    """Send photos, fix what makes some of them fail, and redrive until the dead-letter queue is empty.

    Args:
        photos: number of photos.
        seed: the same seed repeats the same campaign.
        rates: probabilities of faults.
        redrives: maximum number of redrives of the dead-letter queue.
    """
    random = Random(seed)
    cases = [_case(number, random) for number in range(1, photos + 1)]
    findings = Findings()
    with emulator() as services, _silence():
        injector = Injector(seed, rates or Rates(), services.advance)
        run = Run(services, injector, random)
        try:
            wrong = _send_all(run, cases, findings, redrives)
        except Exception:  # the other campaigns continue, and the history is kept
            wrong = [(None, traceback.format_exc())]
        findings.problems += [
            Problem(f"{case or 'campaign'} {what}", seed, photos, run.story(case)) for case, what in wrong
        ]
    findings.calls, findings.sites = injector.calls, injector.sites
    findings.events += injector.counts + run.events
    return findings


def _send_all(run: Run, cases: list[Case], findings: Findings, redrives: int) -> list[Wrong]:
    """Send and redrive the photos, count what became of them, and return what is wrong."""
    run.send(cases)
    wrong = list(_unjustified(run, cases))
    run.explainer.fixed = True
    wrong += [*_redrive(run, findings, redrives), *problems(run.emulator, cases), *run.visitors.problems]
    for case in cases:
        outcome = stored(run.emulator, case.upload_id).outcome
        findings.photos[_what_happened(case), case.fate, outcome] += 1
    return wrong


def _case(number: int, random: Random) -> Case:
    (fate,) = random.choices(list(FATES), list(FATES.values()))
    (interference,) = random.choices(list(INTERFERENCES), list(INTERFERENCES.values()))
    return Case(number, random.choice(list(Route)), fate, interference)


def _what_happened(case: Case) -> str:
    if case.interference is Interference.DELETED and not case.deleted:
        return "its visitor wanted to delete it before there was a result"
    return case.interference


def _redrive(run: Run, findings: Findings, redrives: int) -> list[Wrong]:
    """Redrive, with faults, until nothing is left in the dead-letter queue."""
    for _ in range(redrives):
        moved = run.redrive()
        if not moved:
            return []
        findings.events["dead letters redriven"] += moved
        run.send([])
    return [(None, f"the dead-letter queue is not empty after {redrives} redrives")]


def _unjustified(run: Run, cases: list[Case]) -> Iterator[Wrong]:
    """Messages that were given up although they were not made to fail.

    The last delivery does not try a photo whose worker died before, so all but a single delivery must have
    been hit, by a fault or by the claim that a fault left behind.
    """
    of = {photo: case for case in cases for photo in (case.upload_id, case.successor) if photo}
    needed = run.emulator.settings.max_receives - 1
    for deliveries in run.deliveries.unsuccessful():
        hit = sum(bool(delivery.hits) for delivery in deliveries)
        case = of.get(deliveries[0].photo)
        if (case is None or case.fate in HARMLESS) and hit < needed:
            yield case, f"its message was given up after {len(deliveries)} deliveries of which {hit} were hit"


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
