"""Explains why one name and not another, by the map of one logit minus the other.

Signed maps are linear in the logit, so the map of a difference is the difference of the maps, for any two
candidates and without another forward pass. If features were blurred out, their support for either name is
measured: by how much the lead of the first over the second shrinks without each. Otherwise it is read off the
map.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

import numpy as np

from brain.core.explanations import Candidate, Contrast, Feature, Map, PairContrast
from brain.core.geometry import Rectangle, rectangle
from brain.explanation.controls import same_place

MAX_FEATURES = 3
# A feature is named if its contribution to the lead is at least this share of the largest one ...
RELATIVE_LEAD = 0.5
# ... and at least this much, in units of the logit.
LEAST_LEAD = 0.1


def contrast(
    candidates: Sequence[Candidate], features: Sequence[Feature], field: Rectangle
) -> Contrast | None:
    """The first candidate against the second; None if there is only one.

    Args:
        candidates: with their signed maps.
        features: with boxes in pixels of the crop.
        field: the square of the crop that the maps cover.
    """
    if len(candidates) < 2 or not all(candidate.signed for candidate in candidates[:2]):
        return None
    difference = _difference(candidates, (0, 1))
    unit = float(np.abs(difference).max()) or 1.0
    return Contrast(
        **_pair(candidates, features, (0, 1), field).model_dump(),
        map=_grey(difference / unit),
        against=_grey(-difference / unit),
    )


def contrasts(
    candidates: Sequence[Candidate], features: Sequence[Feature], field: Rectangle
) -> list[PairContrast]:
    """Every pair of candidates, the better one of each pair first. See `contrast` for the arguments."""
    if not all(candidate.signed for candidate in candidates):
        return []
    return [_pair(candidates, features, pair, field) for pair in combinations(range(len(candidates)), 2)]


def _pair(
    candidates: Sequence[Candidate], features: Sequence[Feature], pair: tuple[int, int], field: Rectangle
) -> PairContrast:
    difference = _difference(candidates, pair)
    leads = [lead(feature, pair, difference, field) for feature in features]
    first, second = pair
    return PairContrast(
        label_for=candidates[first].label,
        label_against=candidates[second].label,
        leads=[round(value, 4) for value in leads],
        features_for=leading_features(features, leads),
        features_against=leading_features(features, [-value for value in leads]),
        sentence="",
    )


def _difference(candidates: Sequence[Candidate], pair: tuple[int, int]) -> np.ndarray:
    first, second = (candidates[place].signed for place in pair)
    assert first is not None
    assert second is not None
    difference: np.ndarray = first.to_array() - second.to_array()  # (h, w)
    return difference


def lead(feature: Feature, pair: tuple[int, int], difference: np.ndarray, field: Rectangle) -> float:
    """How much a feature adds to one candidate's lead over another, in units of the logit.

    Args:
        feature: a feature; measured if it has the drop of both candidates' logits.
        pair: indices of the two candidates.
        difference: (h, w) map of the difference of their logits over the field.
    """
    first, second = pair
    if len(feature.falls) > max(pair):
        return feature.falls[first] - feature.falls[second]
    rows, columns = difference.shape
    box = rectangle(feature.box).moved(-field.x, -field.y)
    across, down = columns / field.width, rows / field.height
    y = slice(max(0, int(box.y * down)), max(1, round((box.y + box.height) * down)))
    x = slice(max(0, int(box.x * across)), max(1, round((box.x + box.width) * across)))
    return float(difference[y, x].sum())


def leading_features(features: Sequence[Feature], leads: Sequence[float]) -> list[str]:
    """At most three features whose lead is positive and not negligible beside the largest one, best first.

    One place (a smile and the mouth) is named once.
    """
    least = max(LEAST_LEAD, RELATIVE_LEAD * max((abs(value) for value in leads), default=0.0))
    ranked = sorted(zip(leads, features, strict=True), key=lambda pair: -pair[0])
    named: list[Feature] = []
    for value, feature in ranked:
        boxes = [rectangle(feature.box)]
        if value >= least and not any(same_place(boxes, [rectangle(other.box)]) for other in named):
            named.append(feature)
    return [feature.name for feature in named[:MAX_FEATURES]]


def _grey(share: np.ndarray) -> Map:
    return Map.from_array(np.rint(share.clip(0, 1) * 255).astype(np.uint8))
