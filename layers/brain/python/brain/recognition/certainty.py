"""How sure the network is that it knows the person at all, as a number and as a word.

A softmax always names somebody, and at the temperature that makes its probabilities right for people it
knows, it is often as sure of strangers. At a temperature of its own the first probability tells the two
apart better (Liang, Li, Srikant, "Enhancing the reliability of out-of-distribution image detection",
arXiv 1706.02690), and better still in units of the embedding's length: a clear photo of a stranger has large
logits for many, which is no sign of acquaintance; what counts is the angle to a person. The logits tell that
length, since the embedding's projections on enough people add up to it. A model's spec may carry that
temperature, what the projections weigh, and a logistic regression on the log-odds of that probability, fitted
when the model was made; without them the first probability has to do.
"""

from __future__ import annotations

import torch
from torch import Tensor

from brain.core.results import Verdict
from brain.recognition.network import ModelConfig

KNOWN = 0.5
SURE = 0.6


def certainty(logits: Tensor, config: ModelConfig) -> float:
    """The chance that the person is one of the identities, 0 to 1.

    Args:
        logits: (K,).
    """
    if config.known is None:
        return round(float(torch.softmax(logits.double(), 0).max()), 6)
    temperature, slope, offset = config.known
    weights = None if config.length_weights is None else torch.tensor(config.length_weights)
    odds = top1_log_odds(logits.unsqueeze(0), temperature, weights)[0]
    return round(float(torch.sigmoid(slope * odds + offset)), 6)


def top1_log_odds(logits: Tensor, temperature: float, weights: Tensor | None = None) -> Tensor:
    """Log-odds of the first name against all others: (n, K) -> (n,).

    Args:
        temperature: in lengths of a photo's embedding.
        weights: (K,) with which squared logits add up to that length's square; None takes the logits'
            standard deviation in its place.
    """
    z = logits.double()
    length = z.std(1) if weights is None else (z.square() @ weights.double()).sqrt()
    z = z / (length[:, None].clamp(min=1e-9) * temperature)
    first = z.argmax(1, keepdim=True)
    others = z.scatter(1, first, -torch.inf)
    return z.gather(1, first).squeeze(1) - torch.logsumexp(others, 1)


def judge(certain: float, probability: float) -> Verdict:
    """`nobody` when a stranger is likelier than not; `strong` only if one name stands out as well."""
    if certain < KNOWN:
        return Verdict.NOBODY
    return Verdict.STRONG if min(certain, probability) >= SURE else Verdict.WEAK
