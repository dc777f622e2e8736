"""The first steps with a photo: detect its faces, align one of them, cut it out as it is stored."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np

from brain.core.errors import FaceNotFound
from brain.core.geometry import Rectangle
from brain.core.results import Face, OtherFace
from brain.core.schema import Box
from brain.core.settings import Settings
from brain.explanation.view import FaceView
from brain.face.alignment import Aligner
from brain.face.crop import crop
from brain.face.detector import HINT_FACE, Detection, FaceDetector
from brain.face.photo import Photo
from brain.rendering import drawing

CROP_QUALITY = 95


@dataclass(frozen=True)
class FoundFace:
    """A face in a photo.

    Attributes:
        view: the crop, decoded from `jpeg`.
        jpeg: the bytes of `cropped.jpg`.
        face: as it is stored in the result.
    """

    view: FaceView
    jpeg: bytes
    face: Face


class FaceLocator:
    """Finds the face that is asked for, and cuts it out as the network expects it.

    Args:
        detector: finds faces.
        aligner: says where exactly they are.
        crop_scale: side of the crop in multiples of the aligned box.
    """

    def __init__(self, detector: FaceDetector, aligner: Aligner, crop_scale: float) -> None:
        self._detector = detector
        self._aligner = aligner
        self._crop_scale = crop_scale

    @classmethod
    def load(cls, settings: Settings, crop_scale: float) -> Self:
        """Load the cascades.

        Raises:
            CascadesMissing: code 2.
        """
        return cls(FaceDetector(settings.cascades_dir), Aligner(), crop_scale)

    def find(self, photo: Photo, index: int = 0) -> FoundFace:
        """Find a face.

        Args:
            index: which face, 0 being the largest and most central one.

        Raises:
            FaceNotFound: code 3.
        """
        detection = self._detector.detect(photo.pixels)
        aligned = self._aligner.align(photo.pixels, chosen(detection, index))
        pixels, square = crop(photo.pixels, aligned, self._crop_scale)
        jpeg = drawing.encode(".jpg", pixels, CROP_QUALITY)
        view = view_of(drawing.decode(jpeg), self._crop_scale)
        return FoundFace(view, jpeg, describe(detection, index, square, photo.scale))


def chosen(detection: Detection, face: int) -> Rectangle:
    """The box of the face that was asked for.

    Raises:
        FaceNotFound: code 3, there is no such face.
    """
    if not 0 <= face < len(detection.boxes):
        found = len(detection.boxes)
        raise FaceNotFound("no-such-face", f"{found} found; ask for one of 0 to {found - 1}. {HINT_FACE}")
    return detection.boxes[face]


def describe(detection: Detection, index: int, square: Rectangle, scale: float) -> Face:
    """The detection in pixels of the full-resolution photo.

    Args:
        scale: full-resolution pixels per pixel of the detection.
    """
    boxes = [to_box(box.scaled(scale)) for box in detection.boxes]
    return Face(
        index=index,
        box=boxes[index],
        crop=to_box(square.scaled(scale)),
        cascade=detection.cascade,
        others=[OtherFace(index=i, box=box) for i, box in enumerate(boxes) if i != index],
    )


def view_of(crop: np.ndarray, crop_scale: float) -> FaceView:
    """The view of a crop that the network sees all of, `crop_scale` times as large as the face's box."""
    size = len(crop)
    side = size / crop_scale
    face = Rectangle((size - side) / 2, (size - side) / 2, side, side)
    return FaceView(crop, face, Rectangle(0, 0, size, size))


def to_box(rectangle: Rectangle) -> Box:
    """Rounded to whole pixels."""
    x, y, width, height = (round(v) for v in (rectangle.x, rectangle.y, rectangle.width, rectangle.height))
    return Box(x=x, y=y, width=width, height=height)
