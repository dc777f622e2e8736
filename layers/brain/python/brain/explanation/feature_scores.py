"""How much of a class activation map falls on each facial feature."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from brain.core.explanations import Feature
from brain.core.geometry import Rectangle, intersection, rectangle
from brain.core.schema import Box
from brain.face.features import Located


def score(
    located: Iterable[Located], gc_map: np.ndarray, threshold: float, field: Rectangle
) -> list[Feature]:
    """Score features by the mean of the map inside each box, as far as the network sees it.

    Args:
        gc_map: (s, s) uint8, as large as the crop.
        threshold: features with a greater score are significant.
        field: the square that the network sees, in pixels of the crop.

    Returns:
        The features that lie in the crop, scored 0 to 1, the highest score first.
    """
    size = gc_map.shape[0]
    scored = []
    for feature in located:
        box = _clipped(feature.box, size)
        if box is None:
            continue
        mean = _mean_inside(intersection(rectangle(box), field), gc_map) / 255
        scored.append(
            Feature(
                name=feature.name,
                box=box,
                located_by=feature.located_by,
                score=round(mean, 4),
                significant=mean > threshold,
            )
        )
    return sorted(scored, key=lambda feature: feature.score, reverse=True)


def rescored(
    features: Iterable[Feature], heat: np.ndarray, threshold: float, field: Rectangle
) -> list[Feature]:
    """Features with the scores of another map, in the given order, without their earlier measurements.

    Args:
        heat, threshold, field: as in `score`.
    """
    means = [
        (feature, _mean_inside(intersection(rectangle(feature.box), field), heat) / 255)
        for feature in features
    ]
    return [
        Feature(
            name=feature.name,
            box=feature.box,
            located_by=feature.located_by,
            score=round(mean, 4),
            significant=mean > threshold,
        )
        for feature, mean in means
    ]


def share_outside(features: Iterable[Feature], gc_map: np.ndarray) -> float:
    """The share of the map's mass that lies on no feature, 0 to 1; 0 for an empty map.

    Args:
        gc_map: (S, S) uint8.
    """
    outside = np.ones(gc_map.shape, dtype=bool)
    for box in (feature.box for feature in features):
        outside[box.y : box.y + box.height, box.x : box.x + box.width] = False
    total = int(gc_map.sum(dtype=np.int64))
    return round(int(gc_map[outside].sum(dtype=np.int64)) / total, 4) if total else 0.0


def _mean_inside(box: Rectangle, gc_map: np.ndarray) -> float:
    """The mean of a map inside a box of whole pixels; 0 for an empty box."""
    x, y, width, height = (round(value) for value in (box.x, box.y, box.width, box.height))
    inside = gc_map[y : y + height, x : x + width]
    return float(inside.mean()) if inside.size else 0.0


def _clipped(box: Rectangle, size: int) -> Box | None:
    x0, y0 = max(0, round(box.x)), max(0, round(box.y))
    x1, y1 = min(size, round(box.x + box.width)), min(size, round(box.y + box.height))
    return Box(x=x0, y=y0, width=x1 - x0, height=y1 - y0) if x1 > x0 and y1 > y0 else None
