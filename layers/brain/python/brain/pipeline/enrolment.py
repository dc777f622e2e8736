"""Enrolment: from a photo of a person to the descriptor that goes into a gallery.

decode -> detect -> the face nearest to the middle -> align -> crop, as stored -> network -> descriptor
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from brain.core.errors import RefusedError
from brain.core.geometry import Rectangle
from brain.core.settings import Settings
from brain.face.alignment import Aligner
from brain.face.detector import FaceDetector
from brain.face.photo import decode
from brain.pipeline.explainer import cut_out
from brain.recognition.classifier import Classifier
from brain.recognition.gallery import Gallery
from brain.recognition.loading import load_classifier
from brain.recognition.resnet import DESCRIPTOR

HINT_GALLERY = "Choose a network with a gallery, such as dlib-resnet."


class FaceEmbedder:
    """Computes descriptors by the steps of an explanation.

    Args:
        classifier: a network with a gallery.
        detector: finds faces.
        aligner: says where exactly they are.
    """

    def __init__(self, classifier: Classifier, detector: FaceDetector, aligner: Aligner) -> None:
        self._classifier = classifier
        self._detector = detector
        self._aligner = aligner

    @classmethod
    def load(cls, settings: Settings) -> FaceEmbedder:
        """Load cascades and weights as the settings say; the model needs no people yet.

        Raises:
            CascadesMissing: code 2.
            ForwardPassFailed: code 4.
            RefusedError: the network has no gallery.
        """
        folder = settings.models_dir / settings.model
        classifier = load_classifier(folder, people=Gallery.placeholder(DESCRIPTOR))
        if not classifier.config.has_gallery:
            raise RefusedError(f"{settings.model} names a fixed list of identities", HINT_GALLERY)
        return cls(classifier, FaceDetector(settings.cascades_dir), Aligner())

    def embed(self, path: Path) -> np.ndarray:
        """The descriptor of the face nearest to a photo's middle: (D,) float32 of length 1.

        Raises:
            BrainError: codes 1, 3 and 4.
        """
        pixels = decode(path.read_bytes()).pixels
        height, width = pixels.shape[:2]
        box = nearest_to(self._detector.detect(pixels).boxes, (width / 2, height / 2))
        crop = cut_out(pixels, self._aligner.align(pixels, box), self._classifier.config.crop_scale)
        activations = self._classifier.forward_with_activations(crop.pixels)
        return self._classifier.descriptor(activations).numpy()


def nearest_to(boxes: Sequence[Rectangle], point: tuple[float, float]) -> Rectangle:
    """The box whose centre is nearest to a point."""
    return min(boxes, key=lambda box: np.hypot(box.centre[0] - point[0], box.centre[1] - point[1]))
