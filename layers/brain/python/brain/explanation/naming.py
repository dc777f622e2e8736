"""The first stage: the name, the class activation maps, and how much of the map falls on each feature.

It takes one forward pass, and suffices to show a name and a picture. The pictures need no features, so they
can be stored while the features are being located.
"""

from __future__ import annotations

from dataclasses import replace

import torch
from torch import Tensor

from brain.core.explanations import Candidate, Justification, Map, SignedMap
from brain.core.results import Identity
from brain.core.stopwatch import Stopwatch
from brain.explanation.activation_maps import ClassActivationMaps, to_grey
from brain.explanation.contrast import contrast, contrasts
from brain.explanation.feature_scores import score, share_outside
from brain.explanation.findings import Findings, NamedFace, Rules
from brain.explanation.view import FaceView
from brain.face.features import FeatureFinder
from brain.recognition.certainty import judge
from brain.recognition.model import LoadedModel

CANDIDATES = 5


def name_face(model: LoadedModel, rules: Rules, view: FaceView, clock: Stopwatch) -> NamedFace:
    """Name a face and draw its class activation maps; without features, see `with_features`.

    Raises:
        ForwardPassFailed: code 4.
    """
    with clock.stage("classify"):
        classifier, activations = model.forward_with_activations(view.pixels)
        labels, probabilities = top(activations.logits, CANDIDATES)
    with clock.stage("cam"):
        method = rules.cam or classifier.config.cam.method
        cams = ClassActivationMaps(classifier, activations, labels)
        maps, signed = cams.maps(method), cams.signed(method)
        gc_map = view.placed(to_grey(maps[0], view.field_side))
        grad_cam = None if method == "gradcam" else cams.maps("gradcam")
    candidates = [
        Candidate(
            label=label,
            name=model.names[label],
            probability=probability,
            source=model.source_of(label),
            map=Map.from_array(to_grey(maps[i])),
            signed=SignedMap.from_array(signed[i]),
            grad_cam=None if grad_cam is None else Map.from_array(to_grey(grad_cam[i])),
        )
        for i, (label, probability) in enumerate(zip(labels, probabilities, strict=True))
    ]
    findings = Findings(
        identity=identity_of(
            candidates[0], model.certainty(activations), calibrated=classifier.config.open_set is not None
        ),
        candidates=candidates,
        features=[],
        explanation=Justification(sentences=[], language=rules.language, cam=method, check=rules.check),
        gc_map=gc_map,
        evidence=None,
        passes={
            "naming": classifier.naming_passes,
            "cam": round(classifier.gradients_cost(len(labels)), 2),
        },
    )
    return NamedFace(view, findings, classifier, activations, cams)


def identity_of(first: Candidate, certainty: float, *, calibrated: bool) -> Identity:
    """The first candidate as the result's identity.

    Args:
        certainty: the probability that the person is one of the identities at all.
        calibrated: see `Identity`.
    """
    return Identity(
        **first.model_dump(include={"label", "name", "probability", "source"}),
        certainty=certainty,
        verdict=judge(certainty, first.probability, calibrated=calibrated),
        calibrated=calibrated,
    )


def with_features(
    named: NamedFace, finder: FeatureFinder | None, rules: Rules, clock: Stopwatch
) -> NamedFace:
    """The named face with its features and what the activation maps say about them.

    Args:
        finder: None if its cascades did not load; then there are no features.
    """
    view, findings = named.view, named.findings
    with clock.stage("features"):
        located = finder.locate(view.crop, view.landmarks) if finder else []
        features = score(located, findings.gc_map, rules.threshold, view.field)
        explanation = findings.explanation.model_copy(
            update={
                "outside": share_outside(features, findings.gc_map),
                "contrast": contrast(findings.candidates, features, view.field),
                "contrasts": contrasts(findings.candidates, features, view.field),
            }
        )
    return replace(named, findings=replace(findings, features=features, explanation=explanation))


def top(logits: Tensor, count: int) -> tuple[list[int], list[float]]:
    """Labels and probabilities of the most likely identities, best first.

    Args:
        logits: (K,).
        count: how many at most.
    """
    probabilities = torch.softmax(logits.double(), 0)
    best = torch.topk(probabilities, min(count, len(logits)))
    return best.indices.tolist(), [round(p, 6) for p in best.values.tolist()]
