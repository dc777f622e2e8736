"""From a photo to the crop of one face, as it is stored and as a network sees it.

    detect -> the face that was asked for -> align -> JPEG -> decoded again

The network sees `cropped.jpg` as it is stored, so that everything in a result can be recomputed from it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import cv2
import numpy as np

from brain.core.errors import FaceNotFound
from brain.core.geometry import Rectangle, rectangle, to_box
from brain.core.results import Face, OtherFace
from brain.face.affine import invert, transform_points
from brain.face.alignment import AlignedFace, Template, align
from brain.face.detector import DetectedFace, FaceDetector
from brain.face.photo import Photo

# A face that is narrower than this in the working copy is cut out of a finer copy: the network sees 150
# pixels.
FINE_WIDTH = 100
JPEG_QUALITY = 95
LANDMARK_DECIMALS = 2
TRANSFORM_DECIMALS = 8


@dataclass(frozen=True)
class FaceCrop:
    """One face of a photo.

    Attributes:
        pixels: (S, S, 3) uint8 BGR, decoded from `jpeg`.
        jpeg: the bytes of `cropped.jpg`.
        face: the face as the result describes it.
    """

    pixels: np.ndarray
    jpeg: bytes
    face: Face

    @property
    def field(self) -> Rectangle:
        """The square that the network sees, in pixels of the crop."""
        return rectangle(self.face.input)

    @property
    def landmarks(self) -> np.ndarray:
        """(5, 2) in pixels of the crop."""
        return landmarks_in_crop(self.face)


@dataclass(frozen=True)
class FacesInPhoto:
    """The faces of a photo, each of which can be cut out.

    Attributes:
        photo: the photo.
        detected: at least one face, the largest and most central first.
        template: where the network expects the landmarks.
    """

    photo: Photo
    detected: tuple[DetectedFace, ...]
    template: Template

    def __len__(self) -> int:
        return len(self.detected)

    def crop(self, index: int = 0) -> FaceCrop:
        """Cut one face out.

        Args:
            index: which face, 0 being the largest and most central one.

        Raises:
            FaceNotFound: code 3 with reason `no-such-face`.
        """
        if not 0 <= index < len(self):
            hint = f"Found {len(self)}; ask for a face from 0 to {len(self) - 1}."
            raise FaceNotFound("no-such-face", hint)
        aligned = self._align(self.detected[index])
        _, encoded = cv2.imencode(".jpg", aligned.pixels, [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY])
        pixels = np.asarray(cv2.imdecode(encoded, cv2.IMREAD_COLOR))
        face = _describe(self.detected, index, self.photo.scale, aligned)
        return FaceCrop(pixels, encoded.tobytes(), face)

    def _align(self, face: DetectedFace) -> AlignedFace:
        """Cut a face out of a copy that is fine enough. Its transform is from the full-resolution photo."""
        finer = self._finer if face.box.width < FINE_WIDTH else self.photo
        aligned = align(finer.pixels, face.landmarks * self.photo.scale / finer.scale, self.template)
        return replace(aligned, transform=aligned.transform / np.array([finer.scale, finer.scale, 1.0]))

    @cached_property
    def _finer(self) -> Photo:
        return self.photo.finer()


class FaceCropper:
    """Finds the faces of a photo and cuts one out.

    Args:
        detector: finds faces.
        template: where the network expects the landmarks.
    """

    def __init__(self, detector: FaceDetector, template: Template) -> None:
        self._detector = detector
        self._template = template

    def detect(self, photo: Photo) -> FacesInPhoto:
        """Find the faces of a photo.

        Raises:
            FaceNotFound: code 3 with reason `no-face`, `too-small` or `too-blurred`.
        """
        return FacesInPhoto(photo, self._detector.detect(photo.pixels), self._template)

    def crop(self, photo: Photo, index: int = 0) -> FaceCrop:
        """Find the faces of a photo and cut one out.

        Args, Raises: see `detect` and `FacesInPhoto.crop`.
        """
        return self.detect(photo).crop(index)


def landmarks_in_crop(face: Face) -> np.ndarray:
    """The landmarks of a stored face in pixels of its crop, (5, 2)."""
    return transform_points(np.array(face.transform), np.array(face.landmarks))


def _describe(faces: tuple[DetectedFace, ...], index: int, scale: float, aligned: AlignedFace) -> Face:
    """A face in pixels of the full-resolution photo.

    Args:
        scale: full-resolution pixels per pixel of the copy in which the faces were found.
        aligned: the face, with a transform from the full-resolution photo.
    """
    face, boxes = faces[index], [to_box(found.box.scaled(scale)) for found in faces]
    size = float(aligned.pixels.shape[0])
    corners = transform_points(invert(aligned.transform), np.array(Rectangle(0, 0, size, size).corners))
    return Face(
        index=index,
        box=boxes[index],
        crop=to_box(Rectangle.around(corners.tolist())),
        landmarks=np.round(face.landmarks * scale, LANDMARK_DECIMALS).tolist(),
        found_by=face.found_by,
        rotation=face.rotation,
        transform=np.round(aligned.transform, TRANSFORM_DECIMALS).tolist(),
        input=to_box(aligned.field),
        others=[OtherFace(index=i, box=box) for i, box in enumerate(boxes) if i != index],
    )
