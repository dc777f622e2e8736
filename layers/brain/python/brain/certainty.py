"""How sure the network is that it knows the person at all, as a number and as a word.

A softmax always names somebody, so its first probability alone says little about strangers. The
free energy of the logits, logsumexp(z), grows with how well any of the identities fits (Liu et al.,
"Energy-based Out-of-distribution Detection", arXiv 2010.03759). A model's spec may carry a logistic
regression on it, fitted when the model was made; without one the first probability has to do.
"""

from __future__ import annotations

import torch
from torch import Tensor

from brain.network import Spec
from brain.results import Verdict

KNOWN = 0.5
SURE = 0.6


def certainty(logits: Tensor, spec: Spec) -> float:
    """The chance that the person is one of the identities, 0 to 1.

    Args:
        logits: (K,).
    """
    z = logits.double()
    if spec.known is None:
        return round(float(torch.softmax(z, 0).max()), 6)
    slope, offset = spec.known
    return round(float(torch.sigmoid(slope * torch.logsumexp(z, 0) + offset)), 6)


def judge(certain: float, probability: float) -> Verdict:
    """`nobody` when a stranger is likelier than not; `strong` only if one name stands out as well."""
    if certain < KNOWN:
        return Verdict.NOBODY
    return Verdict.STRONG if min(certain, probability) >= SURE else Verdict.WEAK
