"""From a photo of a person to the descriptor that is enrolled.

decode -> the face nearest to the centre, as a crop -> network -> descriptor
"""

from __future__ import annotations

import hashlib
import math
from typing import Self

import cv2
import numpy as np

from brain.core.errors import RefusedError
from brain.core.results import Face
from brain.core.schema import Box
from brain.core.settings import Settings
from brain.face.photo import Photo, decode
from brain.pipeline.face_location import FaceLocator, FoundFace
from brain.recognition.classifier import Classifier
from brain.recognition.loading import load_without_people

HINT_GALLERY = "Choose a network with a gallery, such as dlib-resnet."


class FaceEmbedder:
    """Computes descriptors by the same steps as an explanation.

    Args:
        classifier: a network with a gallery.
        faces: finds faces and cuts them out.
    """

    def __init__(self, classifier: Classifier, faces: FaceLocator) -> None:
        self._classifier = classifier
        self._faces = faces

    @classmethod
    def load(cls, settings: Settings) -> Self:
        """Load cascades and weights according to the settings. The model need not know any people yet.

        Raises:
            CascadesMissing: code 2.
            ForwardPassFailed: code 4.
            RefusedError: the network has no gallery.
        """
        classifier = load_without_people(settings.models_dir / settings.model)
        if not classifier.config.has_gallery:
            raise RefusedError(f"{settings.model} names a fixed list of identities", HINT_GALLERY)
        return cls(classifier, FaceLocator.load(settings, classifier.config))

    @property
    def fingerprint(self) -> str:
        """A checksum in hex of what a descriptor depends on beside the photo: weights, alignment, OpenCV."""
        config = self._classifier.config
        digest = hashlib.sha256(repr((config.template, config.crop_scale, cv2.__version__)).encode())
        for name, tensor in self._classifier.state_dict().items():
            if not name.startswith("gallery."):
                digest.update(tensor.numpy().tobytes())
        return digest.hexdigest()

    def embed(self, data: bytes) -> np.ndarray:
        """The descriptor of the face nearest to the photo's centre: (D,) float32 of length 1.

        Args:
            data: the file's bytes.

        Raises:
            BrainError: codes 1, 3 and 4.
        """
        found = central_face(decode(data), self._faces)
        activations = self._classifier.forward_with_activations(found.view.pixels)
        descriptor: np.ndarray = self._classifier.descriptor(activations).numpy()
        return descriptor


def central_face(photo: Photo, faces: FaceLocator) -> FoundFace:
    """The face nearest to the photo's centre.

    Raises:
        FaceNotFound: code 3.
    """
    found = faces.detect(photo)
    crop = found.crop()
    index = most_central(crop.face, photo)
    return FoundFace.of(crop if index == crop.face.index else found.crop(index))


def most_central(face: Face, photo: Photo) -> int:
    """The index of the face nearest to the centre, among a face and the others that were found with it."""

    def distance(box: Box) -> float:
        return math.hypot(box.x + (box.width - photo.width) / 2, box.y + (box.height - photo.height) / 2)

    boxes = {face.index: face.box} | {other.index: other.box for other in face.others}
    return min(boxes, key=lambda index: distance(boxes[index]))
