"""Control regions: the same shape elsewhere in the face, where blurring out hurts most.

A feature is only worth naming if the name depends on it more than on other parts of the face of the same
size. So a control has the very shape of the feature (of both, for a pair), moved as a whole; it stays in
the face, off the feature itself and off every feature with a larger effect, and it is put where the
evidence is strongest, which makes it hard to beat.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from brain.core.geometry import Rectangle

Boxes = Sequence[Rectangle]

STEPS = 25
MARGIN = 0.1
OVERLAP = 0.15
APART = 0.5


def candidate_placements(boxes: Boxes, taken: Boxes, face: Rectangle, size: int) -> list[list[Rectangle]]:
    """Every place in the face to which boxes can be moved together without touching what is taken.

    Args:
        boxes: of one feature or of a pair, in pixels of the crop.
        taken: the boxes to keep off; an overlap of up to 15 % of a moved box's area is let pass.
        face: the face's box.
        size: side of the crop.

    Returns:
        The moved boxes, place by place, in a fixed order.
    """
    limits = _within(face, size)
    frame = frame_of(boxes)
    across = _steps(limits.x - frame.x, limits.x + limits.width - frame.x - frame.width)
    down = _steps(limits.y - frame.y, limits.y + limits.height - frame.y - frame.height)
    places = [[box.moved(dx, dy) for box in boxes] for dy in down for dx in across]
    return [place for place in places if all(_free(box, taken) for box in place)]


def top_placements(places: Sequence[Boxes], heat: np.ndarray, size: int, count: int) -> list[Boxes]:
    """The places that hold the most heat, one after the other, none of them half upon an earlier one.

    Args:
        heat: (h, w), any unit, over the whole crop.
        size: side of the crop, in pixels.
    """
    integral = np.zeros((heat.shape[0] + 1, heat.shape[1] + 1))
    integral[1:, 1:] = heat.cumsum(0).cumsum(1)
    held = [sum(_held(integral, box, size) for box in place) for place in places]
    chosen: list[Boxes] = []
    for index in np.argsort(held, kind="stable")[::-1]:
        place = places[index]
        if all(overlap(frame_of(place), frame_of(other)) <= APART for other in chosen):
            chosen.append(place)
        if len(chosen) == count:
            break
    return chosen


def overlap(one: Rectangle, other: Rectangle) -> float:
    """The share of `one` that lies on `other`, 0 to 1."""
    width = min(one.x + one.width, other.x + other.width) - max(one.x, other.x)
    height = min(one.y + one.height, other.y + other.height) - max(one.y, other.y)
    return max(width, 0.0) * max(height, 0.0) / one.area


def same_place(boxes: Boxes, others: Boxes) -> bool:
    """Whether some box lies on one of the others by half or more of the smaller one."""
    return any(max(overlap(a, b), overlap(b, a)) >= APART for a in boxes for b in others)


def frame_of(boxes: Boxes) -> Rectangle:
    """The smallest box around all of them."""
    x, y = min(box.x for box in boxes), min(box.y for box in boxes)
    right = max(box.x + box.width for box in boxes)
    bottom = max(box.y + box.height for box in boxes)
    return Rectangle(x, y, right - x, bottom - y)


def _steps(first: float, last: float) -> list[int]:
    """Up to `STEPS` whole pixels from first to last; none when there is no room."""
    return sorted({round(step) for step in np.linspace(first, last, STEPS)}) if first <= last else []


def _within(face: Rectangle, size: int) -> Rectangle:
    """The face's box and a margin around it, inside the crop."""
    x, y = max(0.0, face.x - MARGIN * face.width), max(0.0, face.y - MARGIN * face.height)
    right = min(size, face.x + (1 + MARGIN) * face.width)
    bottom = min(size, face.y + (1 + MARGIN) * face.height)
    return Rectangle(x, y, right - x, bottom - y)


def _free(box: Rectangle, taken: Boxes) -> bool:
    return all(overlap(box, other) <= OVERLAP for other in taken)


def _held(integral: np.ndarray, box: Rectangle, size: int) -> float:
    """The heat in a box, from an integral image."""
    height, width = integral.shape[0] - 1, integral.shape[1] - 1
    left, right = (round(v / size * width) for v in (box.x, box.x + box.width))
    top, bottom = (round(v / size * height) for v in (box.y, box.y + box.height))
    return float(
        integral[bottom, right] - integral[top, right] - integral[bottom, left] + integral[top, left]
    )
