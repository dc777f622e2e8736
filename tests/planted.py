"""A photo whose evidence is planted: the astronaut in grey, with colour on parts of the face alone.

The planted network names red Ada Lovelace and green Alan Turing, and sees nothing in grey, so what decides is
known by construction.
"""

from __future__ import annotations

import numpy as np

from brain.core.geometry import Rectangle
from brain.core.schema import Check
from brain.core.stopwatch import Stopwatch
from brain.explanation.experiments import analyze_face
from brain.explanation.findings import Findings, Rules
from brain.explanation.view import FaceView
from brain.face.crop import crop
from brain.face.detector import FaceDetector
from brain.face.features import FeatureFinder, Located
from brain.recognition.model import LoadedModel
from tests import tiny

RED = (0.1, 0.1, 1.0)
GREEN = (0.1, 1.0, 0.1)
SCALE = 1.5


def model() -> LoadedModel:
    """The planted network, loaded."""
    return LoadedModel(tiny.planted_network(), tiny.NAMES[:2], tiny.checksum("ab" * 32))


class Scene:
    """The astronaut's crop in grey, with the features found on it before any colour was put on.

    Args:
        astronaut: (H, W, 3) uint8 BGR.
    """

    def __init__(self, astronaut: np.ndarray, detector: FaceDetector) -> None:
        box = detector.detect(astronaut).boxes[0]
        cut, square = crop(astronaut, box, SCALE)
        self.size = cut.shape[0]
        self.face = box.moved(-square.x, -square.y).scaled(self.size / square.width)
        self.grey = np.repeat(cut.mean(2, keepdims=True).astype(np.uint8), 3, 2)
        self.located = FeatureFinder().locate(self.grey, self.face)

    def box(self, name: str) -> Rectangle:
        """A feature's box in pixels of the crop."""
        return next(one.box for one in self.located if one.name == name)

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
        view = FaceView(picture, self.face, Rectangle(0, 0, self.size, self.size))
        return analyze_face(loaded or model(), Known(self.located), Rules(check=check), view, Stopwatch())


class Known(FeatureFinder):
    """Finds the features where they are known to be, since colour would confuse the cascades."""

    def __init__(self, located: list[Located]) -> None:
        self._located = located

    def locate(self, crop: np.ndarray, face: Rectangle) -> list[Located]:
        return self._located
