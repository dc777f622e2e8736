"""Haar cascades find the face; a square around it is cut out.

Viola & Jones, "Rapid Object Detection using a Boosted Cascade of Simple Features", CVPR 2001.
Cascades are tried in the design's order and the first that finds anything decides. The search runs
on a working copy of bounded size, so its cost does not grow with the photo.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import cv2.data
import numpy as np

from brain.core.errors import CascadesMissing, FaceNotFound
from brain.core.results import Box

# Name and how many overlapping hits it takes; the last two are quicker to see a face where none is.
FRONTAL = (
    ("haarcascade_frontalface_alt2.xml", 4),
    ("haarcascade_frontalface_alt.xml", 4),
    ("haarcascade_frontalface_default.xml", 6),
)
PROFILE = "haarcascade_profileface.xml"
PROFILE_NEIGHBOURS = 6

SEARCH_SIDE = 640
CROP_SCALE = 1.5
MIN_CROP = 224
MAX_CROP = 512

HINT_FACE = "Use a photo in which one face looks towards the camera, upright, well lit and not too small."
HINT_CASCADES = (
    "Install opencv-python-headless >=4.12,<5, or point BRAIN_CASCADES at a folder with its cascades."
)


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


@dataclass(frozen=True)
class Detection:
    """Faces in one picture, the largest and most central first, and the cascade that found them."""

    boxes: tuple[Rectangle, ...]
    cascade: str


def load_cascade(name: str, directory: Path | None = None) -> cv2.CascadeClassifier:
    """Load a cascade from `directory`, or from OpenCV's data directory when it is None.

    Raises:
        CascadesMissing: code 2, when the file is absent or is not a cascade.
    """
    path = Path(directory or cv2.data.haarcascades) / name
    if not path.is_file():
        raise CascadesMissing("cascade-absent", HINT_CASCADES, str(path))
    try:
        cascade = cv2.CascadeClassifier(str(path))
    except (cv2.error, SystemError) as error:
        raise CascadesMissing("not-a-cascade", HINT_CASCADES, str(path)) from error
    if cascade.empty():
        raise CascadesMissing("not-a-cascade", HINT_CASCADES, str(path))
    return cascade


class FaceDetector:
    """The four cascades of the design, loaded once.

    Args:
        directory: folder with the cascades; None means OpenCV's data directory.

    Raises:
        CascadesMissing: code 2.
    """

    def __init__(self, directory: Path | None = None) -> None:
        self._frontal = [(name, load_cascade(name, directory), hits) for name, hits in FRONTAL]
        self._profile = load_cascade(PROFILE, directory)

    def detect(self, pixels: np.ndarray) -> Detection:
        """Find faces in an (H, W, 3) uint8 BGR picture.

        Returns:
            Boxes in the picture's own pixels, best first.

        Raises:
            FaceNotFound: code 3.
        """
        factor = min(1.0, SEARCH_SIDE / max(pixels.shape[:2]))
        grey = _search_copy(pixels, factor)
        margin = 0
        found, cascade = self._search(grey)
        if not found:
            # In a tight crop the face touches the frame, and the cascades need to see around it.
            margin = round(0.25 * max(grey.shape))
            found, cascade = self._search_frontal(_with_margin(grey, margin))
        if not found:
            raise FaceNotFound("no-face", HINT_FACE)
        height, width = grey.shape
        inside = [box.moved(-margin, -margin) for box in found]
        ranked = sorted(inside, key=lambda box: _prominence(box, width, height), reverse=True)
        return Detection(tuple(box.scaled(1 / factor) for box in ranked), cascade)

    def _search(self, grey: np.ndarray) -> tuple[list[Rectangle], str]:
        found, name = self._search_frontal(grey)
        if found:
            return found, name
        boxes = _run(self._profile, grey, PROFILE_NEIGHBOURS)
        if boxes:
            return boxes, PROFILE
        # profileface knows faces turned to one side only; the mirror image shows it the other.
        width = grey.shape[1]
        mirrored = _run(self._profile, cv2.flip(grey, 1), PROFILE_NEIGHBOURS)
        return [Rectangle(width - b.x - b.width, b.y, b.width, b.height) for b in mirrored], PROFILE

    def _search_frontal(self, grey: np.ndarray) -> tuple[list[Rectangle], str]:
        for name, cascade, neighbours in self._frontal:
            if boxes := _run(cascade, grey, neighbours):
                return boxes, name
        return [], ""


def crop(pixels: np.ndarray, box: Rectangle, scale: float = CROP_SCALE) -> tuple[np.ndarray, Rectangle]:
    """Cut out the square around a face.

    The square is `scale` times the box. The result is resized so that its side lies between `MIN_CROP` and
    `MAX_CROP` pixels.

    Args:
        pixels: (H, W, 3) uint8.
        box: the face, in pixels of `pixels`.

    Returns:
        The (S, S, 3) uint8 crop and the square it shows, in pixels of `pixels`.
    """
    square = square_around(box, scale)
    size = int(min(max(round(square.width), MIN_CROP), MAX_CROP))
    return sample(pixels, square, size), square


def square_around(box: Rectangle, scale: float) -> Rectangle:
    """The square around a box's centre, `scale` times as large as the box's longer side."""
    side = max(box.width, box.height) * scale
    x, y = box.centre
    return Rectangle(x - side / 2, y - side / 2, side, side)


def sample(pixels: np.ndarray, square: Rectangle, size: int) -> np.ndarray:
    """What a square shows, (size, size, 3) uint8; where it leaves the picture the border is repeated.

    Args:
        pixels: (H, W, 3) uint8.
        square: in pixels of `pixels`.
    """
    if size < square.width:
        pixels, square = _shrunk(pixels, square, size)
    zoom = size / square.width
    # Pixel centres lie at half-integers, hence the halves on both sides.
    matrix = np.array(
        [
            [zoom, 0, (0.5 - square.x) * zoom - 0.5],
            [0, zoom, (0.5 - square.y) * zoom - 0.5],
        ]
    )
    return cv2.warpAffine(
        pixels, matrix, (size, size), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )


def _shrunk(pixels: np.ndarray, square: Rectangle, size: int) -> tuple[np.ndarray, Rectangle]:
    """Area-average the picture around a large face first, since bilinear sampling alone would alias."""
    height, width = pixels.shape[:2]
    x0, y0 = max(0, int(square.x)), max(0, int(square.y))
    x1, y1 = min(width, int(square.x + square.width) + 2), min(height, int(square.y + square.height) + 2)
    factor = size / square.width
    target = max(1, round((x1 - x0) * factor)), max(1, round((y1 - y0) * factor))
    part = cv2.resize(pixels[y0:y1, x0:x1], target, interpolation=cv2.INTER_AREA)
    return part, square.moved(-x0, -y0).scaled(factor)


def _search_copy(pixels: np.ndarray, factor: float) -> np.ndarray:
    grey = cv2.cvtColor(pixels, cv2.COLOR_BGR2GRAY)
    if factor < 1:
        grey = cv2.resize(grey, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)
    return cv2.equalizeHist(grey)


def _with_margin(grey: np.ndarray, margin: int) -> np.ndarray:
    return cv2.copyMakeBorder(grey, margin, margin, margin, margin, cv2.BORDER_REPLICATE)


def _run(cascade: cv2.CascadeClassifier, grey: np.ndarray, neighbours: int) -> list[Rectangle]:
    smallest = max(24, round(0.045 * max(grey.shape)))
    boxes: Sequence[Sequence[int]] = cascade.detectMultiScale(
        grey, scaleFactor=1.1, minNeighbors=neighbours, minSize=(smallest, smallest)
    )
    return [Rectangle(*(float(value) for value in box)) for box in boxes]


def _prominence(box: Rectangle, width: int, height: int) -> float:
    """Area, discounted by up to half towards the corners of the picture."""
    x, y = box.centre
    off_centre = np.hypot((x - width / 2) / width, (y - height / 2) / height) / np.hypot(0.5, 0.5)
    return float(box.area * (1 - 0.5 * off_centre))
