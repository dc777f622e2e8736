"""Explains why two photos are alike or not, by blurring parts of each while the other one stays as it is.

The likeness is the calibrated probability that both show one person. What it depends on is found by the same
experiments as for a name, with a network that knows only the other photo (`pair_network`):

| experiment | what the network is shown                              | what it gives                       |
|------------|--------------------------------------------------------|-------------------------------------|
| descriptor | the other photo as it is (and mirrored)                | similarity, probability             |
| cam        | each photo as it is and blurred, for gradients         | LayerCAM of either sign             |
| evidence   | each photo with one window of a grid blurred out       | the evidence maps for and against   |
| features   | each photo without each feature, pair, all features    | effects, possible reasons           |
| controls   | each photo without regions of the same shape elsewhere | reasons                             |

Reasons for one person are searched if the likeness has room to fall, reasons against it if there is room to
rise.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
import torch
from torch import Tensor

from brain.core.comparisons import ComparedPhoto, LikenessVerdict
from brain.core.explanations import Control, Effect, Feature, Map, Reason
from brain.core.schema import Box
from brain.explanation.checks import FeatureChecker
from brain.explanation.effects import LEAST_EFFECT, EffectScorer
from brain.explanation.feature_scores import rescored
from brain.explanation.pair_evidence import measure_pair_evidence, pair_maps
from brain.explanation.perturbation import PerturbationRunner
from brain.explanation.view import FaceView
from brain.recognition.classifier import Activations
from brain.recognition.descriptor_network import DescriptorNetwork
from brain.recognition.pair_network import DIFFERENT, SAME, pair_network, paired_activations
from brain.recognition.pairs import PairCalibration

# The probabilities from which on two photos show one person, or probably do; and likewise for two people.
SURE = 0.95
LIKELY = 0.7
DIGITS = 4

Measured = TypeVar("Measured", Effect, Control)
# The maps of where a photo is like the other one, and where it is unlike it.
PhotoMaps = tuple[Map, Map]


@dataclass(frozen=True)
class PairedFace:
    """A face of a pair, with the activations that the network computed for it.

    Attributes:
        features: features with boxes; measurements for a name are ignored.
    """

    view: FaceView
    activations: Activations
    features: Sequence[Feature]


@dataclass(frozen=True)
class Likeness:
    """What was found out about two faces; `passes` counts forward passes by experiment."""

    similarity: float
    probability: float
    photos: tuple[ComparedPhoto, ComparedPhoto]
    passes: dict[str, float]


class LikenessScorer(EffectScorer):
    """Reads the outputs of a pair network, each of which is the log-odds of one answer."""

    def probability(self, logits: Tensor) -> float:
        """The probability of the answer, given (2,) log-odds."""
        return float(torch.sigmoid(logits.double()[self._labels[0]]))


def compare_faces(
    network: DescriptorNetwork,
    calibration: PairCalibration,
    faces: tuple[PairedFace, PairedFace],
    threshold: float,
) -> Likeness:
    """Compare two faces, and find out what the answer depends on in each.

    Args:
        threshold: a feature is significant when its score (0 to 1) is greater.

    Raises:
        ForwardPassFailed: code 4.
    """
    descriptors = [network.descriptor(face.activations) for face in faces]
    similarity = float((descriptors[0].double() @ descriptors[1].double()).clamp(-1, 1))
    passes: Counter[str] = Counter({"descriptor": network.naming_passes})
    one, two = (
        PhotoExperiments(pair_network(network, other, calibration), face, threshold)
        for face, other in zip(faces, reversed(descriptors), strict=True)
    )
    maps = maps_of(one, two)
    photos = (one.run(maps[0]), two.run(maps[1]))
    for photo in (one, two):
        passes.update(photo.runner.passes)
    return Likeness(
        similarity=round(similarity, 6),
        probability=calibration.probability(similarity),
        photos=photos,
        passes={name: round(count, 2) for name, count in passes.items()},
    )


def judge(probability: float) -> LikenessVerdict:
    """The verdict for a probability that two photos show one person."""
    if probability >= LIKELY:
        return LikenessVerdict.SAME if probability >= SURE else LikenessVerdict.PROBABLY_SAME
    if probability > 1 - LIKELY:
        return LikenessVerdict.UNCLEAR
    return LikenessVerdict.DIFFERENT if probability <= 1 - SURE else LikenessVerdict.PROBABLY_DIFFERENT


class PhotoExperiments:
    """The experiments on one photo of a pair.

    Args:
        paired: knows the other photo.
        face: the photo.
        threshold: see `compare_faces`.

    Attributes:
        runner: shows the network the altered photo, and counts forward passes.
        logits: (2,) of the unaltered photo.
    """

    def __init__(self, paired: DescriptorNetwork, face: PairedFace, threshold: float) -> None:
        self._face = face
        self._threshold = threshold
        activations = paired_activations(paired, face.activations)
        self.logits = activations.logits
        offset = self.logits - activations.forward_logits
        self.runner = PerturbationRunner(paired.with_logit_offset(offset), face.view)

    @property
    def is_one_person(self) -> bool:
        """Whether the likeness says that both photos show one person."""
        return float(self.logits[SAME]) >= 0

    def run(self, maps: PhotoMaps) -> ComparedPhoto:
        """Test the features.

        Args:
            maps: see `maps_of`.
        """
        evidence, against = maps
        view = self._face.view
        verdict = judge(LikenessScorer(self.logits, [SAME]).before)
        heat = view.placed((against if verdict.is_against else evidence).to_array())
        features = rescored(self._face.features, heat, self._threshold, view.field)
        same, reasons = self._check(features, SAME, evidence)
        different, reasons_against = self._check(features, DIFFERENT, against)
        x, y, side = round(view.field.x), round(view.field.y), view.field_side
        return ComparedPhoto(
            input=Box(x=x, y=y, width=side, height=side),
            landmarks=[(round(float(u), 2), round(float(v), 2)) for u, v in view.landmarks],
            features=[merged(*both) for both in zip(same, different, strict=True)],
            reasons=reasons,
            reasons_against=[opposite_reason(reason) for reason in reasons_against],
            evidence=evidence,
            against=against,
        )

    def measure(self) -> np.ndarray:
        """What makes the photo like the other one, and unlike it; see `measure_pair_evidence`."""
        return measure_pair_evidence(self.runner, float(self.logits[SAME]))

    def _check(
        self, features: Sequence[Feature], answer: int, heat: Map
    ) -> tuple[list[Feature], list[Reason]]:
        """Find what an answer depends on, unless its probability has no room to fall."""
        scorer = LikenessScorer(self.logits, [answer])
        if scorer.before < LEAST_EFFECT:
            return list(features), []
        return FeatureChecker(self.runner, scorer, heat.to_array()).check(features)


def maps_of(first: PhotoExperiments, second: PhotoExperiments) -> tuple[PhotoMaps, PhotoMaps]:
    """Where each photo is like the other one, and where it is unlike it.

    Raises:
        ForwardPassFailed: code 4.
    """
    one, two = first.measure(), second.measure()
    verdict = SAME if first.is_one_person else DIFFERENT
    return stored(pair_maps(one, two, verdict)), stored(pair_maps(two, one, verdict))


def stored(maps: np.ndarray) -> PhotoMaps:
    """Maps with values 0 to 1, (2, h, w), in the form of a result."""
    evidence, against = (Map.from_array(np.rint(255 * each).astype(np.uint8)) for each in maps)
    return evidence, against


def merged(same: Feature, different: Feature) -> Feature:
    """Merge a feature's tests for both answers, either of which may be missing."""
    if same.effect and (not different.effect or same.effect.probability >= 0):
        return same.model_copy(update={"falls": []})
    effect = different.effect and opposite(different.effect)
    controls = [opposite(control) for control in different.controls]
    return different.model_copy(update={"effect": effect, "controls": controls, "falls": []})


def opposite_reason(reason: Reason) -> Reason:
    """Convert a reason for two people to one against one person."""
    return reason.model_copy(
        update={
            "before": round(1 - reason.before, DIGITS),
            "after": round(1 - reason.after, DIGITS),
            "effect": opposite(reason.effect),
            "control": opposite(reason.control),
        }
    )


def opposite(effect: Measured) -> Measured:
    """Convert an effect on one answer to the effect on the other."""
    return effect.model_copy(update={"probability": -effect.probability, "logit": -effect.logit})
