"""Fits what a network's logits mean: the factor of a likeness, and the odds that a person is known at all.

Every photo is named twice by a gallery of the other photos: with its own person in it, whose mean leaves the
photo out, and without. The first gives the probability of a name, both together tell known people from
unknown ones.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import combinations, islice

import numpy as np

from brain.core.errors import RefusedError
from brain.evaluation.logistic import fit_logistic
from brain.recognition.calibration import Calibration
from brain.recognition.config import Metric, OpenSetCalibration
from brain.recognition.gallery import mean_descriptor

LEAST_PEOPLE, MOST_PHOTOS = 5, 4000
# Of one person, so that people with many photos do not decide alone.
MOST_PAIRS = 10
COHORT = 49
# Where the factor is looked for, and to which share of itself it is found.
SCALES, PRECISION = (1.0, 5000.0), 1e-3
GOLDEN = (5**0.5 - 1) / 2
HINT = f"Give a folder of folders, one per person: at least {LEAST_PEOPLE} people with two photos or more."


def fit(descriptors: Mapping[str, np.ndarray], metric: Metric, source: str) -> Calibration:
    """Fit a calibration.

    Args:
        descriptors: name -> (n, D) descriptors of length 1.
        metric: what a logit measures.
        source: where the photos came from.

    Raises:
        RefusedError: there are too few people with two photos or more.
    """
    repeated = sum(len(rows) > 1 for rows in descriptors.values())
    if repeated < LEAST_PEOPLE:
        raise RefusedError(f"{repeated} people have two photos or more, too few to calibrate", HINT)
    known = likenesses(descriptors, metric)
    scale = best_scale(known)
    cohort = min(COHORT, known.shape[1] - 2)
    inputs = np.concatenate([top_and_lead(rows * scale, cohort) for rows in (known, known[:, 1:])])
    (top1, lead), intercept = fit_logistic(inputs, np.arange(len(inputs)) < len(known))
    return Calibration(
        logit_scale=round(scale, 2),
        open_set=OpenSetCalibration(
            round(float(top1), 5), round(float(lead), 5), round(intercept, 4), cohort
        ),
        people=len(descriptors),
        photos=len(known),
        source=source,
    )


def pairs_of(descriptors: Mapping[str, np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """The similarities of pairs of photos: those of one person, and as many of two people drawn at random.

    Returns:
        (n,) cosines, and (n,) bool, whether the pair shows one person.
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


def likenesses(descriptors: Mapping[str, np.ndarray], metric: Metric) -> np.ndarray:
    """What the logits of photos of people with several photos are multiples of.

    Returns:
        (n, K) float32 with the photo's own person first; n is at most `MOST_PHOTOS`.
    """
    means = np.stack([mean_descriptor(rows) for rows in descriptors.values()])
    chosen = [
        (number, photo)
        for number, rows in enumerate(descriptors.values())
        for photo in range(len(rows) if len(rows) > 1 else 0)
    ]
    count, people = min(MOST_PHOTOS, len(chosen)), list(descriptors.values())
    cosines = np.empty((count, len(means)), np.float32)
    for place in range(count):
        number, photo = chosen[place * len(chosen) // count]
        rows = people[number]
        cosines[place] = means @ rows[photo]
        cosines[place, number] = cosines[place, 0]
        cosines[place, 0] = mean_descriptor(np.delete(rows, photo, 0)) @ rows[photo]
    return cosines if metric == "cosine" else 2 * cosines - 2


def best_scale(known: np.ndarray) -> float:
    """The factor that makes the softmax give the right names the largest likelihood, by golden sections.

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


def top_and_lead(logits: np.ndarray, cohort: int) -> np.ndarray:
    """(n, K) logits -> (n, 2): the best one, and its lead over the mean of the runners-up."""
    best = -np.sort(-logits, axis=1)[:, : cohort + 1]
    return np.column_stack([best[:, 0], best[:, 0] - best[:, 1:].mean(1)])
