"""Rectangles in pixel coordinates."""

from __future__ import annotations

from dataclasses import dataclass

from brain.core.schema import Box


@dataclass(frozen=True)
class Rectangle:
    """A rectangle in pixels, with the origin at the top left. It may extend beyond the image."""

    x: float
    y: float
    width: float
    height: float

    @property
    def centre(self) -> tuple[float, float]:
        """(x, y) of the centre."""
        return self.x + self.width / 2, self.y + self.height / 2

    @property
    def area(self) -> float:
        """Area in square pixels."""
        return self.width * self.height

    def scaled(self, factor: float) -> Rectangle:
        """The rectangle in an image `factor` times as large."""
        return Rectangle(self.x * factor, self.y * factor, self.width * factor, self.height * factor)

    def moved(self, dx: float, dy: float) -> Rectangle:
        """The rectangle moved by (dx, dy) pixels."""
        return Rectangle(self.x + dx, self.y + dy, self.width, self.height)


def rectangle(box: Box) -> Rectangle:
    """Convert a box of the JSON contract to a rectangle."""
    return Rectangle(box.x, box.y, box.width, box.height)


def intersection(box: Rectangle, other: Rectangle) -> Rectangle:
    """What two rectangles have in common; of width or height 0 where that is nothing."""
    x, y = max(box.x, other.x), max(box.y, other.y)
    right = min(box.x + box.width, other.x + other.width)
    bottom = min(box.y + box.height, other.y + other.height)
    return Rectangle(x, y, max(right - x, 0.0), max(bottom - y, 0.0))


def square_around(box: Rectangle, scale: float) -> Rectangle:
    """The square with the same centre as a box and `scale` times its longer side."""
    side = max(box.width, box.height) * scale
    x, y = box.centre
    return Rectangle(x - side / 2, y - side / 2, side, side)
