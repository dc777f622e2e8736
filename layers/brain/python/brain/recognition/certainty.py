"""The probability that the person is in the gallery at all, and the verdict.

A softmax always names somebody: it compares identities with each other, not with people outside the gallery.
Three figures tell whether somebody is known: how similar the best identity is; its lead over the runners-up,
who are all different people; and how far the best identity stands out from the rest of the gallery, because a
person who resembles many others is easily confused with them. `OpenSetCalibration` weighs the three.
"""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional

from brain.core.results import Verdict
from brain.recognition.classifier import Classifier
from brain.recognition.config import ModelConfig, OpenSetCalibration

KNOWN = 0.5
SURE = 0.6


def certainty(
    logits: Tensor, config: ModelConfig, strangers: Tensor | None = None, isolation: float = 0.0
) -> float:
    """The probability that the person is one of the identities, 0 to 1.

    Without a calibration, this is the probability of the first name.

    Args:
        logits: (K,).
        strangers: (M,) logits of people who are not identities, but count as runners-up: few identities would
            give too few runners-up.
        isolation: isolation of the best identity, see `isolation_of`.
    """
    if config.open_set is None:
        return round(float(torch.softmax(logits.double(), 0).max()), 6)
    others = None if strangers is None else strangers.unsqueeze(0)
    log_odds = open_set_log_odds(logits.unsqueeze(0), config.open_set, others, torch.tensor([isolation]))
    return round(float(torch.sigmoid(log_odds)[0]), 6)


def open_set_log_odds(
    logits: Tensor,
    calibration: OpenSetCalibration,
    strangers: Tensor | None = None,
    isolation: Tensor | None = None,
) -> Tensor:
    """The log-odds that a person is in the gallery: (n, K) logits -> (n,) float64.

    Args:
        strangers: (n, M), see `certainty`.
        isolation: (n,), see `certainty`; None if the calibration does not use it.
    """
    first, lead = best_and_lead(logits, calibration.cohort, strangers)
    log_odds = calibration.top1 * first + calibration.lead * lead + calibration.intercept
    return log_odds if isolation is None else log_odds + calibration.isolation * isolation.double()


def best_and_lead(logits: Tensor, cohort: int, strangers: Tensor | None = None) -> tuple[Tensor, Tensor]:
    """The best logit, and its lead over the mean of the runners-up: (n, K) logits -> (n,) float64 each.

    Args:
        cohort: maximum number of runners-up to average.
        strangers: (n, M), see `certainty`.
    """
    best = logits.double().topk(min(cohort + 1, logits.shape[1])).values
    first, runners_up = best[:, 0], best[:, 1:]
    if strangers is not None:
        competing = torch.cat([runners_up, strangers.double()], 1)
        runners_up = competing.topk(min(cohort, competing.shape[1])).values
    lead = first - runners_up.mean(1) if runners_up.shape[1] else torch.zeros_like(first)
    return first, lead


def isolation_of(
    labels: Tensor,
    network: Classifier,
    strangers: tuple[Tensor, Tensor] | None = None,
    without: int | None = None,
) -> Tensor:
    """How far people stand out: the lead of each person's own logit, given their own mean descriptor.

    Args:
        labels: (n,) identities, 0-based.
        network: has the mean descriptors; its calibration says over how many others the lead is taken.
        strangers: (M, D) rows and (M,) biases of people who are not identities, see `certainty`.
        without: an identity to leave out.

    Returns:
        (n,) float64, in units of the logit; zero if the calibration does not use it.
    """
    calibration, gallery = network.config.open_set, network.output_layer
    if calibration is None or not calibration.isolation:
        return torch.zeros(len(labels), dtype=torch.float64)
    means = functional.normalize(gallery.weight[labels])  # (n, D)
    logits: Tensor = gallery(means)
    if without is not None:
        logits = torch.cat([logits[:, :without], logits[:, without + 1 :]], 1)
    others = None if strangers is None else functional.linear(means, *strangers)
    return best_and_lead(logits, calibration.cohort, others)[1]


def judge(certain: float, probability: float, *, calibrated: bool = True) -> Verdict:
    """The verdict in a result.

    Args:
        certain: the probability that the person is one of the identities.
        probability: probability of the first name among the identities.
        calibrated: whether `certain` was calibrated with people who are not identities.

    Returns:
        `nobody` if an unknown person is more likely; `strong` only if one name also leads clearly.
    """
    if calibrated and certain < KNOWN:
        return Verdict.NOBODY
    return Verdict.STRONG if min(certain, probability) >= SURE else Verdict.WEAK
