"""Rectangles in pixel coordinates."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from brain.core.schema import Box


@dataclass(frozen=True)
class Rectangle:
    """A rectangle in pixels, with the origin at the top left. It may extend beyond the image."""

    x: float
    y: float
    width: float
    height: float

    @classmethod
    def around(cls, points: Iterable[tuple[float, float]]) -> Rectangle:
        """The smallest rectangle that holds all points, each (x, y)."""
        xs, ys = zip(*points, strict=True)
        return cls(min(xs), min(ys), max(xs) - min(xs), max(ys) - min(ys))

    @property
    def corners(self) -> tuple[tuple[float, float], ...]:
        """The four corners, clockwise from the top left, each (x, y)."""
        right, bottom = self.x + self.width, self.y + self.height
        return (self.x, self.y), (right, self.y), (right, bottom), (self.x, bottom)

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
    """The intersection of two rectangles; its width or height is 0 where they do not overlap."""
    x, y = max(box.x, other.x), max(box.y, other.y)
    right = min(box.x + box.width, other.x + other.width)
    bottom = min(box.y + box.height, other.y + other.height)
    return Rectangle(x, y, max(right - x, 0.0), max(bottom - y, 0.0))


def to_box(rectangle: Rectangle) -> Box:
    """A rectangle as a box of the JSON contract: rounded to whole pixels, at least one in each direction."""
    width, height = max(1, round(rectangle.width)), max(1, round(rectangle.height))
    return Box(x=round(rectangle.x), y=round(rectangle.y), width=width, height=height)
