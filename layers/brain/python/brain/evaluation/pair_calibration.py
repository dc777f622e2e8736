"""The probability that two photos show one person: fitted to their similarity, and how far off it is.

Every pair is judged by the function that was fitted on the other folds.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from brain.evaluation.calibration import Calibration, calibrate
from brain.recognition.pairs import PairCalibration

STEPS = 100
PRECISION = 1e-10


@dataclass(frozen=True)
class PairCalibrationMetrics:
    """The calibration over all pairs with faces.

    Attributes:
        fitted: on all pairs.
        measured: expected calibration error and bins, each pair by the function that was fitted on the other
            folds.
    """

    fitted: PairCalibration
    measured: Calibration


def calibrate_pairs(
    similarities: Sequence[float | None], same: Sequence[bool], folds: Sequence[int], source: str
) -> PairCalibrationMetrics | None:
    """Fit the probability on all pairs, and measure it across folds.

    Args:
        similarities: cosine of the two embeddings; pairs with None, which lack a face, are left out.
        same: whether the pair shows one person.
        folds: of each pair; at least two different ones.
        source: what the pairs are, for the fitted function.

    Returns:
        None where no pair has two faces.
    """
    found = np.array([value is not None for value in similarities])
    if not found.any():
        return None
    s = np.array([value for value in similarities if value is not None])
    matching, fold = np.asarray(same, bool)[found], np.asarray(folds)[found]
    probabilities = np.zeros(len(s))
    for number in np.unique(fold):
        own = fold == number
        slope, intercept = fit_logistic(s[~own], matching[~own])
        probabilities[own] = logistic(slope * s[own] + intercept)
    measured = calibrate(probabilities.tolist(), matching.tolist())
    assert measured is not None
    slope, intercept = fit_logistic(s, matching)
    return PairCalibrationMetrics(PairCalibration(round(slope, 4), round(intercept, 4), source), measured)


def fit_logistic(x: np.ndarray, positive: np.ndarray) -> tuple[float, float]:
    """Slope and intercept of Platt's logistic regression, by Newton's method with halved steps.

    Targets are smoothed as in Platt's paper, so that separable classes have a finite solution.

    Args:
        x: (n,) float.
        positive: (n,) bool.
    """
    positives = int(positive.sum())
    targets = np.where(positive, (positives + 1) / (positives + 2), 1 / (len(x) - positives + 2))
    centre, spread = (float(x.mean()), float(x.std()) or 1.0) if len(x) else (0.0, 1.0)
    inputs = np.stack([(x - centre) / spread, np.ones(len(x))], 1)  # (n, 2)
    weights = np.zeros(2)
    for _ in range(STEPS):
        p = logistic(inputs @ weights)
        gradient = inputs.T @ (p - targets)
        hessian = (inputs.T * (p * (1 - p))) @ inputs + PRECISION * np.eye(2)
        step = np.linalg.solve(hessian, gradient)
        while loss(inputs @ (weights - step), targets) > loss(inputs @ weights, targets) + PRECISION:
            step /= 2
        weights -= step
        if np.abs(step).max() < PRECISION:
            break
    slope = float(weights[0]) / spread
    return slope, float(weights[1]) - slope * centre


def logistic(log_odds: np.ndarray) -> np.ndarray:
    """Log-odds to probabilities."""
    return np.asarray(np.exp(-np.logaddexp(0, -log_odds)))


def loss(log_odds: np.ndarray, targets: np.ndarray) -> float:
    """The cross-entropy of targets between 0 and 1."""
    return float((np.logaddexp(0, log_odds) - targets * log_odds).sum())
