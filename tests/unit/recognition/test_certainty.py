"""Known, or nobody it knows."""

from __future__ import annotations

import pytest
import torch

from brain.core.results import Verdict
from brain.recognition.certainty import certainty, isolation_of, judge
from brain.recognition.classifier import Classifier
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


def test_a_person_who_is_like_many_others_is_less_certain() -> None:
    """Both people get the same logits, but one of the means has neighbours in the gallery."""
    open_set = OpenSetCalibration(top1=1.0, lead=1.0, intercept=-30.0, cohort=1, isolation=1.0)
    network = tiny.random_resnet(open_set=open_set)
    with torch.no_grad():
        network.gallery.weight[1] = network.gallery.weight[0] + 0.1 * network.gallery.weight[2]
    crowded, alone = isolation_of(torch.tensor([0, 3]), network)
    assert 0 < crowded < alone
    logits = torch.tensor([9.0, 0.0, 0.0])
    found = [certainty(logits, network.config, isolation=float(each)) for each in (crowded, alone)]
    assert found[0] < found[1]


def test_who_is_taken_out_or_added_is_a_neighbour_no_more_or_too() -> None:
    open_set = OpenSetCalibration(top1=1.0, lead=1.0, intercept=0.0, cohort=1, isolation=1.0)
    network = tiny.random_resnet(open_set=open_set)
    with torch.no_grad():
        network.gallery.weight[1] = network.gallery.weight[0] + 0.1 * network.gallery.weight[2]
    first = torch.tensor([0])
    with_neighbour, without = isolation_of(first, network), isolation_of(first, network, without=1)
    assert without > with_neighbour
    added = (network.gallery.weight[:1] * 0.99, torch.zeros(1))
    assert isolation_of(first, network, added, without=1) < without


@pytest.mark.parametrize("network", [tiny.random_network(), tiny.random_resnet()])
def test_nobody_stands_out_where_the_calibration_does_not_ask(network: Classifier) -> None:
    assert isolation_of(torch.tensor([0, 1]), network).tolist() == [0.0, 0.0]
