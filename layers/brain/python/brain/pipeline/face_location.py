"""The first steps of the pipeline: detect the faces, align one of them, and cut it out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np

from brain.core.geometry import rectangle
from brain.core.results import Face
from brain.core.settings import Settings
from brain.explanation.view import FaceView
from brain.face.alignment import box_around, template_for
from brain.face.crop import FaceCrop, FaceCropper, FacesInPhoto, landmarks_in_crop
from brain.face.detector import FaceDetector
from brain.face.photo import Photo
from brain.recognition.config import ModelConfig


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

    @classmethod
    def of(cls, crop: FaceCrop) -> Self:
        """Decode the face that was cut out."""
        return cls(view_of(crop.pixels, crop.face), crop.jpeg, crop.face)


class FaceLocator:
    """Finds the requested face, and cuts it out as the network expects it.

    Args:
        cropper: finds faces and cuts one out.
    """

    def __init__(self, cropper: FaceCropper) -> None:
        self._cropper = cropper

    @classmethod
    def load(cls, settings: Settings, config: ModelConfig) -> Self:
        """Load the detector.

        Args:
            settings: which detector, and where the cascades are.
            config: configuration of the network, which says how faces have to be aligned.

        Raises:
            CascadesMissing: code 2.
        """
        detector = FaceDetector(settings.detector, settings.cascades_dir)
        return cls(FaceCropper(detector, template_for(config.template, config.crop_scale)))

    def detect(self, photo: Photo) -> FacesInPhoto:
        """Find all faces.

        Raises:
            FaceNotFound: code 3.
        """
        return self._cropper.detect(photo)

    def find(self, photo: Photo, index: int = 0) -> FoundFace:
        """Find a face.

        Args:
            photo: the photo.
            index: which face, 0 being the largest and most central one.

        Raises:
            FaceNotFound: code 3.
        """
        return FoundFace.of(self.detect(photo).crop(index))

    def find_all(self, photo: Photo) -> list[FoundFace]:
        """Find every face, the largest and most central one first.

        Raises:
            FaceNotFound: code 3.
        """
        faces = self.detect(photo)
        return [FoundFace.of(faces.crop(index)) for index in range(len(faces))]


def view_of(crop: np.ndarray, face: Face) -> FaceView:
    """The view of a stored crop.

    Args:
        crop: (s, s, 3) uint8 BGR, `cropped.jpg`.
        face: as stored in the result.
    """
    landmarks = landmarks_in_crop(face)
    return FaceView(crop, box_around(landmarks), rectangle(face.input), landmarks)
