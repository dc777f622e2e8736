"""Rectangles in pixel coordinates."""

from __future__ import annotations

from dataclasses import dataclass

from brain.core.schema import Box


@dataclass(frozen=True)
class Rectangle:
    """A rectangle in pixels with its origin at the top left; parts of it may lie outside the picture."""

    x: float
    y: float
    width: float
    height: float

    @property
    def centre(self) -> tuple[float, float]:
        return self.x + self.width / 2, self.y + self.height / 2

    @property
    def area(self) -> float:
        return self.width * self.height

    def scaled(self, factor: float) -> Rectangle:
        """The same rectangle in a picture `factor` times as large."""
        return Rectangle(self.x * factor, self.y * factor, self.width * factor, self.height * factor)

    def moved(self, dx: float, dy: float) -> Rectangle:
        return Rectangle(self.x + dx, self.y + dy, self.width, self.height)


def rectangle(box: Box) -> Rectangle:
    """A box of the contract as a rectangle."""
    return Rectangle(box.x, box.y, box.width, box.height)


def square_around(box: Rectangle, scale: float) -> Rectangle:
    """The square around a box's centre, `scale` times as large as the box's longer side."""
    side = max(box.width, box.height) * scale
    x, y = box.centre
    return Rectangle(x - side / 2, y - side / 2, side, side)
