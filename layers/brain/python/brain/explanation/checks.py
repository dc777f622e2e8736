"""What the name depends on, by experiment: features are blurred out, and control regions beside them.

1. Every feature, every left and right pair jointly, and all features together are blurred out.
2. For each part that costs enough probability to be a reason (see `effects`), one control region is blurred
   out (see `controls`).
3. For each part that still exceeds its control, two more control regions are.

All features together are named only where no smaller part is a reason. Their controls are everything else
in the input, and two random masks of the same area.

A place is named once: of a smile and the mouth the one with the larger effect; of a pair and its features
the single feature where it has most of the pair's effect, otherwise the pair.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from torch import Tensor

from brain.core.explanations import Control, Effect, Feature, Reason
from brain.core.geometry import Rectangle, intersection, rectangle
from brain.core.parts import pairs_among
from brain.core.schema import Box
from brain.explanation.controls import (
    candidate_placements,
    control_region,
    same_place,
    top_placements,
)
from brain.explanation.effects import DIGITS, LEAST_EFFECT, EffectScorer, is_reason, largest_effect
from brain.explanation.masks import noise_map, random_mask
from brain.explanation.perturbation import PerturbationRunner

# The share of a pair's effect from which on one of its features is named alone.
MOST_OF_A_PAIR = 0.8
CONTROLS = 3
FEATURES_EXPERIMENT, CONTROLS_EXPERIMENT = "features", "controls"

Names = tuple[str, ...]


@dataclass(frozen=True)
class CheckedPart:
    """One or more features that were blurred out together.

    Attributes:
        names: of the features.
        boxes: in pixels of the crop, as far as the network sees them.
        effect: what their absence does to the named identity.
        logit_drops: what it does to each candidate.
        area: share of the input that was blurred out.
        controls: effects of the control regions, with the first box of each.
    """

    names: Names
    boxes: tuple[Rectangle, ...]
    effect: Effect
    logit_drops: list[float]
    area: float
    controls: list[Control] = field(default_factory=list)

    @property
    def is_reason(self) -> bool:
        """Whether the name depends on the part."""
        return is_reason(self.effect, self.controls)


@dataclass(frozen=True)
class ControlRegion:
    """A mask to compare a part with, and the box that stands for it in the result."""

    box: Rectangle
    mask: np.ndarray


class FeatureChecker:
    """Blurs features and control regions out, and finds the reasons.

    Args:
        runner: shows the network the altered input.
        scorer: reads its answers.
        heat: (h, w) map over the input, where control regions are hard to beat; None derives it from the
            features' own effects.
    """

    def __init__(self, runner: PerturbationRunner, scorer: EffectScorer, heat: np.ndarray | None) -> None:
        self._runner = runner
        self._scorer = scorer
        self._heat = heat

    def check(self, features: Sequence[Feature]) -> tuple[list[Feature], list[Reason]]:
        """Test all features.

        Returns:
            The features in the order given, with effect, controls, logit drops and whether they are reasons;
            the reasons, the largest effect first.
        """
        visible = self._visible(features)
        if not visible:
            return list(features), []
        *parts, everything = self._blur_out(visible)
        parts = self._with_controls(parts)
        reasons = name_once([part for part in parts if part.is_reason])
        if not reasons:
            everything = self._with_controls_of_everything(everything)
            reasons = [everything] if everything.is_reason else []
        alone = {part.names: part for part in parts if len(part.names) == 1}
        checked = [with_check(feature, alone.get((feature.name,))) for feature in features]
        return checked, [to_reason(reason, self._scorer.before) for reason in reasons]

    def _visible(self, features: Sequence[Feature]) -> dict[str, Rectangle]:
        """The part of each box that the network sees; features that it does not see are left out."""
        view = self._runner.view
        boxes = {feature.name: intersection(rectangle(feature.box), view.field) for feature in features}
        return {name: box for name, box in boxes.items() if box.area > 0}

    def _blur_out(self, visible: Mapping[str, Rectangle]) -> list[CheckedPart]:
        """Each feature, each pair, and all features together as the last one."""
        groups = [*((name,) for name in visible), *pairs_among(visible), tuple(visible)]
        boxes = [tuple(visible[name] for name in names) for names in groups]
        masks = np.stack([self._runner.mask(each) for each in boxes])
        logits = self._runner.logits(FEATURES_EXPERIMENT, masks)
        return [
            self._checked(names, each, row, float(mask.mean()))
            for names, each, row, mask in zip(groups, boxes, logits, masks, strict=True)
        ]

    def _checked(self, names: Names, boxes: tuple[Rectangle, ...], row: Tensor, area: float) -> CheckedPart:
        drops = self._scorer.logit_drops(row)
        return CheckedPart(names, boxes, self._scorer.effect(row), drops, round(area, DIGITS))

    def _with_controls(self, parts: Sequence[CheckedPart]) -> list[CheckedPart]:
        """One control for each part with enough effect, more for those that exceed it."""
        heat = heat_of(parts, self._runner.view.field) if self._heat is None else self._heat
        suspects = [part for part in parts if part.effect.probability >= LEAST_EFFECT]
        regions = {part.names: self._control_regions(part, parts, heat) for part in suspects}
        tested = self._measure(parts, {names: found[:1] for names, found in regions.items()})
        left = {part.names: regions[part.names][1:] for part in tested if part.is_reason}
        return self._measure(tested, left)

    def _control_regions(
        self, part: CheckedPart, parts: Sequence[CheckedPart], heat: np.ndarray
    ) -> list[ControlRegion]:
        """The hottest places off the part, and off stronger parts as long as that leaves room."""
        view = self._runner.view
        stronger = [other for other in parts if other.effect.probability > part.effect.probability]
        taken = [*part.boxes, *(box for other in stronger for box in other.boxes)]
        region = control_region(view)
        places = candidate_placements(part.boxes, taken, region) or candidate_placements(
            part.boxes, part.boxes, region
        )
        hottest = top_placements(places, heat, view.field, CONTROLS)
        return [ControlRegion(place[0], self._runner.mask(place)) for place in hottest]

    def _with_controls_of_everything(self, everything: CheckedPart) -> CheckedPart:
        if everything.effect.probability < LEAST_EFFECT:
            return everything
        mask = self._runner.mask(everything.boxes)
        seeds = (mask, np.ascontiguousarray(mask[:, ::-1] + 1))
        blots = [random_mask(noise_map(seed, len(mask)), everything.area) for seed in seeds]
        regions = [ControlRegion(self._runner.view.field, each) for each in (1 - mask, *blots)]
        return self._measure([everything], {everything.names: regions})[0]

    def _measure(
        self, parts: Sequence[CheckedPart], regions: Mapping[Names, Sequence[ControlRegion]]
    ) -> list[CheckedPart]:
        """The parts with the effects of these control regions added, in one batch."""
        listed = [(names, region) for names, found in regions.items() for region in found]
        if not listed:
            return list(parts)
        logits = self._runner.logits(CONTROLS_EXPERIMENT, np.stack([region.mask for _, region in listed]))
        controls: dict[Names, list[Control]] = {}
        for (names, region), row in zip(listed, logits, strict=True):
            controls.setdefault(names, []).append(to_control(region.box, self._scorer.effect(row)))
        return [replace(part, controls=[*part.controls, *controls.get(part.names, [])]) for part in parts]


def name_once(reasons: Sequence[CheckedPart]) -> list[CheckedPart]:
    """The reasons to name, the largest effect first, without those that say the same."""
    found = {reason.names: reason for reason in reasons}
    for pair in [names for names in found if len(names) > 1]:
        enough = MOST_OF_A_PAIR * found[pair].effect.probability
        singles = [(name,) for name in pair if (name,) in found]
        alone = any(found[single].effect.probability >= enough for single in singles)
        for names in [pair] if alone else singles:
            del found[names]
    named: list[CheckedPart] = []
    for reason in sorted(found.values(), key=lambda part: part.effect.probability, reverse=True):
        if not any(same_place(reason.boxes, other.boxes) for other in named):
            named.append(reason)
    return named


def heat_of(parts: Sequence[CheckedPart], field: Rectangle) -> np.ndarray:
    """The drop of the probability per pixel as far as single features tell, over the field."""
    size = round(field.width)
    heat = np.zeros((size, size))
    for part in parts:
        if len(part.names) == 1:
            box = part.boxes[0].moved(-field.x, -field.y)
            rows = slice(int(box.y), int(box.y + box.height))
            columns = slice(int(box.x), int(box.x + box.width))
            heat[rows, columns] = np.maximum(heat[rows, columns], part.effect.probability / box.area)
    return heat


def to_control(box: Rectangle, effect: Effect) -> Control:
    """A control as it is stored."""
    corner = Box(x=round(box.x), y=round(box.y), width=round(box.width), height=round(box.height))
    return Control(box=corner, probability=effect.probability, logit=effect.logit)


def with_check(feature: Feature, part: CheckedPart | None) -> Feature:
    """The feature as it is stored once it was tested; as it is where the network does not see it."""
    if part is None:
        return feature
    return feature.model_copy(
        update={
            "effect": part.effect,
            "controls": part.controls,
            "falls": part.logit_drops,
            "reason": part.is_reason,
        }
    )


def to_reason(part: CheckedPart, before: float) -> Reason:
    """A reason as it is stored; `before` is the named identity's probability with the part."""
    return Reason(
        features=list(part.names),
        before=round(before, DIGITS),
        after=round(max(0.0, before - part.effect.probability), DIGITS),
        effect=part.effect,
        control=largest_effect(part.controls),
        area=part.area,
    )
