"""Fits the scale of a network's logits, and the odds that a person is known at all.

Every photo is named twice by a gallery of the other photos: once with its own person, whose mean leaves the
photo out, and once without. The first gives the probability of a name. Both together tell known people from
unknown ones.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations, islice

import numpy as np
import torch

from brain.core.errors import RefusedError
from brain.evaluation.logistic import fit_logistic
from brain.recognition.calibration import Calibration
from brain.recognition.certainty import best_and_lead
from brain.recognition.config import Metric, OpenSetCalibration
from brain.recognition.gallery import mean_descriptor

LEAST_PEOPLE, MOST_PHOTOS = 5, 4000
# Per person, so that people with many photos do not dominate.
MOST_PAIRS = 10
COHORT = 49
# The interval in which the scale is searched, and the relative precision of the result.
SCALES, PRECISION = (1.0, 5000.0), 1e-3
GOLDEN = (5**0.5 - 1) / 2
DIGITS = 5
HINT = f"Give a folder of folders, one per person: at least {LEAST_PEOPLE} people with two photos or more."


@dataclass(frozen=True)
class LeaveOneOut:
    """Similarities of photos to a gallery that leaves each of them out, for people with several photos.

    Attributes:
        likenesses: (n, K) float32, the photo's own person first. Without the first column, they are those of
            an unknown person.
        isolation: (2, n) float64 isolation of the best identity (see
            `brain.recognition.certainty.isolation_of`), and of the best one without the photo's own person.
        cohort: number of runners-up over which leads are averaged.
    """

    likenesses: np.ndarray
    isolation: np.ndarray
    cohort: int

    def inputs(self, scale: float) -> np.ndarray:
        """(2n, 3): best logit, lead and isolation for known people, then for unknown ones."""
        logits = torch.from_numpy(self.likenesses) * scale
        leads = [torch.stack(best_and_lead(each, self.cohort)) for each in (logits, logits[:, 1:])]
        return np.column_stack([torch.cat(leads, 1).T.numpy(), scale * self.isolation.ravel()])


def fit(descriptors: Mapping[str, np.ndarray], metric: Metric, source: str) -> Calibration:
    """Fit a calibration.

    Args:
        descriptors: name -> (n, D) descriptors of length 1.
        metric: what a logit measures.
        source: origin of the photos.

    Raises:
        RefusedError: there are too few people with two photos or more.
    """
    repeated = sum(len(rows) > 1 for rows in descriptors.values())
    if repeated < LEAST_PEOPLE:
        raise RefusedError(f"{repeated} people have two photos or more, too few to calibrate", HINT)
    left_out = leave_one_out(descriptors, metric)
    photos = len(left_out.likenesses)
    scale = best_scale(left_out.likenesses)
    coefficients, intercept = fit_logistic(left_out.inputs(scale), np.arange(2 * photos) < photos)
    top1, lead, isolation = (round(float(each), DIGITS) for each in coefficients)
    return Calibration(
        logit_scale=round(scale, 2),
        open_set=OpenSetCalibration(top1, lead, round(intercept, 4), left_out.cohort, isolation),
        people=len(descriptors),
        photos=photos,
        source=source,
    )


def pairs_of(descriptors: Mapping[str, np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """The similarities of all pairs of photos of one person, and of as many random pairs of two people.

    Returns:
        (n,) cosines, and (n,) bool: whether the pair shows one person.
    """
    random = np.random.default_rng(0)
    people = list(descriptors.values())
    same = [
        float(first @ second)
        for rows in people
        for first, second in islice(combinations(rows, 2), MOST_PAIRS)
    ]
    drawn = (random.choice(len(people), 2, replace=False) for _ in same)
    different = [
        float(random.choice(people[first]) @ random.choice(people[second])) for first, second in drawn
    ]
    return np.array(same + different), np.arange(2 * len(same)) < len(same)


def leave_one_out(descriptors: Mapping[str, np.ndarray], metric: Metric) -> LeaveOneOut:
    """Compare photos with the gallery of the other photos, `MOST_PHOTOS` of people with several at most.

    Args:
        descriptors: name -> (n, D) of length 1.
        metric: what a logit measures.
    """
    people = list(descriptors.values())
    means = np.stack([mean_descriptor(rows) for rows in people])  # (K, D)
    photos = [(n, photo) for n, rows in enumerate(people) if len(rows) > 1 for photo in range(len(rows))]
    count, cohort = min(MOST_PHOTOS, len(photos)), min(COHORT, len(people) - 2)
    cosines, isolation = np.empty((count, len(means)), np.float32), np.empty((2, count))
    for place in range(count):
        number, photo = photos[place * len(photos) // count]
        own = mean_descriptor(np.delete(people[number], photo, 0))
        gallery = np.vstack([own, np.delete(means, number, 0)])
        cosines[place] = gallery @ people[number][photo]
        for first in (0, 1):
            isolation[first, place] = lead_of_best(gallery[first:], cosines[place, first:], cohort)
    likenesses = cosines if metric == "cosine" else 2 * cosines - 2
    return LeaveOneOut(likenesses, isolation if metric == "cosine" else 2 * isolation, cohort)


def lead_of_best(gallery: np.ndarray, cosines: np.ndarray, cohort: int) -> float:
    """The lead of the best person's own mean descriptor over the other people.

    Args:
        gallery: (K, D) mean descriptors.
        cosines: (K,) of a photo.
        cohort: how many of the most similar others are averaged.
    """
    similarities = torch.from_numpy(gallery @ gallery[cosines.argmax()])
    return float(best_and_lead(similarities[None], cohort)[1])


def best_scale(known: np.ndarray) -> float:
    """The scale that maximises the likelihood of the correct names, by golden-section search.

    Args:
        known: (n, K) likenesses, the own person first.
    """

    def surprise(log_scale: float) -> float:
        logits = np.exp(log_scale) * known
        largest = logits.max(1)
        return float((np.log(np.exp(logits - largest[:, None]).sum(1)) + largest - logits[:, 0]).mean())

    low, high = np.log(SCALES)
    while high - low > PRECISION:
        left, right = high - GOLDEN * (high - low), low + GOLDEN * (high - low)
        low, high = (low, right) if surprise(left) < surprise(right) else (left, high)
    return float(np.exp((low + high) / 2))
