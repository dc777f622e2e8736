"""Open-set recognition: does the reported certainty tell known people from unknown ones?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

POINTS = 101


@dataclass(frozen=True)
class OpenSetRoc:
    """The receiver operating characteristic of "this person is known".

    Attributes:
        known, unknown: how many photos with a face.
        auroc: the probability that a known person's photo has a greater certainty than an unknown one's; ties
            count half.
        fpr_at_95_tpr: the share of unknown people who are accepted at the threshold that accepts 95 % of the
            known ones.
        false_positive_rate, true_positive_rate: the curve at 101 evenly spaced false positive rates.
    """

    known: int
    unknown: int
    auroc: float
    fpr_at_95_tpr: float
    false_positive_rate: tuple[float, ...]
    true_positive_rate: tuple[float, ...]


def open_set_roc(known: Sequence[float], unknown: Sequence[float]) -> OpenSetRoc | None:
    """Summarise the certainties of known and unknown people's photos; None if either is missing."""
    if not len(known) or not len(unknown):
        return None
    false_positive, true_positive = roc(known, unknown)
    grid, curve = resample(false_positive, true_positive)
    return OpenSetRoc(
        known=len(known),
        unknown=len(unknown),
        auroc=float(np.trapezoid(true_positive, false_positive)),
        fpr_at_95_tpr=float(false_positive[np.argmax(true_positive >= 0.95)]),
        false_positive_rate=grid,
        true_positive_rate=curve,
    )


def roc(positive: Sequence[float], negative: Sequence[float]) -> tuple[np.ndarray, np.ndarray]:
    """False and true positive rate at every threshold, the strictest first.

    Returns:
        Two (T + 1,) arrays that rise from 0 to 1, where T is the number of distinct scores.
    """
    thresholds = np.unique(np.concatenate([positive, negative]))[::-1]
    rates = [
        1 - np.searchsorted(np.sort(scores), thresholds, side="left") / len(scores)
        for scores in (negative, positive)
    ]
    false_positive, true_positive = (np.concatenate([[0.0], rate]) for rate in rates)
    return false_positive, true_positive


def resample(
    false_positive: np.ndarray, true_positive: np.ndarray
) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """A curve at 101 evenly spaced false positive rates; its upper end where it jumps."""
    grid = np.linspace(0, 1, POINTS)
    last = np.searchsorted(false_positive, grid, side="right") - 1
    return tuple(grid.tolist()), tuple(true_positive[last].tolist())
