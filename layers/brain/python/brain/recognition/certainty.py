"""How likely it is that the person is in the gallery at all, as a number and as a verdict.

A softmax always names somebody: it compares identities with each other, not with people outside the gallery.
Whether somebody is known shows in how similar the best identity is, and in its lead over the runners-up, who
are all somebody else. `OpenSetCalibration` weighs the two.
"""

from __future__ import annotations

import torch
from torch import Tensor

from brain.core.results import Verdict
from brain.recognition.config import ModelConfig, OpenSetCalibration

KNOWN = 0.5
SURE = 0.6


def certainty(logits: Tensor, config: ModelConfig, strangers: Tensor | None = None) -> float:
    """The probability that the person is one of the identities, 0 to 1.

    Without a calibration, the probability of the first name stands in for it.

    Args:
        logits: (K,).
        strangers: (M,) logits of people who are no identities, but runners-up: with few identities there
            would be too few of them otherwise.
    """
    if config.open_set is None:
        return round(float(torch.softmax(logits.double(), 0).max()), 6)
    others = None if strangers is None else strangers.unsqueeze(0)
    return round(float(torch.sigmoid(open_set_log_odds(logits.unsqueeze(0), config.open_set, others))[0]), 6)


def open_set_log_odds(
    logits: Tensor, calibration: OpenSetCalibration, strangers: Tensor | None = None
) -> Tensor:
    """Log-odds that a person is in the gallery: (n, K) logits -> (n,) float64.

    Args:
        strangers: (n, M), see `certainty`.
    """
    best = logits.double().topk(min(calibration.cohort + 1, logits.shape[1])).values
    first, runners_up = best[:, 0], best[:, 1:]
    if strangers is not None:
        competing = torch.cat([runners_up, strangers.double()], 1)
        runners_up = competing.topk(min(calibration.cohort, competing.shape[1])).values
    lead = first - runners_up.mean(1) if runners_up.shape[1] else torch.zeros_like(first)
    return calibration.top1 * first + calibration.lead * lead + calibration.intercept


def judge(certain: float, probability: float, *, calibrated: bool = True) -> Verdict:
    """The verdict in a result.

    Args:
        certain: the probability that the person is one of the identities.
        probability: of the first name among the identities.
        calibrated: whether the first figure says anything of people who are no identities.

    Returns:
        `nobody` where somebody unknown is more likely; `strong` only where one name leads clearly as well.
    """
    if calibrated and certain < KNOWN:
        return Verdict.NOBODY
    return Verdict.STRONG if min(certain, probability) >= SURE else Verdict.WEAK
