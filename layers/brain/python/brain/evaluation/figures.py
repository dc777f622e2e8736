"""From answers to figures: accuracy by group, calibration, strangers, verdicts, detection, time."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean

import numpy as np

from brain.evaluation.answers import Answer
from brain.evaluation.calibration import Calibration, calibrate
from brain.evaluation.strangers import Known, tell_apart
from brain.results import Verdict

MANY = 10
NO_FACE = "no answer"


@dataclass(frozen=True)
class Group:
    """Some identities, by label. `closed`: the model answers among them only, as if it knew nobody else."""

    title: str
    labels: frozenset[int]
    closed: bool = False


@dataclass(frozen=True)
class Score:
    """How often the right name comes first, and among the first five. No face found is wrong.

    Attributes:
        interval: 95 % confidence interval of `top_1` (Wilson).
        top_1_by_person: the mean over people of each one's share, so that everybody counts alike.
    """

    title: str
    among: int
    identities: int
    photos: int
    found: float
    top_1: float
    interval: tuple[float, float]
    top_5: float
    top_1_by_person: float


@dataclass(frozen=True)
class Person:
    """One identity's photos: `mistaken_for` is the name that most often took the place of the right one."""

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
        problems: how many of all photos got no answer, by reason.
    """

    scores: tuple[Score, ...]
    calibration: Calibration
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
        known=tell_apart([a.certainty for a in found], [a.certainty for a in strange if a.found]),
        verdicts={side: count_verdicts(photos) for side, photos in sides.items()},
        detected={side: fmean(a.found for a in photos) for side, photos in sides.items()},
        problems=dict(sorted(Counter(a.problem for a in answers if a.problem).items())),
        seconds=Seconds(float(np.median(time)), float(np.quantile(time, 0.95))),
        people=tuple(by_person(known, names)),
    )


def built_in_groups(photos: Mapping[int, int], identities: int) -> list[Group]:
    """All identities, and those with many and with few photos.

    Args:
        photos: how many photos of each identity there are in the folder, by label.
        identities: how many the model knows.
    """
    many = frozenset(label for label, count in photos.items() if count >= MANY)
    few = frozenset(photos) - many
    groups = [Group("all identities", frozenset(range(identities)))]
    if many and few:
        groups.append(Group(f"{MANY} or more photos, asked for these only", many, closed=True))
        groups.append(Group(f"{MANY} or more photos", many))
        groups.append(Group(f"fewer than {MANY} photos", few))
    return groups


def score(known: Sequence[Answer], group: Group, identities: int) -> Score | None:
    """The score of the photos of a group's people; None when there are no such photos."""
    asked = [a for a in known if a.label in group.labels]
    if not asked:
        return None
    among = group.labels if group.closed else None
    first = [a.named(1, among) for a in asked]
    people = _by_label(asked)
    return Score(
        title=group.title,
        among=len(group.labels) if group.closed else identities,
        identities=len(people),
        photos=len(asked),
        found=fmean(a.found for a in asked),
        top_1=fmean(first),
        interval=wilson(sum(first), len(first)),
        top_5=fmean(a.named(5, among) for a in asked),
        top_1_by_person=fmean(fmean(a.named(1, among) for a in own) for own in people.values()),
    )


def wilson(right: int, photos: int) -> tuple[float, float]:
    """95 % confidence interval of a share (Wilson, "Probable Inference", JASA 1927)."""
    z = 1.959964
    centre = (right + z * z / 2) / (photos + z * z)
    half = z / (photos + z * z) * math.sqrt(right * (photos - right) / photos + z * z / 4)
    return max(0.0, centre - half), min(1.0, centre + half)


def count_verdicts(answers: Collection[Answer]) -> dict[str, VerdictCount]:
    """Shares of the three verdicts and of photos without an answer, in this order."""
    counts = {}
    for verdict in (*Verdict, NO_FACE):
        own = [a for a in answers if (a.verdict or NO_FACE) == verdict]
        right = fmean(a.named() for a in own) if own and own[0].known else None
        counts[str(verdict)] = VerdictCount(len(own), len(own) / len(answers), right)
    return counts


def by_person(known: Sequence[Answer], names: Sequence[str]) -> Iterable[Person]:
    """One row an identity, in label order."""
    for label, own in sorted(_by_label(known).items()):
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


def _by_label(known: Iterable[Answer]) -> dict[int, list[Answer]]:
    people: dict[int, list[Answer]] = defaultdict(list)
    for answer in known:
        if answer.label is not None:
            people[answer.label].append(answer)
    return people
