"""Fits the probability that two photos show one person to their similarity, and measures its error.

Every pair is judged by a function that was fitted on the other folds.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from brain.evaluation.calibration import Calibration, calibrate
from brain.evaluation.logistic import fit_logistic, logistic
from brain.recognition.pairs import PairCalibration


@dataclass(frozen=True)
class PairCalibrationMetrics:
    """The calibration over all pairs with faces.

    Attributes:
        fitted: the function that was fitted on all pairs.
        measured: expected calibration error and bins, with each pair judged by the function of the other
            folds.
    """

    fitted: PairCalibration
    measured: Calibration


def calibrate_pairs(
    similarities: Sequence[float | None], same: Sequence[bool], folds: Sequence[int], source: str
) -> PairCalibrationMetrics | None:
    """Fit the probability on all pairs, and measure it across folds.

    Args:
        similarities: cosine of the two embeddings; pairs with None, in which a face is missing, are left out.
        same: whether the pair shows one person.
        folds: fold of each pair; at least two different ones.
        source: origin of the pairs, stored with the fitted function.

    Returns:
        None if fewer than two folds have pairs with two faces.
    """
    found = np.array([value is not None for value in similarities])
    s = np.array([value for value in similarities if value is not None])
    matching, fold = np.asarray(same, bool)[found], np.asarray(folds)[found]
    if len(np.unique(fold)) < 2:
        return None
    probabilities = np.zeros(len(s))
    for number in np.unique(fold):
        own = fold == number
        (slope,), intercept = fit_logistic(s[~own, None], matching[~own])
        probabilities[own] = logistic(slope * s[own] + intercept)
    measured = calibrate(probabilities.tolist(), matching.tolist())
    assert measured is not None
    return PairCalibrationMetrics(fit_pairs(s, matching, source), measured)


def fit_pairs(similarities: np.ndarray, same: np.ndarray, source: str) -> PairCalibration:
    """Fit the function to pairs.

    Args:
        similarities: (n,) cosines.
        same: (n,) bool.
        source: origin of the pairs.
    """
    (slope,), intercept = fit_logistic(similarities[:, None], same)
    return PairCalibration(round(float(slope), 4), round(intercept, 4), source)
