"""The embedding of a photo's face, for verification.

Of several faces it is the one nearest to the photo's middle: LFW's photos are centred on whom they show.
"""

from __future__ import annotations

from base64 import b64decode, b64encode
from dataclasses import dataclass

import numpy as np

from brain.core.settings import Settings
from brain.evaluation.crops import Evaluator, with_problems
from brain.evaluation.journal import Record
from brain.evaluation.photos import LabelledPhoto
from brain.pipeline.enrolment import FaceEmbedder
from brain.pipeline.face_location import FaceLocator
from brain.recognition.loading import load_classifier


@dataclass(frozen=True)
class EmbedderFactory:
    """Opens an embedder in each process.

    Attributes:
        settings: the model and the cascades.
    """

    settings: Settings

    def __call__(self) -> Evaluator:
        """Load the model and the cascades.

        Raises:
            BrainError: codes 2, 4 and 5.
        """
        classifier = load_classifier(self.settings.models_dir / self.settings.model)
        embedder = FaceEmbedder(classifier, FaceLocator.load(self.settings, classifier.config))

        def embed(photo: LabelledPhoto) -> Record:
            return {"embedding": encode(embedder.embed(photo.path))}

        return with_problems(embed)


def encode(vector: np.ndarray) -> str:
    """Base64 of float32."""
    return b64encode(vector.astype("<f4").tobytes()).decode()


def similarity(first: Record, second: Record) -> float | None:
    """The cosine of two records' embeddings; None where a photo has none."""
    if "embedding" not in first or "embedding" not in second:
        return None
    left, right = (np.frombuffer(b64decode(record["embedding"]), "<f4") for record in (first, second))
    return float(left @ right)
