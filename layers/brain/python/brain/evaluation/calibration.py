"""Reliability diagram and expected calibration error."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

BINS = 10


@dataclass(frozen=True)
class Bin:
    """The photos whose top-1 probability lies in [`low`, `high`).

    Attributes:
        photos: how many.
        confidence: their mean top-1 probability.
        accuracy: the share of them whose top-1 name is correct.
    """

    low: float
    high: float
    photos: int
    confidence: float
    accuracy: float


@dataclass(frozen=True)
class Calibration:
    """`error` is the expected calibration error, 0 to 1. Empty bins are left out."""

    error: float
    bins: tuple[Bin, ...]

    @property
    def photos(self) -> int:
        """How many photos were measured."""
        return sum(each.photos for each in self.bins)


def calibrate(probabilities: Sequence[float], correct: Sequence[bool]) -> Calibration | None:
    """The gap between confidence and accuracy, weighted by photos, over ten bins of equal width.

    Guo et al., "On Calibration of Modern Neural Networks", arXiv 1706.04599, equation 3.

    Args:
        probabilities: top-1 probability of each photo, 0 to 1.
        correct: whether its top-1 name is correct.

    Returns:
        None without photos.
    """
    if not probabilities:
        return None
    p, right = np.asarray(probabilities, float), np.asarray(correct, float)
    index = np.minimum((p * BINS).astype(int), BINS - 1)
    bins = tuple(
        _bin(number, p[index == number], right[index == number]) for number in sorted(set(index.tolist()))
    )
    gaps = sum(each.photos * abs(each.accuracy - each.confidence) for each in bins)
    return Calibration(gaps / len(p), bins)


def _bin(number: int, p: np.ndarray, right: np.ndarray) -> Bin:
    return Bin(number / BINS, (number + 1) / BINS, len(p), float(p.mean()), float(right.mean()))
