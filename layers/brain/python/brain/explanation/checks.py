"""Finds what the name depends on, by blurring out features and, for comparison, control regions.

1. Every feature, and every left and right pair jointly, is blurred out.
2. For each of the six strongest parts that cost enough probability to be a reason (see `effects`), one
   control region is blurred out (see `controls`).
3. For each part that still exceeds its control, two more control regions are blurred out.
4. A part is not a reason if another part has a larger effect without being a reason.

If no part is a reason, the name may still depend on several of them together:

5. Features are joined to sets: every two of the three with the largest effects, these three, the first four
   and five, and all. Each set is blurred out together. Each set that costs enough is compared with its own
   shape elsewhere in the face, if there is room for it; all features, with everything else in the input.
6. The smallest sets that exceed this control are compared with random masks of the same area.

A place is named once: of a smile and the mouth, the one with the larger effect; of a pair and its features,
the single feature if it has most of the pair's effect, otherwise the pair.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np

from brain.core.explanations import Control, Feature, Reason
from brain.core.geometry import Rectangle, intersection, rectangle
from brain.core.parts import is_pair, pairs_among
from brain.explanation.controls import candidate_placements, control_region, top_placements
from brain.explanation.effects import DIGITS, EffectScorer
from brain.explanation.masks import noise_map, random_mask
from brain.explanation.perturbation import PerturbationRunner
from brain.explanation.reasons import (
    CheckedPart,
    Names,
    apart,
    heat_of,
    name_once,
    to_control,
    to_reason,
    undominated,
    with_check,
)

CONTROLS = 3
# How many parts are compared with controls, the largest effect first.
SUSPECTS = 6
# For a set of features, because random masks vary more than moved shapes.
SET_CONTROLS = 6
# How many of the sets that exceed their first control are compared with further controls.
SETS_TESTED = 2
# Among how many features every two are joined, and the sizes of the larger sets before the set of all.
STRONGEST = 3
SET_SIZES = (3, 4, 5)
FEATURES_EXPERIMENT, CONTROLS_EXPERIMENT = "features", "controls"


@dataclass(frozen=True)
class ControlRegion:
    """A mask to compare a part with, and the box that represents it in the result."""

    box: Rectangle
    mask: np.ndarray


class FeatureChecker:
    """Blurs out features and control regions, and finds the reasons.

    Args:
        runner: shows the network the altered input.
        scorer: reads the network's answers.
        heat: (h, w) map over the input that shows where control regions are hard to beat; None derives it
            from the features' effects.
    """

    def __init__(self, runner: PerturbationRunner, scorer: EffectScorer, heat: np.ndarray | None) -> None:
        self._runner = runner
        self._scorer = scorer
        self._heat = heat

    def check(self, features: Sequence[Feature]) -> tuple[list[Feature], list[Reason]]:
        """Test all features.

        Returns:
            The features in the given order, with effect, controls, logit drops and whether they are reasons;
            and the reasons, the largest effect first.
        """
        visible = self._visible(features)
        if not visible:
            return list(features), []
        singles = [(name,) for name in visible]
        parts = self._with_controls(self._blur_out([*singles, *pairs_among(visible)], visible))
        held = undominated(parts)
        reasons = name_once(held) or self._joint_reason(parts, visible)
        alone = {part.names[0]: part for part in parts if len(part.names) == 1}
        checked = [
            with_check(feature, alone[feature.name], is_reason=alone[feature.name] in held)
            if feature.name in alone
            else feature
            for feature in features
        ]
        return checked, [to_reason(reason, self._scorer.before) for reason in reasons]

    def _visible(self, features: Sequence[Feature]) -> dict[str, Rectangle]:
        """The part of each box that the network sees, without features that it does not see."""
        view = self._runner.view
        boxes = {feature.name: intersection(rectangle(feature.box), view.field) for feature in features}
        return {name: box for name, box in boxes.items() if box.area > 0}

    def _blur_out(self, groups: Sequence[Names], visible: Mapping[str, Rectangle]) -> list[CheckedPart]:
        """Blur out each group of features, in one batch."""
        boxes = [tuple(visible[name] for name in names) for names in groups]
        masks = np.stack([self._runner.mask(each) for each in boxes])
        logits = self._runner.logits(FEATURES_EXPERIMENT, masks)
        return [
            CheckedPart(
                names=names,
                boxes=each,
                effect=self._scorer.effect(row),
                logit_drops=self._scorer.logit_drops(row),
                area=round(float(mask.mean()), DIGITS),
            )
            for names, each, row, mask in zip(groups, boxes, logits, masks, strict=True)
        ]

    def _with_controls(self, parts: Sequence[CheckedPart]) -> list[CheckedPart]:
        """One control for each of the strongest parts with enough effect, more for those that exceed it."""
        heat = heat_of(parts, self._runner.view.field) if self._heat is None else self._heat
        ranked = sorted(parts, key=lambda part: part.effect.probability, reverse=True)
        suspects = [part for part in ranked if part.is_large][:SUSPECTS]
        regions = {part.names: self._control_regions(part, parts, heat) for part in suspects}
        tested = self._measure(parts, {names: found[:1] for names, found in regions.items()})
        left = {part.names: regions[part.names][1:] for part in undominated(tested)}
        return self._measure(tested, left)

    def _control_regions(
        self, part: CheckedPart, parts: Sequence[CheckedPart], heat: np.ndarray
    ) -> list[ControlRegion]:
        """The strongest places that do not overlap the part, nor stronger parts if that leaves room."""
        view = self._runner.view
        stronger = [other for other in parts if other.effect.probability > part.effect.probability]
        taken = [*part.boxes, *(box for other in stronger for box in other.boxes)]
        region = control_region(view)
        places = candidate_placements(part.boxes, taken, region) or candidate_placements(
            part.boxes, part.boxes, region
        )
        strongest = top_placements(places, heat, view.field, CONTROLS)
        return [ControlRegion(place[0], self._runner.mask(place)) for place in strongest]

    def _joint_reason(
        self, parts: Sequence[CheckedPart], visible: Mapping[str, Rectangle]
    ) -> list[CheckedPart]:
        """The smallest set of features that is a reason, which may be all of them, or nothing."""
        singles = [part for part in parts if len(part.names) == 1]
        ranked = sorted(singles, key=lambda part: part.effect.logit, reverse=True)
        order = [part.names[0] for part in apart(ranked)]
        twos = [each for each in combinations(order[:STRONGEST], 2) if not is_pair(each)]
        groups = [*twos, *(tuple(order[:size]) for size in SET_SIZES)]
        smaller = [each for each in groups if len(each) < len(order)]
        sets = [part for part in self._blur_out([*smaller, tuple(visible)], visible) if part.is_large]
        regions = {part.names: self._set_regions(part, len(visible)) for part in sets}
        tested = self._measure(sets, {names: found[:1] for names, found in regions.items()})
        for part in [part for part in tested if part.is_reason][:SETS_TESTED]:
            (again,) = self._measure([part], {part.names: regions[part.names][1:]})
            if again.is_reason:
                return [again]
        return []

    def _set_regions(self, part: CheckedPart, features: int) -> list[ControlRegion]:
        """The controls of a set of features; `features` is the number of all features."""
        first = self._everything_else(part) if len(part.names) == features else self._own_shape(part)
        return [*first, *self._random_regions(part, SET_CONTROLS - len(first))]

    def _everything_else(self, part: CheckedPart) -> list[ControlRegion]:
        return [ControlRegion(self._runner.view.field, 1 - self._runner.mask(part.boxes))]

    def _own_shape(self, part: CheckedPart) -> list[ControlRegion]:
        """The shape of a set of features elsewhere in the face, if there is room for it."""
        places = candidate_placements(part.boxes, part.boxes, control_region(self._runner.view))
        heat = np.ones((1, 1)) if self._heat is None else self._heat
        strongest = top_placements(places, heat, self._runner.view.field, 1)
        return [ControlRegion(place[0], self._runner.mask(place)) for place in strongest]

    def _random_regions(self, part: CheckedPart, count: int) -> list[ControlRegion]:
        """Random masks of the part's area, the same for the same part."""
        mask = self._runner.mask(part.boxes)
        seeds = [np.ascontiguousarray(mask[:, ::-1] + number) for number in range(count)]
        masks = [random_mask(noise_map(seed, len(mask)), part.area) for seed in seeds]
        return [ControlRegion(self._runner.view.field, each) for each in masks]

    def _measure(
        self, parts: Sequence[CheckedPart], regions: Mapping[Names, Sequence[ControlRegion]]
    ) -> list[CheckedPart]:
        """Add the effects of control regions to the parts, in one batch."""
        listed = [(names, region) for names, found in regions.items() for region in found]
        if not listed:
            return list(parts)
        logits = self._runner.logits(CONTROLS_EXPERIMENT, np.stack([region.mask for _, region in listed]))
        controls: dict[Names, list[Control]] = {}
        for (names, region), row in zip(listed, logits, strict=True):
            controls.setdefault(names, []).append(to_control(region.box, self._scorer.effect(row)))
        return [replace(part, controls=[*part.controls, *controls.get(part.names, [])]) for part in parts]
