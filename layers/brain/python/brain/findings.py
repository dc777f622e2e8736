"""Everything that a crop alone decides: who, where, and why, and how far that was tested.

    crop -> logits -> Grad-CAM -> features -> evidence -> features and controls blurred out -> fidelity

`explain` fills a result with it; `brain verify` asks again and compares.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import torch

from brain import features, gradcam
from brain.certainty import certainty, judge
from brain.checks import Scale, check
from brain.contrast import contrast
from brain.evidence import evidence_maps
from brain.faces import Rectangle
from brain.features import FeatureFinder
from brain.fidelity import fidelity
from brain.network import Activations, LoadedModel, Network
from brain.occlusion import Canvas
from brain.results import (
    Candidate,
    Check,
    Explanation,
    Face,
    Feature,
    Fidelity,
    Identity,
    Language,
    Map,
    Reason,
    SignedMap,
)
from brain.stopwatch import Stopwatch

CANDIDATES = 5
SMALL_MODEL = 20_000_000


@dataclass(frozen=True)
class Rules:
    """What decides beside the crop.

    Attributes:
        threshold: a feature is significant when its score (0 to 1) is greater.
        check: how much is tested; None leaves it to the model's size.
        language: of the sentences.
    """

    threshold: float = 0.5
    check: Check | None = None
    language: Language = "en"


@dataclass(frozen=True)
class Findings:
    """The parts of a result that a crop decides, and its maps at the crop's size, (S, S) uint8.

    `explanation` has every figure, and no sentences yet.
    """

    identity: Identity
    candidates: list[Candidate]
    features: list[Feature]
    explanation: Explanation
    gc_map: np.ndarray
    evidence: np.ndarray | None


def look_into(
    model: LoadedModel,
    finder: FeatureFinder | None,
    rules: Rules,
    crop: np.ndarray,
    face: Rectangle,
    clock: Stopwatch,
) -> Findings:
    """Find everything out.

    Args:
        finder: None when its cascades did not load; there are no features then.
        crop: (S, S, 3) uint8 BGR, as stored.
        face: the face's box in pixels of the crop.

    Raises:
        ForwardPassFailed: code 4.
    """
    network, size = model.network, crop.shape[0]
    level = rules.check or default_check(network)
    with clock.stage("classify"):
        seen = network.look(crop)
        labels, probabilities = top(seen.logits, CANDIDATES)
        certain = certainty(seen.logits, network.spec)
    with clock.stage("gradcam"):
        candidates = [
            Candidate(
                label=label,
                name=model.names[label],
                probability=p,
                map=Map.from_array(gradcam.to_grey(signed.clip(min=0))),
                signed=SignedMap.from_array(signed),
            )
            for label, p, signed in zip(
                labels, probabilities, gradcam.signed_maps(network, seen, labels), strict=True
            )
        ]
