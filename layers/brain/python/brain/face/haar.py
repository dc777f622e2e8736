"""OpenCV's Haar cascades.

Viola, Jones, "Rapid Object Detection using a Boosted Cascade of Simple Features", CVPR 2001. The original
design finds faces with four of them, in this order.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import cv2
import cv2.data
import numpy as np

from brain.core.errors import CascadesMissing
from brain.core.geometry import Rectangle

# Each cascade, and how many overlapping hits make a detection.
FRONTAL = (
    ("haarcascade_frontalface_alt2.xml", 4),
    ("haarcascade_frontalface_alt.xml", 4),
    ("haarcascade_frontalface_default.xml", 6),
)
PROFILE = "haarcascade_profileface.xml"
PROFILE_NEIGHBOURS = 6
FACE_CASCADES = (*(name for name, _ in FRONTAL), PROFILE)

SEARCH_SIDE = 640
# The cascades need some background around a face, which a tight crop lacks.
MARGIN = 0.25

HINT_CASCADES = (
    "Install opencv-python-headless >=4.12,<5, or point BRAIN_CASCADES at a folder with its cascades."
)


def find_cascade(name: str, directory: Path | None) -> Path:
    """The path of a cascade in `directory`, or in OpenCV's data directory when it is None.

    Raises:
        CascadesMissing: code 2, there is no such file.
    """
    path = Path(directory or cv2.data.haarcascades) / name
    if not path.is_file():
        raise CascadesMissing("cascade-absent", HINT_CASCADES, str(path))
    return path


def load_cascade(name: str, directory: Path | None) -> cv2.CascadeClassifier:
    """Load a cascade from `directory`, or from OpenCV's data directory when it is None.

    Raises:
        CascadesMissing: code 2, the file is absent or is not a cascade.
    """
    path = find_cascade(name, directory)
    try:
        cascade = cv2.CascadeClassifier(str(path))
    except (cv2.error, SystemError) as error:
        raise CascadesMissing("not-a-cascade", HINT_CASCADES, str(path)) from error
    if cascade.empty():
        raise CascadesMissing("not-a-cascade", HINT_CASCADES, str(path))
    return cascade


class FaceCascades:
    """The original design's four cascades, loaded once.

    Args:
        directory: folder with the cascades; None means OpenCV's data directory.

    Raises:
        CascadesMissing: code 2.
    """

    def __init__(self, directory: Path | None = None) -> None:
        self._frontal = [(name, load_cascade(name, directory), hits) for name, hits in FRONTAL]
        self._profile = load_cascade(PROFILE, directory)

    def detect(self, pixels: np.ndarray) -> Iterator[tuple[str, list[Rectangle]]]:
        """Run one cascade after the other, each only when the next item is asked for.

        Args:
            pixels: (H, W, 3) uint8 BGR.

        Yields:
            A cascade's file name and the boxes that it found, in pixels of the picture.
        """
        factor = min(1.0, SEARCH_SIDE / max(pixels.shape[:2]))
        grey = _search_copy(pixels, factor)
        for name, boxes in self._search(grey):
            yield name, [box.scaled(1 / factor) for box in boxes]

    def _search(self, grey: np.ndarray) -> Iterator[tuple[str, list[Rectangle]]]:
        for name, cascade, neighbours in self._frontal:
            yield name, _run(cascade, grey, neighbours)
        yield PROFILE, _run(self._profile, grey, PROFILE_NEIGHBOURS)
        # The profile cascade knows faces that look to one side. The mirror image shows those that look to the
        # other.
        width = grey.shape[1]
        mirrored = _run(self._profile, cv2.flip(grey, 1), PROFILE_NEIGHBOURS)
        yield PROFILE, [Rectangle(width - b.x - b.width, b.y, b.width, b.height) for b in mirrored]
        margin = round(MARGIN * max(grey.shape))
        padded = cv2.copyMakeBorder(grey, margin, margin, margin, margin, cv2.BORDER_REPLICATE)
        for name, cascade, neighbours in self._frontal:
            yield name, [box.moved(-margin, -margin) for box in _run(cascade, padded, neighbours)]


def _search_copy(pixels: np.ndarray, factor: float) -> np.ndarray:
    grey = cv2.cvtColor(pixels, cv2.COLOR_BGR2GRAY)
    if factor < 1:
        size = tuple(max(1, round(side * factor)) for side in reversed(grey.shape))
        grey = cv2.resize(grey, size, interpolation=cv2.INTER_AREA)
    return cv2.equalizeHist(grey)


def _run(cascade: cv2.CascadeClassifier, grey: np.ndarray, neighbours: int) -> list[Rectangle]:
    smallest = max(24, round(0.045 * max(grey.shape)))
    boxes: Sequence[Sequence[int]] = cascade.detectMultiScale(
        grey, scaleFactor=1.1, minNeighbors=neighbours, minSize=(smallest, smallest)
    )
    return [Rectangle(*(float(value) for value in box)) for box in boxes]
