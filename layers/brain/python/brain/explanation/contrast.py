"""Why this name and not that one: the map of logit A minus logit B.

Grad-CAM before its ReLU is linear in the logit, so the map of a difference is the difference of the maps, for
any two candidates, without another look at the photo. Which features speak for which name is measured where
features were blurred out (by how much the lead of A over B falls without each), and read off the map else.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from brain.core.explanations import Candidate, Contrast, Feature, Map
from brain.core.geometry import rectangle
from brain.explanation.controls import same_place

MENTIONED = 3
WORTH = 0.5
LEAST = 0.1


def contrast(candidates: Sequence[Candidate], features: Sequence[Feature], size: int) -> Contrast | None:
    """The first candidate against the second; None when there is only one.

    Args:
        candidates: with their signed maps.
        features: boxes in pixels of the crop, which is `size` wide.
    """
    if len(candidates) < 2:
        return None
    first, second = candidates[:2]
    assert first.signed is not None
    assert second.signed is not None
    difference = first.signed.to_array() - second.signed.to_array()  # (h, w)
    unit = float(np.abs(difference).max()) or 1.0
    leads = [lead(feature, difference, size) for feature in features]
    return Contrast(
        label_for=first.label,
        label_against=second.label,
        map=_grey(difference / unit),
        against=_grey(-difference / unit),
        features_for=speaking(features, leads),
        features_against=speaking(features, [-value for value in leads]),
        sentence="",
    )


def lead(feature: Feature, difference: np.ndarray, size: int) -> float:
    """How much a feature adds to the first candidate's lead over the second, in units of the logit.

    Args:
        difference: (h, w) map of the logits' difference over the whole crop.
    """
    if len(feature.falls) > 1:
        return feature.falls[0] - feature.falls[1]
    rows, columns = difference.shape
    box = feature.box
    y = slice(int(box.y * rows / size), max(1, round((box.y + box.height) * rows / size)))
    x = slice(int(box.x * columns / size), max(1, round((box.x + box.width) * columns / size)))
    return float(difference[y, x].sum())


def speaking(features: Sequence[Feature], leads: Sequence[float]) -> list[str]:
    """The features with a positive lead that counts beside the largest one, best first, at most three.

    What is much the same place (a smile and the mouth) is named once.
    """
    worth = max(LEAST, WORTH * max((abs(value) for value in leads), default=0.0))
    ranked = sorted(zip(leads, features, strict=True), key=lambda pair: -pair[0])
    named: list[Feature] = []
    for value, feature in ranked:
        here = [rectangle(feature.box)]
        if value >= worth and not any(same_place(here, [rectangle(other.box)]) for other in named):
            named.append(feature)
    return [feature.name for feature in named[:MENTIONED]]


def _grey(share: np.ndarray) -> Map:
    return Map.from_array(np.rint(share.clip(0, 1) * 255).astype(np.uint8))
