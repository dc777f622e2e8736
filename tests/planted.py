"""A photo whose evidence is planted: the astronaut in grey, with colour only on parts of the face.

The planted network names red faces Ada Lovelace and green faces Alan Turing, and ignores grey, so what
decides is known by construction.
"""

from __future__ import annotations

import numpy as np

from brain.core.geometry import Rectangle
from brain.core.schema import Check
from brain.core.stopwatch import Stopwatch
from brain.explanation.experiments import analyze_face
from brain.explanation.findings import Findings, Rules
from brain.explanation.view import FaceView
from brain.face.affine import transform_points, warp
from brain.face.alignment import box_around, landmarks_in_box
from brain.face.features import FeatureFinder, Located
from brain.recognition.model import LoadedModel
from tests import tiny

RED = (0.1, 0.1, 1.0)
GREEN = (0.1, 1.0, 0.1)
# In pixels of the photo: the face, and what the crop shows.
FACE = Rectangle(178, 69, 92, 92)
SQUARE = Rectangle(155, 46, 138, 138)
SIZE = 224
# Name -> x, y, width and height in pixels of the crop.
FEATURES: dict[str, tuple[float, float, float, float]] = {
    "right eye": (56, 70, 39, 39),
    "left eye": (127, 73, 41, 41),
    "right brow": (51.7, 54.8, 47.6, 17.3),
    "left brow": (126.6, 59, 47.6, 17.3),
    "nose": (89.3, 101.5, 40.4, 51.9),
    "mouth": (74.6, 157, 64.9, 30.3),
    "right cheek": (38.8, 118.8, 36.1, 40.4),
    "left cheek": (142.5, 124.6, 36.1, 40.4),
    "chin": (76.2, 193, 57.7, 30.3),
    "forehead": (64.3, 14.4, 101, 36.1),
    "smile": (66, 136, 88, 44),
}


def model() -> LoadedModel:
    """The planted network, loaded."""
    return LoadedModel(tiny.planted_network(), tiny.NAMES[:2], tiny.checksum("ab" * 32))


class Scene:
    """The astronaut's crop in grey, with features where cascades and face geometry put them.

    Args:
        astronaut: (H, W, 3) uint8 BGR.
    """

    def __init__(self, astronaut: np.ndarray) -> None:
        zoom = SIZE / SQUARE.width
        to_crop = np.array([[zoom, 0, -SQUARE.x * zoom], [0, zoom, -SQUARE.y * zoom]])
        crop = warp(astronaut, to_crop, SIZE)
        self.size = SIZE
        self.landmarks = transform_points(to_crop, landmarks_in_box(FACE))
        self.grey = np.repeat(crop.mean(2, keepdims=True).astype(np.uint8), 3, 2)
        self.located = [Located(name, Rectangle(*box), "geometry") for name, box in FEATURES.items()]

    def box(self, name: str) -> Rectangle:
        """A feature's box in pixels of the crop."""
        return next(feature.box for feature in self.located if feature.name == name)

    def painted(self, **colours: tuple[float, float, float]) -> np.ndarray:
        """The crop with colour on some features; `left_eye=RED`."""
        picture = self.grey.astype(float)
        for name, colour in colours.items():
            box = self.box(name.replace("_", " "))
            rows = slice(round(box.y), round(box.y + box.height))
            columns = slice(round(box.x), round(box.x + box.width))
            picture[rows, columns] = np.array(colour) * 255
        return picture.astype(np.uint8)

    def analyze(
        self, picture: np.ndarray, check: Check = Check.FULL, loaded: LoadedModel | None = None
    ) -> Findings:
        """Everything that the planted network finds in a picture, or another model."""
        whole = Rectangle(0, 0, self.size, self.size)
        view = FaceView(picture, box_around(self.landmarks), whole, self.landmarks)
        return analyze_face(loaded or model(), Known(self.located), Rules(check=check), view, Stopwatch())


class Known(FeatureFinder):
    """Places the features where they are known to be, since colour would confuse the cascades."""

    def __init__(self, located: list[Located]) -> None:
        self._located = located

    def locate(self, crop: np.ndarray, landmarks: np.ndarray) -> list[Located]:
        return self._located
