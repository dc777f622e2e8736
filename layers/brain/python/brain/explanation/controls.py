"""Control regions: the shape of a feature elsewhere in the face, where blurring out is expected to hurt most.

A feature is only worth naming if the name depends on it more than on other parts of the face of the same
size. So a control has the very shape of the feature (of both features, for a pair), moved as a whole. It
stays in the face, off the feature itself and off every feature with a larger effect, and it is put where
the evidence is strongest, which makes it hard to beat.

All rectangles are in pixels of the crop.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from brain.core.geometry import Rectangle, intersection
from brain.explanation.view import FaceView

Boxes = Sequence[Rectangle]

# Placements tried in a row, and in a column.
STEPS = 25
# How far controls may leave the face's box, as a share of its width and height.
MARGIN = 0.1
# How much of a control may lie on what is taken, and how much of it on another control.
OVERLAP = 0.15
APART = 0.5


def control_region(view: FaceView) -> Rectangle:
    """Where controls may lie: the face's box with a margin, as far as the network sees it."""
    face = view.face
    return intersection(
        Rectangle(
            face.x - MARGIN * face.width,
            face.y - MARGIN * face.height,
            face.width * (1 + 2 * MARGIN),
            face.height * (1 + 2 * MARGIN),
        ),
        view.field,
    )


def candidate_placements(boxes: Boxes, taken: Boxes, region: Rectangle) -> list[list[Rectangle]]:
    """Every place to which boxes can be moved together without touching what is taken.

    Args:
        boxes: of one feature or of a pair.
        taken: the boxes to keep off; up to 15 % of a moved box may lie on one of them.
        region: must hold the moved boxes.

    Returns:
        The moved boxes, place by place, in a fixed order.
    """
    frame = bounding_box(boxes)
    across = _steps(region.x - frame.x, region.x + region.width - frame.x - frame.width)
    down = _steps(region.y - frame.y, region.y + region.height - frame.y - frame.height)
    places = [[box.moved(dx, dy) for box in boxes] for dy in down for dx in across]
    return [place for place in places if all(_is_free(box, taken) for box in place)]


def top_placements(places: Sequence[Boxes], heat: np.ndarray, field: Rectangle, count: int) -> list[Boxes]:
    """The placements that hold the most heat, hottest first, none of them half on an earlier one.

    Args:
        heat: (h, w) map over the whole field, in any unit.
        field: the square that the network sees.
        count: how many placements at most.
    """
    integral = np.zeros((heat.shape[0] + 1, heat.shape[1] + 1))
    integral[1:, 1:] = heat.cumsum(0).cumsum(1)
    held = [sum(_heat_in(box, integral, field) for box in place) for place in places]
    chosen: list[Boxes] = []
    for index in np.argsort(held, kind="stable")[::-1]:
        place = places[index]
        if all(overlap(bounding_box(place), bounding_box(other)) <= APART for other in chosen):
            chosen.append(place)
        if len(chosen) == count:
            break
    return chosen


def overlap(box: Rectangle, other: Rectangle) -> float:
    """The share of `box` that lies on `other`, 0 to 1."""
    return intersection(box, other).area / box.area


def same_place(boxes: Boxes, others: Boxes) -> bool:
    """Whether some box lies on one of the others by half or more of the smaller one."""
    return any(max(overlap(a, b), overlap(b, a)) >= APART for a in boxes for b in others)


def bounding_box(boxes: Boxes) -> Rectangle:
    """The smallest rectangle around all boxes."""
    x, y = min(box.x for box in boxes), min(box.y for box in boxes)
    right = max(box.x + box.width for box in boxes)
    bottom = max(box.y + box.height for box in boxes)
    return Rectangle(x, y, right - x, bottom - y)


def _steps(first: float, last: float) -> list[int]:
    """Up to `STEPS` whole pixels from first to last; none when there is no room."""
    return sorted({round(step) for step in np.linspace(first, last, STEPS)}) if first <= last else []


def _is_free(box: Rectangle, taken: Boxes) -> bool:
    return all(overlap(box, other) <= OVERLAP for other in taken)


def _heat_in(box: Rectangle, integral: np.ndarray, field: Rectangle) -> float:
    """The heat in a box, from an integral image of the field."""
    height, width = integral.shape[0] - 1, integral.shape[1] - 1
    at = box.moved(-field.x, -field.y)
    left, right = (round(v / field.width * width) for v in (at.x, at.x + at.width))
    top, bottom = (round(v / field.height * height) for v in (at.y, at.y + at.height))
    return float(
        integral[bottom, right] - integral[top, right] - integral[bottom, left] + integral[top, left]
    )
