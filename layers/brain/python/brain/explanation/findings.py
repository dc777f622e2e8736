"""What is found out about one face, and the settings that affect it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from brain.core.explanations import Candidate, Feature, Justification
from brain.core.results import Identity
from brain.core.schema import CamMethod, Check, Language
from brain.explanation.activation_maps import ClassActivationMaps
from brain.explanation.view import FaceView
from brain.recognition.classifier import Activations, Classifier


@dataclass(frozen=True)
class Rules:
    """The settings that affect an explanation.

    Attributes:
        threshold: features with a greater score (0 to 1) are significant.
        check: how much is tested.
        language: of the sentences.
        cam: method of the class activation maps; None takes the model's.
    """

    threshold: float = 0.5
    check: Check = Check.FULL
    language: Language = "en"
    cam: CamMethod | None = None


@dataclass(frozen=True)
class Findings:
    """The parts of a result that follow from a crop, and its maps at the crop's size, (s, s) uint8.

    Attributes:
        explanation: all figures, without sentences so far.
        gc_map: the class activation map of the named identity.
        evidence: its evidence map; None if it was not measured.
        passes: forward passes by experiment.
    """

    identity: Identity
    candidates: list[Candidate]
    features: list[Feature]
    explanation: Justification
    gc_map: np.ndarray
    evidence: np.ndarray | None
    passes: dict[str, float]


@dataclass(frozen=True)
class NamedFace:
    """A face with a name and activation maps, before any experiment.

    Attributes:
        view: the crop, and what the network sees of it.
        findings: what was found so far.
        classifier: the network that named the face, with its `activations`.
        cams: the class activation maps of the candidates.
    """

    view: FaceView
    findings: Findings
    classifier: Classifier
    activations: Activations
    cams: ClassActivationMaps
