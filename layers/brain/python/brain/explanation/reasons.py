"""Parts of the face that were tested, and the selection of those that are named as reasons."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np

from brain.core.explanations import Control, Effect, Feature, Reason
from brain.core.geometry import Rectangle
from brain.core.parts import is_pair
from brain.core.schema import Box
from brain.explanation.controls import same_place
from brain.explanation.effects import (
    DIGITS,
    LEAST_EFFECT,
    MARGIN,
    SET_MARGIN,
    is_reason,
    largest_effect,
)

# The share of a pair's effect from which on a single feature is named instead of the pair.
MOST_OF_A_PAIR = 0.8

Names = tuple[str, ...]


@dataclass(frozen=True)
class CheckedPart:
    """One or more features that were blurred out together.

    Attributes:
        names: names of the features.
        boxes: in pixels of the crop, as far as the network sees them.
        effect: what blurring them does to the named identity.
        logit_drops: by how much each candidate's logit falls.
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
    def is_large(self) -> bool:
        """Whether the effect is large enough for a reason."""
        return self.effect.probability >= LEAST_EFFECT

    @property
    def is_reason(self) -> bool:
        """Whether the name depends on the part."""
        margin = MARGIN if len(self.names) == 1 or is_pair(self.names) else SET_MARGIN
        return is_reason(self.effect, self.controls, margin)


def undominated(parts: Sequence[CheckedPart]) -> list[CheckedPart]:
    """The reasons among tested parts, without those that have less effect than a part that is not a reason.

    Controls avoid stronger parts. If one of these is not a reason, nothing shows that its place matters less
    than that of the weaker part.
    """

    def dominates(other: CheckedPart, part: CheckedPart) -> bool:
        larger = other.effect.probability > part.effect.probability
        return larger and not set(other.names) & set(part.names)

    others = [part for part in parts if not part.is_reason]
    reasons = [part for part in parts if part.is_reason]
    return [part for part in reasons if not any(dominates(other, part) for other in others)]


def name_once(reasons: Sequence[CheckedPart]) -> list[CheckedPart]:
    """The reasons to name, the largest effect first, without redundant ones."""
    found = {reason.names: reason for reason in reasons}
    for pair in [names for names in found if len(names) > 1]:
        enough = MOST_OF_A_PAIR * found[pair].effect.probability
        singles = [(name,) for name in pair if (name,) in found]
        alone = any(found[single].effect.probability >= enough for single in singles)
        for names in [pair] if alone else singles:
            del found[names]
    return apart(sorted(found.values(), key=lambda part: part.effect.probability, reverse=True))


def apart(parts: Iterable[CheckedPart]) -> list[CheckedPart]:
    """The parts, without those at the place of an earlier one."""
    chosen: list[CheckedPart] = []
    for part in parts:
        if not any(same_place(part.boxes, other.boxes) for other in chosen):
            chosen.append(part)
    return chosen


def heat_of(parts: Sequence[CheckedPart], field: Rectangle) -> np.ndarray:
    """The drop of the probability per pixel over the field, derived from single features."""
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
    """The stored form of a control."""
    corner = Box(x=round(box.x), y=round(box.y), width=round(box.width), height=round(box.height))
    return Control(box=corner, probability=effect.probability, logit=effect.logit)


def with_check(feature: Feature, part: CheckedPart, *, is_reason: bool) -> Feature:
    """The stored form of a tested feature."""
    return feature.model_copy(
        update={
            "effect": part.effect,
            "controls": part.controls,
            "falls": part.logit_drops,
            "reason": is_reason,
        }
    )


def to_reason(part: CheckedPart, before: float) -> Reason:
    """The stored form of a reason; `before` is the named identity's probability with the part."""
    return Reason(
        features=list(part.names),
        before=round(before, DIGITS),
        after=round(max(0.0, before - part.effect.probability), DIGITS),
        effect=part.effect,
        control=largest_effect(part.controls),
        area=part.area,
    )
