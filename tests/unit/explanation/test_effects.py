from __future__ import annotations

import pytest
import torch

from brain.core.explanations import Effect
from brain.explanation.effects import EffectScorer, exceeds_controls, is_reason


def effect(probability: float, logit: float) -> Effect:
    return Effect(probability=probability, logit=logit)


def test_effects_are_drops_of_the_first_label() -> None:
    scorer = EffectScorer(torch.tensor([0.0, 2.0, 0.0]), [1, 0])
    altered = torch.tensor([0.5, 0.5, 0.0])
    before, after = (float(torch.softmax(torch.tensor(z), 0)[1]) for z in ([0.0, 2.0, 0.0], [0.5, 0.5, 0.0]))
    assert scorer.before == pytest.approx(before)
    assert scorer.effect(altered).probability == pytest.approx(before - after, abs=1e-4)
    assert scorer.effect(altered).logit == 1.5
    assert scorer.logit_drops(altered) == [1.5, -0.5]


@pytest.mark.parametrize(
    ("own", "controls", "exceeds", "reason"),
    [
        (effect(0.3, 2.0), [effect(0.1, 1.0), effect(0.2, 1.6)], True, True),
        (effect(0.3, 2.0), [effect(0.1, 1.0), effect(0.2, 1.9)], True, False),
        (effect(0.3, 2.0), [effect(-0.1, -1.0)], True, True),
        (effect(0.3, 2.0), [effect(0.1, 1.0), effect(0.2, 2.1)], False, False),
        (effect(0.3, 2.0), [effect(0.3, 1.0)], False, False),
        (effect(0.11, 2.0), [effect(0.0, 0.0)], True, False),
        (effect(0.9, 9.0), [], False, False),
    ],
)
def test_a_reason_is_large_and_exceeds_every_control(
    own: Effect, controls: list[Effect], exceeds: bool, reason: bool
) -> None:
    assert exceeds_controls(own, controls) is exceeds
    assert is_reason(own, controls) is reason
