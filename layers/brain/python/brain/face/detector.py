"""Haar cascades find the face.

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
from brain.core.geometry import Rectangle

# Name and how many overlapping hits it takes; the last two are quicker to see a face where none is.
FRONTAL = (
    ("haarcascade_frontalface_alt2.xml", 4),
    ("haarcascade_frontalface_alt.xml", 4),
    ("haarcascade_frontalface_default.xml", 6),
)
PROFILE = "haarcascade_profileface.xml"
PROFILE_NEIGHBOURS = 6

SEARCH_SIDE = 640

HINT_FACE = "Use a photo in which one face looks towards the camera, upright, well lit and not too small."
HINT_CASCADES = (
    "Install opencv-python-headless >=4.12,<5, or point BRAIN_CASCADES at a folder with its cascades."
)


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
