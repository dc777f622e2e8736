"""Can people whom the model knows be told from strangers by the certainty that it reports?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

POINTS = 101


@dataclass(frozen=True)
class Known:
    """The receiver operating characteristic of "this is somebody I know".

    Attributes:
        known, strangers: photos with a face.
        auroc: the chance that a known person's photo is more certain than a stranger's; ties count half.
        taken_in: the share of strangers who pass where 95 % of the known do.
        false_positive, true_positive: the curve, shares of strangers and of known who pass, at 101
            evenly spaced shares of strangers.
    """

    known: int
    strangers: int
    auroc: float
    fpr_at_95_tpr: float
    false_positive: tuple[float, ...]
    true_positive: tuple[float, ...]


def open_set_roc(known: Sequence[float], strangers: Sequence[float]) -> Known | None:
    """Sum up certainties of known people's and of strangers' photos; None when either is missing."""
    if not len(known) or not len(strangers):
        return None
    false_positive, true_positive = roc(known, strangers)
    grid = np.linspace(0, 1, POINTS)
    # The highest share of known people for each share of strangers: where the curve jumps, its upper end.
    last = np.searchsorted(false_positive, grid, side="right") - 1
    return Known(
        len(known),
        len(strangers),
        float(np.trapezoid(true_positive, false_positive)),
        float(false_positive[np.argmax(true_positive >= 0.95)]),
        tuple(grid.tolist()),
        tuple(true_positive[last].tolist()),
    )


def roc(known: Sequence[float], strangers: Sequence[float]) -> tuple[np.ndarray, np.ndarray]:
    """Shares of strangers and of known who pass, for every threshold from the strictest on.

    Returns:
        Two (T + 1,) arrays that rise from 0 to 1, T being the number of different certainties.
    """
    scores = np.concatenate([known, strangers])
    thresholds = np.unique(scores)[::-1]
    shares = [
        1 - np.searchsorted(np.sort(group), thresholds, side="left") / len(group)
        for group in (strangers, known)
    ]
    false_positive, true_positive = (np.concatenate([[0.0], share]) for share in shares)
    return false_positive, true_positive
