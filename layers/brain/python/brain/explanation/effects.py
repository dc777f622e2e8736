"""The effect of blurring something out on the candidates, and when it is a reason.

A part of the face is a reason for the name if

    without it, the probability of the named identity falls by at least `LEAST_EFFECT`, and
    its probability falls further than for every control region, and its logit by a fifth further.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from brain.core.explanations import Effect

LEAST_EFFECT = 0.12
# How far a reason's logit must fall, in multiples of the fall for any control. Controls are a sample: without
# a margin, one reason in ten would not exceed the next three controls.
MARGIN = 1.2
# The same for a set of features, whose controls are mostly random masks, which vary more.
SET_MARGIN = 1.3
DIGITS = 4


class EffectScorer:
    """Computes effects on the candidates from the logits of an altered input.

    Args:
        logits: (K,) of the unaltered input.
        labels: the candidates, the named one first.
    """

    def __init__(self, logits: Tensor, labels: Sequence[int]) -> None:
        self._labels = list(labels)
        self._logits = logits.double()[self._labels]
        self.before = self.probability(logits)

    def probability(self, logits: Tensor) -> float:
        """The probability of the named identity, given (K,) logits."""
        return float(torch.softmax(logits.double(), 0)[self._labels[0]])

    def logit_drops(self, logits: Tensor) -> list[float]:
        """By how much each candidate's logit is lower in an altered input, given its (K,) logits."""
        drops = self._logits - logits.double()[self._labels]
        return [round(drop, DIGITS) for drop in drops.tolist()]

    def effect(self, logits: Tensor) -> Effect:
        """The effect on the named identity of an altered input, given its (K,) logits."""
        after = self.probability(logits)
        return Effect(probability=round(self.before - after, DIGITS), logit=self.logit_drops(logits)[0])


def largest_effect(controls: Sequence[Effect]) -> Effect:
    """The largest drop of the probability and of the logit among controls; at least one."""
    return Effect(
        probability=max(control.probability for control in controls),
        logit=max(control.logit for control in controls),
    )


def exceeds_controls(effect: Effect, controls: Sequence[Effect]) -> bool:
    """Whether probability and logit both fall further than for every control. False without controls."""
    if not controls:
        return False
    strictest = largest_effect(controls)
    return effect.probability > strictest.probability and effect.logit > strictest.logit


def is_reason(effect: Effect, controls: Sequence[Effect], margin: float = MARGIN) -> bool:
    """Whether an effect is large enough and exceeds every control, its logit by a margin."""
    if effect.probability < LEAST_EFFECT or not exceeds_controls(effect, controls):
        return False
    return effect.logit >= margin * largest_effect(controls).logit
