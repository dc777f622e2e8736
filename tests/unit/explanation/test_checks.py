"""The checks, with networks that are defined as a function of what is left sharp."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import torch

from brain.core.explanations import Feature, Reason
from brain.core.geometry import Rectangle
from brain.core.schema import Box
from brain.explanation.checks import FeatureChecker
from brain.explanation.effects import EffectScorer
from brain.explanation.perturbation import PerturbationRunner
from brain.explanation.view import FaceView
from tests import tiny

SIZE = 100
WHOLE = Rectangle(0, 0, SIZE, SIZE)
CERTAIN = 6.0
BOXES = {
    "right eye": (15, 20, 16, 10),
    "left eye": (69, 20, 16, 10),
    "right brow": (12, 6, 20, 8),
    "left brow": (68, 6, 20, 8),
    "nose": (42, 35, 16, 22),
    "mouth": (35, 70, 30, 12),
    "chin": (38, 86, 24, 10),
}

# The share of each feature that is sharp, by name -> the logit of the named identity.
Logit = Callable[[dict[str, float]], float]


class WrittenNetwork(PerturbationRunner):
    """Computes a logit for each mask from the features that are left sharp."""

    def __init__(self, logit: Logit) -> None:
        super().__init__(
            tiny.random_network(input_size=SIZE),
            FaceView(np.zeros((SIZE, SIZE, 3), np.uint8), WHOLE, WHOLE, np.zeros((5, 2))),
        )
        self._logit = logit

    def logits(self, experiment: str, masks: np.ndarray) -> torch.Tensor:
        self.count(experiment, len(masks))
        return torch.tensor([[self._logit(sharpness(mask)), 0.0] for mask in masks])


def sharpness(mask: np.ndarray) -> dict[str, float]:
    return {
        name: float(1 - mask[y + 2 : y + height - 2, x + 2 : x + width - 2].mean())
        for name, (x, y, width, height) in BOXES.items()
    }


def checked(logit: Logit) -> tuple[list[Feature], list[Reason], dict[str, float]]:
    runner = WrittenNetwork(logit)
    features = [
        Feature(
            name=name,
            box=Box(x=x, y=y, width=width, height=height),
            located_by="geometry",
            score=0,
            significant=False,
        )
        for name, (x, y, width, height) in BOXES.items()
    ]
    scorer = EffectScorer(torch.tensor([logit(dict.fromkeys(BOXES, 1.0)), 0.0]), [0, 1])
    tested, reasons = FeatureChecker(runner, scorer, None).check(features)
    return tested, reasons, runner.passes


def test_what_the_logit_hangs_on_is_the_reason() -> None:
    tested, (reason,), passes = checked(lambda sharp: CERTAIN * sharp["nose"])
    assert reason.features == ["nose"]
    assert [each.name for each in tested if each.reason] == ["nose"]
    assert passes == {"features": len(BOXES) + 2, "controls": 3}


def test_redundant_features_are_a_reason_together() -> None:
    """Either the nose or the mouth is enough, and either one adds a little."""

    def logit(sharp: dict[str, float]) -> float:
        return CERTAIN * max(sharp["nose"], sharp["mouth"]) + sharp["nose"] + sharp["mouth"] / 2

    tested, (reason,), _ = checked(logit)
    assert set(reason.features) == {"nose", "mouth"}
    assert not any(each.reason for each in tested)


def test_the_first_and_the_third_feature_may_be_a_reason_together() -> None:
    """Alone, the mouth adds more than the chin, but it is the chin that can replace the nose."""

    def logit(sharp: dict[str, float]) -> float:
        either = max(sharp["nose"], sharp["chin"])
        return CERTAIN * either + 0.9 * sharp["nose"] + 0.6 * sharp["mouth"] + 0.3 * sharp["chin"]

    _, (reason,), _ = checked(logit)
    assert set(reason.features) == {"nose", "chin"}


def test_only_all_features_together_may_be_a_reason() -> None:
    """Any single feature is enough."""
    _, (reason,), _ = checked(lambda sharp: CERTAIN * max(sharp.values()))
    assert set(reason.features) == set(BOXES)


def test_what_any_blur_destroys_has_no_reason() -> None:
    """Every blurred pixel counts the same, wherever it is."""
    _, reasons, _ = checked(lambda sharp: CERTAIN * float(np.mean(list(sharp.values()))))
    assert [each.features for each in reasons if len(each.features) == 1] == []


def test_a_network_that_sees_none_of_it_has_no_reason() -> None:
    tested, reasons, passes = checked(lambda sharp: CERTAIN)
    assert reasons == []
    assert len(tested) == len(BOXES)
    assert all(each.effect and each.effect.probability == 0 and not each.controls for each in tested)
    assert "controls" not in passes


def test_features_outside_the_field_are_not_tested() -> None:
    runner = WrittenNetwork(lambda sharp: CERTAIN * sharp["nose"])
    scorer = EffectScorer(torch.tensor([CERTAIN, 0.0]), [0, 1])
    outside = Feature(
        name="forehead",
        box=Box(x=0, y=SIZE, width=20, height=10),
        located_by="geometry",
        score=0,
        significant=False,
    )
    assert FeatureChecker(runner, scorer, None).check([outside]) == ([outside], [])
    assert runner.passes == {}
