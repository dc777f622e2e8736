"""Finds the faces in a photo.

    YuNet at 640 pixels; at 1,280 where nothing larger than a small face was found; then, where there is still
    none, over the photo turned by 90, 270 and 180 degrees
      | every proposal is confirmed, and its landmarks are refined (`brain.face.landmarks`)
    confirmed faces, the largest and most central first

With `BRAIN_DETECTOR=cascades`, the Haar cascades of the original design propose faces first, in its order.
The first cascade with a confirmed face decides. If none has one, YuNet searches.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import cv2
import numpy as np

from brain.core.errors import FaceNotFound
from brain.core.geometry import Rectangle
from brain.core.schema import Detector
from brain.face.affine import (
    angle_of,
    invert,
    quarter_turn,
    shrink,
    similarity_transform,
    transform_points,
)
from brain.face.alignment import landmarks_in_box
from brain.face.haar import FACE_CASCADES, FaceCascades, find_cascade
from brain.face.landmarks import UPRIGHT, ConfirmedFace, LandmarkRefiner
from brain.face.sharpness import SHARP_ENOUGH, SURELY_SHARP, sharpness
from brain.face.yunet import YuNet

Rotation = Literal[0, 90, 180, 270]
ROTATIONS: tuple[Rotation, ...] = (0, 90, 180, 270)
YUNET = "yunet"
SEARCH_SIDE = 640
FINE_SEARCH_SIDE = 1280
SEARCH_SCORE = 0.4
# An unconfirmed candidate with this score is taken for a blurred face unless it is sharp.
BLURRED_FACE_SCORE = 0.7
# As a share of the photo's longer side. If no face is larger, the search at 1,280 pixels may find more.
SMALL_FACE = 0.08
MOST_FACES = 16
# Two boxes that are closer than this, in widths of the larger one, belong to the same face.
SAME_FACE = 0.5
# Width in pixels of the smallest face that can be recognised: with faces of 15 pixels, 94 % of LFW's pairs
# are told apart; with faces of 50 pixels, 99.6 %.
SMALLEST_FACE = 16

HINT_FACE = "Use a photo in which at least one face is well lit, not covered and turned towards the camera."
HINT_BLURRED = "The face in this photo is too blurred. Use a sharper photo."
HINT_SMALL = (
    "The face in this photo is too small. Come closer, crop the photo less, or use a larger version of it."
)


@dataclass(frozen=True)
class DetectedFace:
    """A confirmed face.

    Attributes:
        box: the upright rectangle around it, in pixels of the picture.
        landmarks: (5, 2) float64, in pixels of the picture: right eye, left eye, nose tip, right mouth
            corner, left mouth corner. Right and left are the person's own.
        score: 0 to 1.
        found_by: `yunet`, or the file name of the cascade that proposed it.
        rotation: by how many degrees the face is turned clockwise in the picture: 0, 90, 180 or 270.
    """

    box: Rectangle
    landmarks: np.ndarray
    score: float
    found_by: str
    rotation: Rotation


@dataclass(frozen=True)
class _Search:
    """What one search of a picture proposes.

    Attributes:
        found_by: `yunet`, or a cascade's file name.
        proposals: (5, 2) landmarks each, in pixels of the picture, the largest first.
        coarse: whether a finer search may find smaller faces.
    """

    found_by: str
    proposals: list[np.ndarray]
    coarse: bool = False


class FaceDetector:
    """Finds, confirms and ranks faces.

    Args:
        detector: what proposes faces.
        cascades_dir: folder with OpenCV's cascades; None means OpenCV's data directory.

    Raises:
        CascadesMissing: code 2. Missing files are reported for either detector, so that a wrong folder is an
            error at the start.
    """

    def __init__(self, detector: Detector = Detector.YUNET, cascades_dir: Path | None = None) -> None:
        for name in FACE_CASCADES:
            find_cascade(name, cascades_dir)
        self._cascades = FaceCascades(cascades_dir) if detector is Detector.CASCADES else None
        self._yunet = YuNet()
        self._refiner = LandmarkRefiner()

    def detect(self, pixels: np.ndarray) -> tuple[DetectedFace, ...]:
        """Find the faces in a picture.

        Args:
            pixels: (H, W, 3) uint8 BGR.

        Returns:
            At least one face, the largest and most central first.

        Raises:
            FaceNotFound: code 3 with reason `no-face`, or with `too-small` or `too-blurred` if every face is.
        """
        try:
            return self._usable(pixels)
        except (cv2.error, np.linalg.LinAlgError) as error:
            # OpenCV refuses some pictures of extreme shape.
            raise FaceNotFound("no-face", HINT_FACE) from error

    def _usable(self, pixels: np.ndarray) -> tuple[DetectedFace, ...]:
        """The faces that can be recognised."""
        found = self._find(pixels)
        if not found:
            raise self._why_none(pixels)
        large = [face for face in found if face.box.width >= SMALLEST_FACE]
        if not large:
            raise FaceNotFound("too-small", HINT_SMALL)
        usable = [face for face in large if sharpness(pixels, face.landmarks) >= SHARP_ENOUGH]
        if not usable:
            raise FaceNotFound("too-blurred", HINT_BLURRED)
        height, width = pixels.shape[:2]
        return tuple(sorted(usable, key=lambda face: _prominence(face.box, width, height), reverse=True))

    def _why_none(self, pixels: np.ndarray) -> FaceNotFound:
        """Whether no face was confirmed because the picture is blurred."""
        for landmarks in self._propose(pixels, SEARCH_SIDE, BLURRED_FACE_SCORE):
            if sharpness(pixels, landmarks) < SURELY_SHARP:
                return FaceNotFound("too-blurred", HINT_BLURRED)
        return FaceNotFound("no-face", HINT_FACE)

    def _find(self, pixels: np.ndarray) -> list[DetectedFace]:
        found: list[DetectedFace] = []
        for search in self._searches(pixels):
            found = self._with_confirmed(pixels, search, found)
            if found and not (search.coarse and _all_small(found, pixels)):
                break
        turned = {face.rotation for face in found} - {0}
        for rotation in turned:
            # A photo that lies on its side may show more faces once it is upright.
            found = self._with_confirmed(pixels, self._turned_search(pixels, -rotation % 360), found)
        return found

    def _searches(self, pixels: np.ndarray) -> Iterator[_Search]:
        """All searches in their order; each runs only when it is asked for."""
        if self._cascades:
            for name, boxes in self._cascades.detect(pixels):
                yield _Search(name, [landmarks_in_box(box) for box in boxes])
        large = max(pixels.shape[:2]) > SEARCH_SIDE
        yield _Search(YUNET, self._propose(pixels, SEARCH_SIDE), coarse=large)
        if large:
            yield _Search(YUNET, self._propose(pixels, FINE_SEARCH_SIDE))
        for turn in (90, 270, 180):
            yield self._turned_search(pixels, turn)

    def _propose(self, pixels: np.ndarray, side: int, lowest_score: float = SEARCH_SCORE) -> list[np.ndarray]:
        """YuNet's candidates in a copy whose longer side is at most `side`, the largest first."""
        factor = min(1.0, side / max(pixels.shape[:2]))
        if factor < 1:
            size = tuple(max(1, round(length * factor)) for length in reversed(pixels.shape[:2]))
            pixels = shrink(pixels, size)
        candidates = [found for found in self._yunet.detect(pixels) if found.score >= lowest_score]
        ordered = sorted(candidates, key=lambda found: found.box.area, reverse=True)
        return [found.landmarks / factor for found in ordered]

    def _turned_search(self, pixels: np.ndarray, turn: int) -> _Search:
        """The search of the picture turned clockwise by 90, 180 or 270 degrees."""
        turned = np.ascontiguousarray(np.rot90(pixels, -turn // 90))
        back = invert(quarter_turn(turn, pixels.shape[1], pixels.shape[0]))
        proposals = self._propose(turned, SEARCH_SIDE)
        return _Search(YUNET, [transform_points(back, landmarks) for landmarks in proposals])

    def _with_confirmed(
        self, pixels: np.ndarray, search: _Search, found: list[DetectedFace]
    ) -> list[DetectedFace]:
        """The faces found so far, and those that a search adds."""
        found = list(found)
        for landmarks in search.proposals:
            if len(found) == MOST_FACES:
                break
            if any(_same(face.box, landmarks.mean(0)) for face in found):
                continue
            face = self._refiner.refine(pixels, landmarks)
            if face and not any(_same(other.box, np.array(face.box.centre)) for other in found):
                found.append(_detected(face, search.found_by))
        return found


def _detected(face: ConfirmedFace, found_by: str) -> DetectedFace:
    angle = angle_of(similarity_transform(UPRIGHT, face.landmarks))
    return DetectedFace(face.box, face.landmarks, face.score, found_by, ROTATIONS[round(angle / 90) % 4])


def _same(box: Rectangle, point: np.ndarray) -> bool:
    """Whether a point is the centre of the same face."""
    return float(np.hypot(*(point - box.centre))) < SAME_FACE * box.width


def _all_small(faces: list[DetectedFace], pixels: np.ndarray) -> bool:
    longer_side: int = max(pixels.shape[:2])
    return max(face.box.width for face in faces) < SMALL_FACE * longer_side


def _prominence(box: Rectangle, width: int, height: int) -> float:
    """Area of the face, reduced by up to half towards the corners of the picture."""
    x, y = box.centre
    off_centre = np.hypot((x - width / 2) / width, (y - height / 2) / height) / np.hypot(0.5, 0.5)
    return float(box.area * (1 - 0.5 * off_centre))
