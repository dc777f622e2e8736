"""From answers to figures: scores by group, calibration, strangers, verdicts, detection, time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean

import numpy as np

from brain.core.results import Verdict
from brain.evaluation.answers import Answer
from brain.evaluation.calibration import Calibration, calibrate
from brain.evaluation.scores import Group, Score, by_label, score
from brain.evaluation.strangers import Known, open_set_roc

NO_ANSWER = "no answer"


@dataclass(frozen=True)
class Person:
    """One identity's photos: how many there are, show a face, and are named rightly.

    Attributes:
        probability: mean of the first probability, 0 where no face was found.
        mistaken_for: the name that most often took the place of the right one.
    """

    name: str
    photos: int
    found: int
    top_1: int
    top_5: int
    probability: float
    mistaken_for: str


@dataclass(frozen=True)
class VerdictCount:
    """How many photos got a verdict; `right` is the share of them named rightly, None for strangers."""

    photos: int
    share: float
    right: float | None


@dataclass(frozen=True)
class Seconds:
    """Seconds per photo on one thread, from the file's bytes to the answer."""

    median: float
    slowest_twentieth: float


@dataclass(frozen=True)
class Figures:
    """Everything that is reported.

    Attributes:
        verdicts: of known people's photos and of strangers', by verdict or "no answer".
        detected: for each side the share of photos in which a face was found.
        problems: how many of all photos got no answer, by reason.
    """

    scores: tuple[Score, ...]
    calibration: Calibration | None
    known: Known | None
    verdicts: Mapping[str, Mapping[str, VerdictCount]]
    detected: Mapping[str, float]
    problems: Mapping[str, int]
    seconds: Seconds
    people: tuple[Person, ...]


def figures(answers: Sequence[Answer], names: Sequence[str], groups: Iterable[Group]) -> Figures:
    """Sum up the answers.

    Args:
        answers: of known people and of strangers, at least one known among them.
        names: the model's identities in label order.
        groups: those without a photo are left out.
    """
    known = [a for a in answers if a.known]
    strange = [a for a in answers if not a.known]
    found = [a for a in known if a.found]
    time = np.array([a.seconds for a in answers])
    sides = {"known": known, **({"strangers": strange} if strange else {})}
    return Figures(
        scores=tuple(s for group in groups if (s := score(known, group, len(names)))),
        calibration=calibrate([a.probabilities[0] for a in found], [a.named() for a in found]),
        known=open_set_roc([a.certainty for a in found], [a.certainty for a in strange if a.found]),
        verdicts={side: count_verdicts(photos) for side, photos in sides.items()},
        detected={side: fmean(a.found for a in photos) for side, photos in sides.items()},
        problems=dict(sorted(Counter(a.problem for a in answers if a.problem).items())),
        seconds=Seconds(float(np.median(time)), float(np.quantile(time, 0.95))),
        people=tuple(by_person(known, names)),
    )


def count_verdicts(answers: Collection[Answer]) -> dict[str, VerdictCount]:
    """Shares of the three verdicts and of photos without an answer, in this order."""
    counts = {}
    for verdict in (*Verdict, NO_ANSWER):
        own = [a for a in answers if (a.verdict or NO_ANSWER) == verdict]
        right = fmean(a.named() for a in own) if own and own[0].known else None
        counts[str(verdict)] = VerdictCount(len(own), len(own) / len(answers), right)
    return counts


def by_person(known: Sequence[Answer], names: Sequence[str]) -> Iterable[Person]:
    """One row an identity, in label order."""
    for label, own in sorted(by_label(known).items()):
        wrong = Counter(names[a.labels[0]] for a in own if a.found and not a.named())
        yield Person(
            name=names[label],
            photos=len(own),
            found=sum(a.found for a in own),
            top_1=sum(a.named() for a in own),
            top_5=sum(a.named(5) for a in own),
            probability=fmean(a.probabilities[0] if a.found else 0.0 for a in own),
            mistaken_for=min(wrong, key=lambda name: (-wrong[name], name)) if wrong else "",
        )
