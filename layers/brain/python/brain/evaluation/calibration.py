"""Is a model right as often as it says? Reliability diagram and expected calibration error."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

BINS = 10


@dataclass(frozen=True)
class Bin:
    """Photos whose first probability lies from `low` up to `high`: its mean, and the share that is right."""

    low: float
    high: float
    photos: int
    probability: float
    right: float


@dataclass(frozen=True)
class Calibration:
    """`error` is the expected calibration error, 0 to 1. Bins without photos are left out."""

    error: float
    bins: tuple[Bin, ...]


def calibrate(probabilities: Sequence[float], right: Sequence[bool]) -> Calibration | None:
    """Ten bins of equal width; the error is the mean gap, weighted by photos. None without photos.

    Naeini, Cooper, Hauskrecht, "Obtaining Well Calibrated Probabilities Using Bayesian Binning", AAAI 2015;
    Guo et al., "On Calibration of Modern Neural Networks", arXiv 1706.04599, equation 3.

    Args:
        probabilities: of the first name, 0 to 1, one a photo.
        right: whether that name is the right one.
    """
    if not probabilities:
        return None
    p, r = np.asarray(probabilities, float), np.asarray(right, float)
    place = np.minimum((p * BINS).astype(int), BINS - 1)
    bins = tuple(
        _bin(number, p[place == number], r[place == number]) for number in sorted(set(place.tolist()))
    )
    gaps = sum(one.photos * abs(one.right - one.probability) for one in bins)
    return Calibration(gaps / len(p), bins)


def _bin(number: int, probabilities: np.ndarray, right: np.ndarray) -> Bin:
    return Bin(
        number / BINS, (number + 1) / BINS, len(right), float(probabilities.mean()), float(right.mean())
    )
