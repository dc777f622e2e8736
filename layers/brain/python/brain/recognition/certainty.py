"""How likely it is that the person is in the gallery at all, as a number and as a verdict.

A softmax always names somebody: it compares identities with each other, not with people outside the gallery.
Whether somebody is known shows in how similar the best identity is, in its lead over the runners-up, who are
all somebody else, and in how far the best identity stands out from the rest of the gallery: a person like
many others is easily taken for them. `OpenSetCalibration` weighs the three.
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

    Without a calibration, the probability of the first name stands in for it.

    Args:
        logits: (K,).
        strangers: (M,) logits of people who are no identities, but runners-up: with few identities there
            would be too few of them otherwise.
        isolation: of the best identity, see `isolation_of`.
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
    """Log-odds that a person is in the gallery: (n, K) logits -> (n,) float64.

    Args:
        strangers: (n, M), see `certainty`.
        isolation: (n,), see `certainty`; None where the calibration has no use for it.
    """
    first, lead = best_and_lead(logits, calibration.cohort, strangers)
    log_odds = calibration.top1 * first + calibration.lead * lead + calibration.intercept
    return log_odds if isolation is None else log_odds + calibration.isolation * isolation.double()


def best_and_lead(logits: Tensor, cohort: int, strangers: Tensor | None = None) -> tuple[Tensor, Tensor]:
    """The best logit, and its lead over the mean of the runners-up: (n, K) logits -> (n,) float64 each.

    Args:
        cohort: how many runners-up are averaged at most.
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
    """How far people stand out: the lead that the logit of each has for the person's own mean descriptor.

    Args:
        labels: (n,) identities, 0-based.
        network: has the mean descriptors; its calibration says over how many others.
        strangers: (M, D) rows and (M,) biases of people who are no identities, see `certainty`.
        without: an identity who takes no part.

    Returns:
        (n,) float64, in units of the logit; zero where the calibration has no use for it.
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
        probability: of the first name among the identities.
        calibrated: whether the first figure says anything of people who are no identities.

    Returns:
        `nobody` where somebody unknown is more likely; `strong` only where one name leads clearly as well.
    """
    if calibrated and certain < KNOWN:
        return Verdict.NOBODY
    return Verdict.STRONG if min(certain, probability) >= SURE else Verdict.WEAK
