"""Where eyes, nose, mouth and the other parts of the face are.

Eyes and smile are found by OpenCV's cascades, and so are nose and mouth if the optional cascades are
installed. Eyes, nose and mouth that no cascade finds are located by the landmarks. Everything else is placed
by face geometry: positions relative to the two pupils, in units of the distance d between them. The
proportions are those of an average adult face (pupils 63 mm apart; from the line of the eyes down to the
nose's tip 0.7 d, the mouth 1.1 d, the chin 1.75 d; Farkas, "Anthropometry of the Head and Face", 1994,
rounded).

Left and right are the person's own, so the left eye is on the right of the picture.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

import cv2
import numpy as np

from brain.core.geometry import Rectangle
from brain.face.cascades import MOUTH_CASCADE, NOSE_CASCADE
from brain.face.haar import load_cascade

EYE_CASCADE = "haarcascade_eye.xml"
SMILE_CASCADE = "haarcascade_smile.xml"

LocatedBy = Literal["cascade", "landmarks", "geometry"]
CASCADE: LocatedBy = "cascade"
LANDMARKS: LocatedBy = "landmarks"
GEOMETRY: LocatedBy = "geometry"

# Name -> centre (across, down) and size (width, height), in units of the distance between the pupils.
PROPORTIONS: dict[str, tuple[float, float, float, float]] = {
    "right eye": (-0.5, 0.0, 0.56, 0.34),
    "left eye": (0.5, 0.0, 0.56, 0.34),
    "right brow": (-0.52, -0.36, 0.66, 0.24),
    "left brow": (0.52, -0.36, 0.66, 0.24),
    "nose": (0.0, 0.5, 0.56, 0.72),
    "mouth": (0.0, 1.12, 0.9, 0.42),
    "right cheek": (-0.72, 0.7, 0.5, 0.56),
    "left cheek": (0.72, 0.7, 0.5, 0.56),
    "chin": (0.0, 1.62, 0.8, 0.42),
    "forehead": (0.0, -0.82, 1.4, 0.5),
}
# How far the tip of the nose lies below the centre of the nose's box, in distances between the pupils.
NOSE_TIP = 0.15
# Cascades search a crop of at most this size, in pixels between the pupils. In a larger one they find no
# more.
PUPILS = 56


@dataclass(frozen=True)
class Located:
    """A feature before it is scored; `box` is in pixels of the crop."""

    name: str
    box: Rectangle
    located_by: LocatedBy


class FeatureFinder:
    """The feature cascades, loaded once.

    Args:
        directory: folder with OpenCV's cascades; None means OpenCV's data directory.
        extra: folder with the optional mouth and nose cascades; either may be missing.

    Raises:
        CascadesMissing: code 2, a cascade is missing or is not a cascade.
    """

    def __init__(self, directory: Path | None = None, extra: Path | None = None) -> None:
        self._eye = load_cascade(EYE_CASCADE, directory)
        self._smile = load_cascade(SMILE_CASCADE, directory)
        self._extra = {
            name: load_cascade(file, extra)
            for name, file in (("mouth", MOUTH_CASCADE), ("nose", NOSE_CASCADE))
            if extra is not None and (extra / file).is_file()
        }

    def locate(self, crop: np.ndarray, landmarks: np.ndarray) -> list[Located]:
        """Locate every feature in a crop.

        Args:
            crop: (S, S, 3) uint8 BGR.
            landmarks: (5, 2) right eye, left eye, nose tip, right and left mouth corner, in pixels of the
                crop.
        """
        zoom = min(1.0, PUPILS / float(np.hypot(*(landmarks[1] - landmarks[0]))))
        if zoom < 1:
            crop = cv2.resize(crop, None, fx=zoom, fy=zoom, interpolation=cv2.INTER_AREA)
        found = self._search(cv2.cvtColor(crop, cv2.COLOR_BGR2GRAY), landmarks * zoom)
        return [replace(each, box=each.box.scaled(1 / zoom)) for each in found]

    def _search(self, grey: np.ndarray, landmarks: np.ndarray) -> list[Located]:
        """Locate every feature in (S, S) uint8 pixels."""
        grey = cv2.equalizeHist(grey)
        known = located_by_landmarks(landmarks)
        found = [
            self._by_cascade(grey, known.get(name) or Located(name, place(name, landmarks), GEOMETRY))
            for name in PROPORTIONS
        ]
        mouth = known["mouth"].box
        smile = nearest(_run(self._smile, grey, mouth, neighbours=30), mouth)
        return [*found, Located("smile", smile, CASCADE)] if smile else found

    def _by_cascade(self, grey: np.ndarray, placed: Located) -> Located:
        """The feature where its cascade finds it, or else where it was placed."""
        cascade = self._eye if placed.name.endswith("eye") else self._extra.get(placed.name)
        box = cascade and nearest(_run(cascade, grey, placed.box, neighbours=4), placed.box)
        return Located(placed.name, box, CASCADE) if box else placed


def located_by_landmarks(landmarks: np.ndarray) -> dict[str, Located]:
    """Eyes, nose and mouth at the landmarks, in the size of an average face's."""
    right_eye, left_eye, nose_tip, right_corner, left_corner = landmarks
    axis = left_eye - right_eye
    distance = float(np.hypot(*axis))
    below = np.array([-axis[1], axis[0]])
    centres = {
        "right eye": right_eye,
        "left eye": left_eye,
        "nose": nose_tip - NOSE_TIP * below,
        "mouth": (right_corner + left_corner) / 2,
    }
    boxes = {
        name: _box_at(centre, PROPORTIONS[name][2] * distance, PROPORTIONS[name][3] * distance)
        for name, centre in centres.items()
    }
    return {name: Located(name, box, LANDMARKS) for name, box in boxes.items()}


def place(name: str, landmarks: np.ndarray) -> Rectangle:
    """Where face geometry puts a feature.

    Args:
        landmarks: (5, 2) in pixels of the crop; only the eyes count.
    """
    across, down, width, height = PROPORTIONS[name]
    right, left = landmarks[0], landmarks[1]
    axis = left - right
    distance = float(np.hypot(*axis))
    below = np.array([-axis[1], axis[0]])
    return _box_at((right + left) / 2 + across * axis + down * below, width * distance, height * distance)


def _box_at(centre: np.ndarray, width: float, height: float) -> Rectangle:
    x, y = centre.tolist()
    return Rectangle(x - width / 2, y - height / 2, width, height)


def nearest(boxes: Iterable[Rectangle], expected: Rectangle) -> Rectangle | None:
    """The box of plausible size whose centre lies nearest to the expected one, if any is near."""

    def distance(box: Rectangle) -> float:
        (x, y), (x0, y0) = box.centre, expected.centre
        return float(np.hypot(x - x0, y - y0))

    plausible = [box for box in boxes if 0.5 < box.width / expected.width < 2]
    best = min(plausible, key=distance, default=None)
    return best if best and distance(best) < 0.5 * expected.width else None


def _run(
    cascade: cv2.CascadeClassifier, grey: np.ndarray, expected: Rectangle, neighbours: int
) -> list[Rectangle]:
    """Run a cascade over twice the expected box, and only look for objects of about its size."""
    size = grey.shape[0]
    (x, y), reach = expected.centre, expected.width
    x0, y0 = max(0, round(x - reach)), max(0, round(y - reach))
    x1, y1 = min(size, round(x + reach)), min(size, round(y + reach))
    if x1 <= x0 or y1 <= y0:
        return []
    smallest, largest = round(0.5 * reach), round(2 * reach)
    boxes = cascade.detectMultiScale(
        grey[y0:y1, x0:x1],
        scaleFactor=1.1,
        minNeighbors=neighbours,
        minSize=(smallest, round(0.4 * smallest)),
        maxSize=(largest, largest),
    )
    return [Rectangle(*(float(value) for value in box)).moved(x0, y0) for box in boxes]
