"""The YuNet face detector.

Wu, Peng, Yu, "YuNet: A Tiny Millisecond-level Face Detector", Machine Intelligence Research 20, 2023. The
weights are in `face/weights`, under the MIT licence.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from brain.core.geometry import Rectangle

WEIGHTS = Path(__file__).parent / "weights" / "face_detection_yunet_2023mar.onnx"
LOWEST_SCORE = 0.3
LARGEST_OVERLAP = 0.3
MOST_CANDIDATES = 400
ANY_SIZE = (32, 32)


@dataclass(frozen=True)
class Candidate:
    """A place in a picture that looks like a face.

    Attributes:
        box: in pixels of the picture.
        landmarks: (5, 2) right eye, left eye, nose tip, right and left mouth corner.
        score: 0 to 1.
    """

    box: Rectangle
    landmarks: np.ndarray
    score: float


class YuNet:
    """The network, loaded once.

    Args:
        largest_overlap: of two candidates whose intersection over union is larger, only the better one is
            kept; 1 keeps all.
    """

    def __init__(self, largest_overlap: float = LARGEST_OVERLAP) -> None:
        self._network = cv2.FaceDetectorYN.create(
            str(WEIGHTS), "", ANY_SIZE, LOWEST_SCORE, largest_overlap, MOST_CANDIDATES
        )

    def detect(self, pixels: np.ndarray) -> list[Candidate]:
        """Find candidates in a picture.

        Args:
            pixels: (H, W, 3) uint8 BGR.
        """
        height, width = pixels.shape[:2]
        self._network.setInputSize((width, height))
        _, rows = self._network.detect(pixels)
        return [] if rows is None else [_candidate(row.astype(float)) for row in rows]


def _candidate(row: np.ndarray) -> Candidate:
    x, y, width, height = row[:4].tolist()
    return Candidate(Rectangle(x, y, width, height), row[4:14].reshape(5, 2), float(row[14]))
