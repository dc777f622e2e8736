"""Known, or nobody it knows."""

from __future__ import annotations

import pytest
import torch

from brain.core.results import Verdict
from brain.recognition.certainty import certainty, judge
from tests import tiny


def test_without_a_fit_the_first_probability_counts() -> None:
    logits = torch.tensor([2.0, 0.0, 0.0])
    assert certainty(logits, tiny.config()) == pytest.approx(torch.softmax(logits, 0)[0].item(), abs=1e-6)


def test_a_fit_looks_at_the_first_name_against_all_others_at_its_temperature() -> None:
    config = tiny.config(known=(0.5, 1.5, -1.0))
    logits = torch.tensor([8.0, 2.0, 0.0])
    chance = torch.softmax(logits.double() / (0.5 * logits.double().std()), 0)[0]
    expected = torch.sigmoid(1.5 * torch.log(chance / (1 - chance)) - 1)
    assert certainty(logits, config) == pytest.approx(expected.item(), abs=1e-6)


def test_a_name_that_stands_out_is_more_certain_than_one_in_a_crowd() -> None:
    config = tiny.config(known=(4.0, 2.0, -1.0))
    alone, crowded = torch.tensor([9.0, 0.0, 0.0]), torch.tensor([9.0, 8.0, 7.0])
    assert certainty(alone, config) > certainty(crowded, config)


def test_a_clear_photo_is_no_more_certain_than_a_dull_one_of_the_same_likeness() -> None:
    config = tiny.config(known=(0.5, 2.0, -1.0))
    dull = torch.tensor([3.0, 1.0, -1.0])
    assert certainty(4 * dull, config) == pytest.approx(certainty(dull, config), abs=1e-6)


def test_what_the_spec_knows_of_lengths_counts_instead_of_the_spread() -> None:
    config = tiny.config(known=(0.5, 1.0, 0.0), length_weights=(1.0, 0.0, 3.0))
    logits = torch.tensor([2.0, 1.0, -2.0])
    expected = torch.softmax(logits.double() / (0.5 * 4), 0)[0]
    assert certainty(logits, config) == pytest.approx(expected.item(), abs=1e-6)
    assert certainty(3 * logits, config) == pytest.approx(expected.item(), abs=1e-6)


def test_equal_logits_are_no_ground_for_certainty() -> None:
    assert certainty(torch.zeros(4), tiny.config(known=(0.5, 2.0, 0.0))) == pytest.approx(1 / 10, abs=1e-6)


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
