"""What the name depends on, by experiment: features are blurred out, and control regions beside them.

Measured are each feature, each left and right pair jointly, and all features together. The first batch
blurs the parts out, the second one a control of each (see `controls`), the third one two more controls of
each part that has held so far.

A part is a reason when

    without it the named identity's probability falls by at least LEAST, and
    its probability and its logit both fall further than without any control region.

What is much the same place (a smile and the mouth) is named once, by the larger effect. So are a pair and
its features: the single feature where it explains most of the pair's effect, otherwise the pair. All features
together are named only where nothing smaller is; their controls are everything else in the crop, and blots of
the same area anywhere in it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from brain.core.explanations import Control, Effect, Feature, Reason
from brain.core.geometry import Rectangle, rectangle
from brain.core.parts import pairs_among
from brain.core.schema import Box
from brain.explanation.controls import Boxes, candidate_placements, same_place, top_placements
from brain.explanation.fidelity import noise_map, random_mask
from brain.explanation.occlusion import Canvas, soft_boxes
from brain.recognition.classifier import Classifier

LEAST = 0.12
MOST_OF_A_PAIR = 0.8
CONTROLS = 3
DIGITS = 4


@dataclass(frozen=True)
class Part:
    """One or more features that are blurred out together; boxes in pixels of the crop."""

    names: tuple[str, ...]
    boxes: tuple[Rectangle, ...]


@dataclass(frozen=True)
class Measured:
    """A part with what its absence does: to the named identity, and to each candidate's logit.

    Attributes:
        controls: where each control region lay (its first box) and what its absence does.
        area: share of the crop that was blurred out.
    """

    part: Part
    effect: Effect
    falls: list[float]
    controls: list[Control]
    area: float

    @property
    def strictest(self) -> Effect | None:
        """The largest falls that any control caused."""
        if not self.controls:
            return None
        return Effect(
            probability=max(control.probability for control in self.controls),
            logit=max(control.logit for control in self.controls),
        )

    @property
    def holds(self) -> bool:
        """Whether the part is a reason."""
        own, control = self.effect, self.strictest
        if control is None or own.probability < LEAST:
            return False
        return own.probability > control.probability and own.logit > control.logit


class EffectScorer:
    """Reads the logits of variants as effects on the candidates.

    Args:
        logits: (K,) of the whole crop.
        labels: the candidates, the named one first.
    """

    def __init__(self, logits: Tensor, labels: Sequence[int]) -> None:
        self._labels = list(labels)
        self._logits = logits.double()[self._labels]
        self.before = float(torch.softmax(logits.double(), 0)[self._labels[0]])

    def falls(self, logits: Tensor) -> list[float]:
        """(K,) of a variant -> by how much each candidate's logit is lower."""
        fallen = self._logits - logits.double()[self._labels]
        return [round(value, DIGITS) for value in fallen.tolist()]

    def effect(self, logits: Tensor) -> Effect:
        """(K,) of a variant -> the fall of the named identity."""
        after = float(torch.softmax(logits.double(), 0)[self._labels[0]])
        return Effect(probability=round(self.before - after, DIGITS), logit=self.falls(logits)[0])


def check(
    network: Classifier,
    canvas: Canvas,
    scale: EffectScorer,
    features: Sequence[Feature],
    face: Rectangle,
    size: int,
    heat: np.ndarray | None = None,
) -> tuple[list[Feature], list[Reason]]:
    """Blur every part out, and its controls.

    Args:
        face: the face's box in pixels of the crop, which is `size` wide.
        heat: (h, w) float, where controls are hard to beat; None derives it from the parts' effects.

    Returns:
        The features, in the order given, with effect, controls, falls and reason; the reasons, best first.
    """
    if not features:
        return [], []
    measured = measure(network, canvas, scale, parts_of(features), face, size, heat)
    alone = {one.part.names: one for one in measured}
    checked = [_with_effects(feature, alone[(feature.name,)]) for feature in features]
    return checked, [_reason(one, scale.before) for one in choose(measured)]


def parts_of(features: Sequence[Feature]) -> list[Part]:
    """Each feature, each pair, and all features together as the last one."""
    boxes = {one.name: rectangle(one.box) for one in features}
    groups = [*((name,) for name in boxes), *pairs_among(boxes), tuple(boxes)]
    return [Part(names, tuple(boxes[name] for name in names)) for names in groups]


def measure(
    network: Classifier,
    canvas: Canvas,
    scale: EffectScorer,
    parts: Sequence[Part],
    face: Rectangle,
    size: int,
    heat: np.ndarray | None,
) -> list[Measured]:
    """The parts (the last being all features together), a control of each, and more of what holds."""
    zoom = canvas.size / size

    def masks(places: Sequence[Boxes]) -> np.ndarray:
        return np.stack([soft_boxes([box.scaled(zoom) for box in boxes], canvas.size) for boxes in places])

    def effects(blurred: np.ndarray) -> list[Effect]:
        return [scale.effect(row) for row in network.predict_batched(canvas.without(blurred))]

    own = masks([part.boxes for part in parts])
    answers = network.predict_batched(canvas.without(own))  # (parts, K)
    strength = [scale.effect(row).probability for row in answers]
    warm = _heat(parts[:-1], strength, size) if heat is None else heat
    places = [
        top_placements(_free(part, parts[:-1], strength, face, size), warm, size, CONTROLS)
        for part in parts[:-1]
    ]

    first = [found[0] for found in places if found]
    *trials, everything_else = effects(
        np.concatenate([masks(first), 1 - own[-1:]]) if first else 1 - own[-1:]
    )
    answered = iter(trials)
    controls = [[_control(found[0], next(answered))] if found else [] for found in places]
    controls.append([_control([Rectangle(0, 0, size, size)], everything_else)])
    measured = [
        Measured(part, scale.effect(row), scale.falls(row), known, round(float(area), DIGITS))
        for part, row, known, area in zip(parts, answers, controls, own.mean((1, 2)), strict=True)
    ]
    more = [
        (one, place) for one, found in zip(measured, places, strict=False) if one.holds for place in found[1:]
    ]
    if more:
        for (one, place), effect in zip(more, effects(masks([place for _, place in more])), strict=True):
            one.controls.append(_control(place, effect))
    everything = measured[-1]
    if everything.holds and not any(one.holds for one in measured[:-1]):
        for effect in effects(random_masks(own[-1], everything.area)):
            everything.controls.append(_control([Rectangle(0, 0, size, size)], effect))
    return measured


def random_masks(mask: np.ndarray, area: float) -> np.ndarray:
    """Two masks of blots that cover a share of the crop, (2, S, S) float32, the same for the same mask."""
    seeds = (mask, np.ascontiguousarray(mask[:, ::-1] + 1))
    return np.stack([random_mask(noise_map(seed, mask.shape[0]), area) for seed in seeds])


def choose(measured: Sequence[Measured]) -> list[Measured]:
    """The reasons among what was measured, the largest effect first; all together only as a last resort."""
    *some, everything = measured
    held = {one.part.names: one for one in some if one.holds}
    for names in [names for names in held if len(names) > 1]:
        enough = MOST_OF_A_PAIR * held[names].effect.probability
        alone = any(held[(n,)].effect.probability >= enough for n in names if (n,) in held)
        for spare in [names] if alone else [(name,) for name in names]:
            held.pop(spare, None)
    named: list[Measured] = []
    for one in sorted(held.values(), key=lambda one: one.effect.probability, reverse=True):
        if not any(same_place(one.part.boxes, other.part.boxes) for other in named):
            named.append(one)
    return named or [one for one in [everything] if one.holds]


def _free(
    part: Part, parts: Sequence[Part], strength: Sequence[float], face: Rectangle, size: int
) -> list[list[Rectangle]]:
    """Where a part's controls may lie: off the part, and off stronger ones as long as that leaves room."""
    own = strength[parts.index(part)]
    stronger = [other.boxes for other, fall in zip(parts, strength, strict=False) if fall > own]
    taken = [*part.boxes, *(box for boxes in stronger for box in boxes)]
    return candidate_placements(part.boxes, taken, face, size) or candidate_placements(
        part.boxes, part.boxes, face, size
    )


def _heat(parts: Sequence[Part], strength: Sequence[float], size: int) -> np.ndarray:
    """(size, size) float: the fall of the probability per pixel, as far as the parts tell."""
    heat = np.zeros((size, size))
    for part, fall in zip(parts, strength, strict=False):
        if len(part.boxes) == 1:
            box = part.boxes[0]
            rows = slice(int(box.y), int(box.y + box.height))
            columns = slice(int(box.x), int(box.x + box.width))
            heat[rows, columns] = np.maximum(heat[rows, columns], fall / box.area)
    return heat


def _control(boxes: Boxes, effect: Effect) -> Control:
    box = boxes[0]
    corner = Box(x=round(box.x), y=round(box.y), width=round(box.width), height=round(box.height))
    return Control(box=corner, probability=effect.probability, logit=effect.logit)


def _with_effects(feature: Feature, found: Measured) -> Feature:
    return feature.model_copy(
        update={
            "effect": found.effect,
            "controls": found.controls,
            "falls": found.falls,
            "reason": found.holds,
        }
    )


def _reason(found: Measured, before: float) -> Reason:
    control = found.strictest
    assert control is not None
    return Reason(
        features=list(found.part.names),
        before=round(before, DIGITS),
        after=round(max(0.0, before - found.effect.probability), DIGITS),
        effect=found.effect,
        control=control,
        area=found.area,
    )
