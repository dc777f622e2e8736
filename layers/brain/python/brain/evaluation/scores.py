"""How often the right name comes first, by group of identities."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean

from brain.evaluation.answers import Answer

MANY = 10


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
    people = by_label(asked)
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


def by_label(known: Iterable[Answer]) -> dict[int, list[Answer]]:
    """The answers about each identity, in the order in which they were first met."""
    people: dict[int, list[Answer]] = defaultdict(list)
    for answer in known:
        if answer.label is not None:
            people[answer.label].append(answer)
    return people
