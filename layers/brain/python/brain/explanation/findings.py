"""What is found out about one face, and the choices that decide on it beside the crop."""

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
    """The choices that decide on an explanation beside the crop.

    Attributes:
        threshold: a feature is significant when its score (0 to 1) is greater.
        check: how much is tested; None is `full`.
        language: of the sentences.
        cam: how class activation maps are drawn; None leaves it to the model's configuration.
    """

    threshold: float = 0.5
    check: Check | None = None
    language: Language = "en"
    cam: CamMethod | None = None


@dataclass(frozen=True)
class Findings:
    """The parts of a result that a crop decides, and its maps at the crop's size, (s, s) uint8.

    Attributes:
        explanation: with every figure, and no sentences yet.
        gc_map: the class activation map of the named identity.
        evidence: its evidence map; None where it was not measured.
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
        findings: everything found so far.
        classifier: the network that named the face, with its `activations`.
        cams: the class activation maps of the candidates.
    """

    view: FaceView
    findings: Findings
    classifier: Classifier
    activations: Activations
    cams: ClassActivationMaps
