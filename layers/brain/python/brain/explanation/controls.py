"""Control regions: a feature's shape elsewhere in the face, where blurring should have the most effect.

A feature is only worth naming if the name depends on it more than on other parts of the face of the same
size. So a control has the shape of the feature (of both features, for a pair), moved as a whole. It stays in
the face, avoids the feature itself and every feature with a larger effect, and is placed where the evidence
is strongest, which makes it hard to beat.

All rectangles are in pixels of the crop.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from typing import overload

import numpy as np

from brain.core.geometry import Rectangle, intersection
from brain.explanation.view import FaceView

Boxes = Sequence[Rectangle]

# Number of placements in a row, and in a column.
STEPS = 25
# How far controls may leave the face's box, as a share of its width and height.
MARGIN = 0.1
# How much of a control may overlap taken boxes, and how much of it another control.
OVERLAP = 0.15
APART = 0.5


def control_region(view: FaceView) -> Rectangle:
    """The region for controls: the face's box with a margin, as far as the network sees it."""
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


@dataclass(frozen=True)
class Placements(Sequence[list[Rectangle]]):
    """Places to which boxes can be moved together. The moved boxes are computed when they are asked for.

    Attributes:
        boxes: of one feature or of a pair.
        shifts: (p, 2) across and down.
    """

    boxes: Boxes
    shifts: np.ndarray

    def __len__(self) -> int:
        return len(self.shifts)

    @overload
    def __getitem__(self, index: int) -> list[Rectangle]: ...

    @overload
    def __getitem__(self, index: slice) -> Placements: ...

    def __getitem__(self, index: int | slice) -> list[Rectangle] | Placements:
        if isinstance(index, slice):
            return Placements(self.boxes, self.shifts[index])
        across, down = self.shifts[index].tolist()
        return [box.moved(across, down) for box in self.boxes]


def candidate_placements(boxes: Boxes, taken: Boxes, region: Rectangle) -> Placements:
    """All places to which boxes can be moved together while avoiding taken boxes, in a fixed order.

    Args:
        boxes: of one feature or of a pair.
        taken: the boxes to avoid; up to 15 % of a moved box may overlap one of them.
        region: must contain the moved boxes.
    """
    frame = bounding_box(boxes)
    across = _steps(region.x - frame.x, region.x + region.width - frame.x - frame.width)
    down = _steps(region.y - frame.y, region.y + region.height - frame.y - frame.height)
    free = np.ones((len(down), len(across)), bool)
    for box, other in product(boxes, taken):
        width = _common(box.x + across, box.width, other.x, other.width)
        height = _common(box.y + down, box.height, other.y, other.height)
        free &= np.outer(height, width) <= OVERLAP * box.area
    rows, columns = np.nonzero(free)
    return Placements(boxes, np.stack([across[columns], down[rows]], 1))


def top_placements(places: Placements, heat: np.ndarray, field: Rectangle, count: int) -> list[Boxes]:
    """The placements with the most heat, hottest first, without those that half overlap an earlier one.

    Args:
        heat: (h, w) map over the whole field, in any unit.
        field: the square that the network sees.
        count: maximum number of placements.
    """
    chosen: list[Boxes] = []
    for index in np.argsort(_heat_in(places, heat, field), kind="stable")[::-1]:
        place = places[index]
        if all(overlap(bounding_box(place), bounding_box(other)) <= APART for other in chosen):
            chosen.append(place)
        if len(chosen) == count:
            break
    return chosen


def overlap(box: Rectangle, other: Rectangle) -> float:
    """The share of `box` that overlaps `other`, 0 to 1."""
    return intersection(box, other).area / box.area


def same_place(boxes: Boxes, others: Boxes) -> bool:
    """Whether any two boxes overlap by half or more of the smaller one."""
    return any(max(overlap(a, b), overlap(b, a)) >= APART for a in boxes for b in others)


def bounding_box(boxes: Boxes) -> Rectangle:
    """The bounding box of all boxes."""
    x, y = min(box.x for box in boxes), min(box.y for box in boxes)
    right = max(box.x + box.width for box in boxes)
    bottom = max(box.y + box.height for box in boxes)
    return Rectangle(x, y, right - x, bottom - y)


def _steps(first: float, last: float) -> np.ndarray:
    """Up to `STEPS` whole pixels from first to last, rising; none if there is no room."""
    count = STEPS if first <= last else 0
    return np.unique(np.rint(np.linspace(first, last, count)).astype(np.intp))


def _common(starts: np.ndarray, length: float, other: float, other_length: float) -> np.ndarray:
    """The length of the overlap of intervals with another one."""
    ends = np.minimum(starts + length, other + other_length)
    return np.asarray((ends - np.maximum(starts, other)).clip(min=0))


def _heat_in(places: Placements, heat: np.ndarray, field: Rectangle) -> np.ndarray:
    """The heat in the boxes of each placement, (p,)."""
    rows, columns = heat.shape
    integral = np.zeros((rows + 1, columns + 1))
    integral[1:, 1:] = heat.cumsum(0).cumsum(1)
    x, y, width, height = np.array([(box.x, box.y, box.width, box.height) for box in places.boxes]).T
    x, y = (at + shift[:, None] for at, shift in zip((x, y), places.shifts.T, strict=True))  # (p, b)
    left, right = (_cells(edge - field.x, field, columns) for edge in (x, x + width))
    top, bottom = (_cells(edge - field.y, field, rows) for edge in (y, y + height))
    held = integral[bottom, right] - integral[top, right] - integral[bottom, left] + integral[top, left]
    return np.asarray(held.sum(1))


def _cells(edges: np.ndarray, field: Rectangle, count: int) -> np.ndarray:
    """Edges in pixels of the field, as indices of `count` cells."""
    return np.rint(edges / field.width * count).astype(np.intp)
