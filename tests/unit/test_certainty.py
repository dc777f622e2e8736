"""Known, or nobody it knows."""

from __future__ import annotations

import pytest
import torch

from brain.certainty import certainty, judge
from brain.results import Verdict
from tests import tiny


def test_without_a_fit_the_first_probability_counts() -> None:
    logits = torch.tensor([2.0, 0.0, 0.0])
    assert certainty(logits, tiny.spec()) == pytest.approx(torch.softmax(logits, 0)[0].item(), abs=1e-6)


def test_a_fit_looks_at_the_free_energy_not_at_the_first_probability() -> None:
    spec = tiny.spec(known=(1.0, -5.0))
    stranger, known = torch.tensor([1.0, -9.0, -9.0]), torch.tensor([9.0, 8.5, 0.0])
    assert torch.softmax(stranger, 0)[0] > torch.softmax(known, 0)[0]
    assert certainty(stranger, spec) == pytest.approx(torch.sigmoid(torch.tensor(-4.0)).item(), abs=1e-3)
    assert certainty(known, spec) > 0.9


@pytest.mark.parametrize(
    ("certain", "probability", "verdict"),
    [
        (0.95, 0.9, Verdict.STRONG),
        (0.95, 0.4, Verdict.WEAK),
        (0.55, 0.9, Verdict.WEAK),
        (0.1, 0.99, Verdict.NOBODY),
    ],
)
def test_verdicts(certain: float, probability: float, verdict: Verdict) -> None:
    assert judge(certain, probability) is verdict
