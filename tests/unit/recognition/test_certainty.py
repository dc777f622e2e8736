"""Known, or nobody it knows."""

from __future__ import annotations

import pytest
import torch

from brain.core.results import Verdict
from brain.recognition.certainty import certainty, judge
from brain.recognition.config import OpenSetCalibration
from tests import tiny


def test_without_a_calibration_the_first_probability_counts() -> None:
    logits = torch.tensor([2.0, 0.0, 0.0])
    assert certainty(logits, tiny.config()) == pytest.approx(torch.softmax(logits, 0)[0].item(), abs=1e-6)


def test_the_best_logit_and_its_lead_over_the_cohort_decide() -> None:
    config = tiny.config(open_set=OpenSetCalibration(top1=0.5, lead=2.0, intercept=-7.0, cohort=2))
    logits = torch.tensor([1.0, 8.0, 5.0, 3.0, -90.0])
    expected = torch.sigmoid(torch.tensor(0.5 * 8 + 2.0 * (8 - 4) - 7.0)).item()
    assert certainty(logits, config) == pytest.approx(expected, abs=1e-6)


def test_a_name_that_stands_out_is_more_certain_than_one_in_a_crowd() -> None:
    config = tiny.config(open_set=OpenSetCalibration(top1=1.0, lead=1.0, intercept=-9.0, cohort=2))
    alone, crowded = torch.tensor([9.0, 0.0, 0.0]), torch.tensor([9.0, 8.0, 7.0])
    assert certainty(alone, config) > certainty(crowded, config)


@pytest.mark.parametrize("people", [1, 2, 3])
def test_fewer_people_than_the_cohort_are_enough(people: int) -> None:
    config = tiny.config(open_set=OpenSetCalibration(top1=1.0, lead=1.0, intercept=0.0, cohort=49))
    assert 0 <= certainty(torch.arange(float(people)), config) <= 1


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


def test_without_a_calibration_nobody_is_called_a_stranger() -> None:
    assert judge(0.1, 0.1, calibrated=False) is Verdict.WEAK
    assert judge(0.9, 0.9, calibrated=False) is Verdict.STRONG
