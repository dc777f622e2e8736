"""Top-1 and top-5 accuracy by group of identities."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean

from brain.evaluation.predictions import Prediction

MANY = 10
Z_95 = 1.959964


@dataclass(frozen=True)
class Group:
    """Some identities, by label. If `closed`, only they compete, as if the model knew nobody else."""

    title: str
    labels: frozenset[int]
    closed: bool = False


@dataclass(frozen=True)
class Accuracy:
    """Accuracy on the photos of a group. A photo without a detected face counts as wrong.

    Attributes:
        among: how many identities compete.
        identities, photos: how many were measured.
        found: the share of photos in which a face was found.
        top_1, top_5: the share of photos whose correct name is first, or among the first five.
        interval: the 95 % confidence interval of `top_1` (Wilson).
        top_1_by_person: the mean of each person's top-1 accuracy.
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
    """All identities, those with many photos, and those with few.

    Args:
        photos: the number of photos of each identity in the folder, by label.
        identities: how many the model knows.
    """
    many = frozenset(label for label, count in photos.items() if count >= MANY)
    few = frozenset(photos) - many
    groups = [Group("all identities", frozenset(range(identities)))]
    if many and few:
        groups.append(Group(f"{MANY} or more photos, only these compete", many, closed=True))
        groups.append(Group(f"{MANY} or more photos", many))
        groups.append(Group(f"fewer than {MANY} photos", few))
    return groups


def accuracy(predictions: Sequence[Prediction], group: Group, identities: int) -> Accuracy | None:
    """The accuracy on the photos of a group's people; None when there are none.

    Args:
        predictions: of photos of known people.
        identities: how many the model knows.
    """
    own = [prediction for prediction in predictions if prediction.label in group.labels]
    if not own:
        return None
    among = group.labels if group.closed else None
    correct = [prediction.correct(1, among) for prediction in own]
    people = by_label(own).values()
    return Accuracy(
        title=group.title,
        among=len(group.labels) if group.closed else identities,
        identities=len(people),
        photos=len(own),
        found=fmean(prediction.found for prediction in own),
        top_1=fmean(correct),
        interval=wilson(sum(correct), len(correct)),
        top_5=fmean(prediction.correct(5, among) for prediction in own),
        top_1_by_person=fmean(fmean(each.correct(1, among) for each in person) for person in people),
    )


def wilson(successes: int, trials: int) -> tuple[float, float]:
    """The 95 % confidence interval of a proportion (Wilson, "Probable Inference", JASA 1927)."""
    z = Z_95
    centre = (successes + z * z / 2) / (trials + z * z)
    half = z / (trials + z * z) * math.sqrt(successes * (trials - successes) / trials + z * z / 4)
    return max(0.0, centre - half), min(1.0, centre + half)


def by_label(predictions: Iterable[Prediction]) -> dict[int, list[Prediction]]:
    """The predictions for each identity's photos, in order of first appearance."""
    people: dict[int, list[Prediction]] = defaultdict(list)
    for prediction in predictions:
        if prediction.label is not None:
            people[prediction.label].append(prediction)
    return people
