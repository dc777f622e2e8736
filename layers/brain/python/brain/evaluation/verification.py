"""Face verification: do two photos show the same person?

Accuracy follows LFW's protocol: ten folds, and for each the threshold that is best on the other nine.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import sqrt

import numpy as np

from brain.evaluation.open_set import resample, roc

FALSE_ACCEPT_RATES = (0.01, 0.001)
LEAST_SIMILAR = -1.0


@dataclass(frozen=True)
class Verification:
    """How well similarities tell matching from mismatched pairs.

    Attributes:
        pairs: how many pairs; `without_face` counts those with a photo without a detected face, which are
            taken for mismatched.
        accuracy: the mean over folds, and its standard error.
        fold_accuracies, thresholds: accuracy and threshold of each fold.
        tar_at_far: over all pairs, the share of matching pairs that is accepted at the threshold that accepts
            the given share of mismatched ones.
        auroc: area under the curve.
        false_accept_rate, true_accept_rate: the curve at 101 evenly spaced false accept rates.
    """

    pairs: int
    without_face: int
    accuracy: float
    standard_error: float
    fold_accuracies: tuple[float, ...]
    thresholds: tuple[float, ...]
    tar_at_far: Mapping[float, float]
    auroc: float
    false_accept_rate: tuple[float, ...]
    true_accept_rate: tuple[float, ...]


def verify_pairs(
    similarities: Sequence[float | None], same: Sequence[bool], folds: Sequence[int]
) -> Verification:
    """Summarise the similarities of pairs.

    Args:
        similarities: cosine of the two embeddings, -1 to 1; None if a photo shows no face.
        same: whether the pair shows one person.
        folds: fold of each pair; at least two different ones.
    """
    s = np.array([LEAST_SIMILAR if value is None else value for value in similarities])
    matching, fold = np.asarray(same, bool), np.asarray(folds)
    accuracies, thresholds = [], []
    for number in np.unique(fold):
        own = fold == number
        threshold = best_threshold(s[~own], matching[~own])
        accuracies.append(float(np.mean((s[own] >= threshold) == matching[own])))
        thresholds.append(threshold)
    false_accept, true_accept = roc(s[matching].tolist(), s[~matching].tolist())
    grid, curve = resample(false_accept, true_accept)
    return Verification(
        pairs=len(s),
        without_face=sum(value is None for value in similarities),
        accuracy=float(np.mean(accuracies)),
        standard_error=float(np.std(accuracies, ddof=1)) / sqrt(len(accuracies)),
        fold_accuracies=tuple(accuracies),
        thresholds=tuple(thresholds),
        tar_at_far={far: tar_at_far(false_accept, true_accept, far) for far in FALSE_ACCEPT_RATES},
        auroc=float(np.trapezoid(true_accept, false_accept)),
        false_accept_rate=grid,
        true_accept_rate=curve,
    )


def best_threshold(similarities: np.ndarray, same: np.ndarray) -> float:
    """The threshold with the highest accuracy, halfway between two similarities; the middle one of equals.

    Args:
        similarities: (n,) float.
        same: (n,) bool.
    """
    values, index = np.unique(similarities, return_inverse=True)
    matching = np.bincount(index, same, len(values))
    mismatched = np.bincount(index, ~same, len(values))
    # At a threshold just below values[i], mismatched pairs before i and matching pairs from i on are correct.
    right = np.append(0, mismatched.cumsum()) + np.append(matching[::-1].cumsum()[::-1], 0)
    edges = np.concatenate([[values[0] - 1], values, [values[-1] + 1]])
    best = np.flatnonzero(right == right.max())
    middle = best[len(best) // 2]
    return float((edges[middle] + edges[middle + 1]) / 2)


def tar_at_far(false_accept: np.ndarray, true_accept: np.ndarray, far: float) -> float:
    """The greatest true accept rate whose false accept rate is at most `far`."""
    return float(true_accept[np.searchsorted(false_accept, far + 1e-9, side="right") - 1])
