"""Logistic regression with few inputs, by Newton's method."""

from __future__ import annotations

import numpy as np

STEPS = 100
PRECISION = 1e-10


def fit_logistic(inputs: np.ndarray, positive: np.ndarray) -> tuple[np.ndarray, float]:
    """Fit the coefficients and the intercept of the log-odds.

    Targets are smoothed as in Platt, "Probabilistic Outputs for Support Vector Machines and Comparisons to
    Regularized Likelihood Methods", 1999, so that separable classes have a finite solution.

    Args:
        inputs: (n, d) float.
        positive: (n,) bool.

    Returns:
        (d,) coefficients, and the intercept.
    """
    if not len(positive):
        return np.zeros(inputs.shape[1]), 0.0
    positives = int(positive.sum())
    targets = np.where(positive, (positives + 1) / (positives + 2), 1 / (len(positive) - positives + 2))
    centre, spread = inputs.mean(0), inputs.std(0)
    spread = np.where(spread > 0, spread, 1.0)
    rows = np.column_stack([(inputs - centre) / spread, np.ones(len(inputs))])  # (n, d + 1)
    weights = np.zeros(rows.shape[1])
    for _ in range(STEPS):
        p = logistic(rows @ weights)
        hessian = (rows.T * (p * (1 - p))) @ rows + PRECISION * np.eye(len(weights))
        step = np.linalg.solve(hessian, rows.T @ (p - targets))
        while loss(rows @ (weights - step), targets) > loss(rows @ weights, targets) + PRECISION:
            step /= 2
        weights -= step
        if np.abs(step).max() < PRECISION:
            break
    coefficients = weights[:-1] / spread
    return coefficients, float(weights[-1] - coefficients @ centre)


def logistic(log_odds: np.ndarray) -> np.ndarray:
    """Convert log-odds to probabilities."""
    return np.asarray(np.exp(-np.logaddexp(0, -log_odds)))


def loss(log_odds: np.ndarray, targets: np.ndarray) -> float:
    """The cross-entropy of targets between 0 and 1."""
    return float((np.logaddexp(0, log_odds) - targets * log_odds).sum())
