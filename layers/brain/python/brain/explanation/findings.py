"""Everything that a crop alone decides: who, where, and why, and how far that was tested.

    crop -> logits -> Grad-CAM -> features -> evidence -> features and controls blurred out -> fidelity

`explain` fills a result with it; `brain verify` asks again and compares.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import torch
from torch import Tensor

from brain.core.explanations import Candidate, Explanation, Feature, Fidelity, Map, Reason, SignedMap
from brain.core.geometry import Rectangle
from brain.core.results import Identity
from brain.core.schema import Check, Language
from brain.core.stopwatch import Stopwatch
from brain.explanation import feature_scores, gradcam
from brain.explanation.checks import EffectScorer, check
from brain.explanation.contrast import contrast
from brain.explanation.evidence import measure_evidence
from brain.explanation.fidelity import fidelity
from brain.explanation.occlusion import Canvas
from brain.face.features import FeatureFinder
from brain.recognition.certainty import certainty, judge
from brain.recognition.classifier import Classifier
from brain.recognition.model import LoadedModel

CANDIDATES = 5


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


@dataclass(frozen=True)
class Question:
    """One crop with the names that came to mind.

    Attributes:
        crop: (S, S, 3) uint8 BGR, as stored.
        face: the face's box in pixels of the crop.
        logits: (K,) of the crop.
        labels: the candidates, the named one first.
    """

    crop: np.ndarray
    face: Rectangle
    logits: Tensor
    labels: list[int]


@dataclass(frozen=True)
class Tested:
    """What the tests found: a map per candidate, or none; features with effects; reasons; fidelity."""

    evidence: list[Map] | None
    features: list[Feature]
    reasons: list[Reason]
    fidelity: Fidelity | None


def analyze_crop(
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
    level, size = rules.check or default_check(model.network), crop.shape[0]
    with clock.stage("classify"):
        classifier, seen = model.forward_with_activations(crop)
        perturbation_model = (
            classifier if level is Check.OFF else model.perturbation_model(crop, classifier, seen)
        )
        labels, probabilities = top(seen.logits, CANDIDATES)
        certain = certainty(seen.logits, classifier.config)
    with clock.stage("gradcam"):
        signed = gradcam.signed_maps(classifier, seen, labels)  # (k, H, W)
        grey = [gradcam.to_grey(one.clip(min=0)) for one in signed]
        gc_map = gradcam.to_grey(signed[0].clip(min=0), size)
    with clock.stage("features"):
        located = finder.locate(crop, face) if finder else []
        scored = feature_scores.score(located, gc_map, rules.threshold)
    tested = test(
        perturbation_model, Question(crop, face, seen.logits, labels), scored, grey[0], level, clock
    )
    candidates = [
        Candidate(
            label=label,
            name=model.names[label],
            probability=probability,
            map=Map.from_array(grey[i]),
            signed=SignedMap.from_array(signed[i]),
            evidence=tested.evidence[i] if tested.evidence else None,
        )
        for i, (label, probability) in enumerate(zip(labels, probabilities, strict=True))
    ]
    evidence = enlarged(tested.evidence[0], size) if tested.evidence else None
    return Findings(
        identity=Identity(
            **candidates[0].model_dump(include={"label", "name", "probability"}),
            certainty=certain,
            verdict=judge(certain, probabilities[0]),
        ),
        candidates=candidates,
        features=tested.features,
        explanation=Explanation(
            sentences=[],
            language=rules.language,
            outside=feature_scores.share_outside(scored, gc_map),
            evidence_outside=None if evidence is None else feature_scores.share_outside(scored, evidence),
            check=level,
            reasons=tested.reasons,
            fidelity=tested.fidelity,
            contrast=contrast(candidates, tested.features, size),
        ),
        gc_map=gc_map,
        evidence=evidence,
    )


def test(
    network: Classifier,
    asked: Question,
    scored: list[Feature],
    grad_cam: np.ndarray,
    level: Check,
    clock: Stopwatch,
) -> Tested:
    """Run the experiments of a level.

    Args:
        scored: the features, with their Grad-CAM scores.
        grad_cam: (H, W) uint8 of the named identity.
    """
    if level is Check.OFF:
        return Tested(None, scored, [], None)
    canvas, size = Canvas.of(network, asked.crop), asked.crop.shape[0]
    evidence = None
    if level is Check.FULL:
        with clock.stage("evidence"):
            evidence = measure_evidence(network, canvas, asked.crop, asked.logits, asked.labels)
    with clock.stage("checks"):
        scale = EffectScorer(asked.logits, asked.labels)
        heat = None if evidence is None else evidence.maps[0]
        checked, reasons = check(network, canvas, scale, scored, asked.face, size, heat)
    if evidence is None:
        return Tested(None, checked, reasons, None)
    with clock.stage("fidelity"):
        grey = [gradcam.to_grey(one) for one in evidence.maps]
        figures = fidelity(
            network, canvas, asked.labels[0], scale.before, asked.crop, grad_cam, evidence.areas
        )
    return Tested([Map.from_array(one) for one in grey], checked, reasons, figures)


def default_check(network: Classifier) -> Check:
    """Full where a forward pass is cheap."""
    return Check.FULL if network.is_small else Check.FEATURES


def top(logits: Tensor, count: int) -> tuple[list[int], list[float]]:
    """Labels and probabilities of the most alike identities, best first.

    Args:
        logits: (K,).
    """
    probabilities = torch.softmax(logits.double(), 0)
    best = torch.topk(probabilities, min(count, len(logits)))
    return best.indices.tolist(), [round(p, 6) for p in best.values.tolist()]


def enlarged(small: Map, size: int) -> np.ndarray:
    """A stored map at the crop's size, (size, size) uint8."""
    return cv2.resize(small.to_array(), (size, size))
