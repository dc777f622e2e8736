"""A face crop, and the square of it that the network sees."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from brain.core.geometry import Rectangle


@dataclass(frozen=True)
class FaceView:
    """A crop, and the places in it that matter. Rectangles are in pixels of the crop.

    Attributes:
        crop: (s, s, 3) uint8 BGR, as stored in `cropped.jpg`.
        face: the face's box.
        field: the square that the network sees, in whole pixels.
        landmarks: (5, 2) right eye, left eye, nose tip, right and left mouth corner, in pixels of the crop.
    """

    crop: np.ndarray
    face: Rectangle
    field: Rectangle
    landmarks: np.ndarray

    @property
    def pixels(self) -> np.ndarray:
        """The pixels that the network sees, (f, f, 3) uint8 BGR."""
        return self.field_of(self.crop)

    @property
    def field_side(self) -> int:
        """f, the side of the field in pixels of the crop."""
        return round(self.field.width)

    def field_of(self, picture: np.ndarray) -> np.ndarray:
        """The field of a picture of the crop's size, (s, s, ...) -> (f, f, ...), without copying."""
        x, y = round(self.field.x), round(self.field.y)
        return picture[y : y + self.field_side, x : x + self.field_side]

    def in_field(self, boxes: Sequence[Rectangle], size: int) -> list[Rectangle]:
        """Convert boxes to pixels of the network's input.

        Args:
            boxes: in pixels of the crop.
            size: side of the input, in pixels.
        """
        zoom = size / self.field.width
        return [box.moved(-self.field.x, -self.field.y).scaled(zoom) for box in boxes]

    def placed(self, field_map: np.ndarray) -> np.ndarray:
        """A map of the field at the crop's size: (h, w) uint8 -> (s, s) uint8, 0 outside the field."""
        placed = np.zeros(self.crop.shape[:2], np.uint8)
        self.field_of(placed)[:] = cv2.resize(field_map, (self.field_side, self.field_side))
        return placed
