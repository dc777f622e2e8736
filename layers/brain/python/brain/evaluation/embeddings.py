"""The embeddings of faces, for verification.

If a photo shows several faces, the one nearest to its centre counts: LFW's photos are centred on their
subject.
"""

from __future__ import annotations

from base64 import b64decode, b64encode

import numpy as np

from brain.evaluation.crops import Evaluator
from brain.evaluation.journal import Record
from brain.pipeline.enrolment import FaceEmbedder
from brain.pipeline.face_location import FaceLocator
from brain.recognition.classifier import Classifier


def embedder(classifier: Classifier, faces: FaceLocator) -> Evaluator:
    """The evaluator whose records contain a photo's embedding."""
    embeds = FaceEmbedder(classifier, faces)
    return lambda photo: {"embedding": encode(embeds.embed(photo.path.read_bytes()))}


def encode(vector: np.ndarray) -> str:
    """Base64 of float32."""
    return b64encode(vector.astype("<f4").tobytes()).decode()


def decode(record: Record) -> np.ndarray | None:
    """The embedding in a record, (D,) float32; None if the photo has none."""
    if "embedding" not in record:
        return None
    return np.frombuffer(b64decode(record["embedding"]), "<f4")


def similarity(first: Record, second: Record) -> float | None:
    """The cosine of two records' embeddings; None if a photo has none."""
    left, right = decode(first), decode(second)
    return None if left is None or right is None else float(left @ right)
