"""How well the explanation of one photo holds.

The tests are independent of those that selected the explanation: fidelity is measured at finer fractions, and
the first reason is compared with control regions that the explanation has not used.
"""

from __future__ import annotations

import time
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import torch

from brain.core.explanations import Effect, Reason
from brain.core.geometry import intersection, rectangle
from brain.core.parts import is_pair
from brain.core.schema import Check
from brain.core.settings import Settings
from brain.core.stopwatch import Stopwatch
from brain.evaluation.crops import Evaluator, read_face, with_problems
from brain.evaluation.journal import Record
from brain.evaluation.photos import LabelledPhoto
from brain.evaluation.sanity import cascading_randomization, rank_correlation
from brain.explanation.activation_maps import ClassActivationMaps, to_grey
from brain.explanation.controls import candidate_placements, control_region, same_place
from brain.explanation.effects import EffectScorer, exceeds_controls
from brain.explanation.evidence import evidence_for
from brain.explanation.experiments import analyze_face
from brain.explanation.fidelity import Target, measure_fidelity
from brain.explanation.findings import Findings, Rules
from brain.explanation.masks import noise_map, random_mask
from brain.explanation.perturbation import PerturbationRunner
from brain.explanation.view import FaceView
from brain.face.features import FeatureFinder
from brain.pipeline.face_location import FaceLocator
from brain.recognition.classifier import Classifier
from brain.recognition.model import LoadedModel, load_model
from brain.rendering import drawing

FRACTIONS = (0.01, 0.02, 0.04, 0.07, 0.1, 0.15, 0.2, 0.3, 0.4, 0.55, 0.75)
FRESH_CONTROLS = 3
JPEG_QUALITY = 60


@dataclass(frozen=True)
class ExplanationEvaluatorFactory:
    """Opens an evaluator in each process.

    Attributes:
        settings: the model, the cascades and the threshold.
        randomized: keys of the photos for which the maps of randomised networks are measured too.
    """

    settings: Settings
    randomized: frozenset[str] = frozenset()

    def __call__(self) -> Evaluator:
        """Load the model and the cascades.

        Raises:
            BrainError: codes 2, 4 and 5.
        """
        settings = self.settings
        model = load_model(settings.models_dir / settings.model)
        faces = FaceLocator.load(settings, model.network.config)
        finder = FeatureFinder(settings.cascades_dir, settings.extra_cascades_dir)
        rules = Rules(settings.threshold, Check.FULL, cam=settings.cam)

        def evaluate(photo: LabelledPhoto) -> Record:
            explained = explain(read_face(photo.path, faces), model, finder, rules)
            record = explained.record(photo.label)
            if photo.key in self.randomized:
                record["randomized"] = dict(explained.randomized())
            return record

        return with_problems(evaluate)


def explain(view: FaceView, model: LoadedModel, finder: FeatureFinder, rules: Rules) -> ExplainedFace:
    """Explain a face.

    Raises:
        ForwardPassFailed: code 4.
    """
    start = time.perf_counter()
    found = analyze_face(model, finder, rules, view, Stopwatch())
    seconds = round(time.perf_counter() - start, 4)
    classifier, activations = model.forward_with_activations(view.pixels)
    network = model.perturbation_model(view.pixels, classifier, activations)
    return ExplainedFace(network, view, found, seconds, activations.logits)


@dataclass(frozen=True)
class ExplainedFace:
    """A face with its explanation, and the network to test it with.

    Attributes:
        network: the perturbation model.
        seconds: how long the explanation took.
        logits: (K,) that named the face.
    """

    network: Classifier
    view: FaceView
    found: Findings
    seconds: float
    logits: torch.Tensor

    def record(self, truth: int | None) -> Record:
        """What is measured on every photo.

        Args:
            truth: the correct label.
        """
        first, second = self.found.candidates[0], self.found.candidates[1]
        assert first.evidence is not None
        assert second.evidence is not None
        evidence = first.evidence.to_array()
        runner = PerturbationRunner(self.network, self.view)
        scorer = EffectScorer(self.logits, [candidate.label for candidate in self.found.candidates])
        areas = measure_fidelity(runner, Target(first.label, scorer.before), first, FRACTIONS)
        reason = next(iter(self.found.explanation.reasons), None)
        controls = self.fresh_controls(reason, runner, scorer) if reason else []
        jpeg = drawing.decode(drawing.encode(".jpg", self.view.crop, JPEG_QUALITY))
        mirrored = self.evidence_of(np.ascontiguousarray(self.view.crop[:, ::-1]))[:, ::-1]
        return {
            "correct": first.label == truth,
            "probability": first.probability,
            "seconds": self.seconds,
            "passes": sum(self.found.passes.values()),
            "areas": areas.model_dump(),
            "reason": reason.features if reason else [],
            "holds": reason is not None and exceeds_controls(reason.effect, controls),
            "outside": self.found.explanation.evidence_outside,
            "jpeg": rank_correlation(evidence, self.evidence_of(jpeg)),
            "mirrored": rank_correlation(evidence, mirrored),
            "other_label": rank_correlation(evidence, second.evidence.to_array()),
        }

    def evidence_of(self, crop: np.ndarray, network: Classifier | None = None) -> np.ndarray:
        """The named identity's evidence map for another crop or another network: (H, W) uint8, as stored."""
        view = replace(self.view, crop=crop)
        evidence = evidence_for(network or self.network, view, [self.found.identity.label])[0]
        return to_grey(evidence)

    def fresh_controls(
        self, reason: Reason, runner: PerturbationRunner, scorer: EffectScorer
    ) -> list[Effect]:
        """The effects of random control regions that the explanation has not used."""
        if len(reason.features) == 1 or is_pair(reason.features):
            masks = self.masks_elsewhere(reason, runner)
        else:
            masks = self.random_masks(reason.area, runner.size)
        if not masks:
            return []
        return [scorer.effect(row) for row in runner.logits("fresh controls", np.stack(masks))]

    def masks_elsewhere(self, reason: Reason, runner: PerturbationRunner) -> list[np.ndarray]:
        """The reason's shape at other places of the face, away from the explanation's own controls."""
        chosen = [feature for feature in self.found.features if feature.name in reason.features]
        boxes = [intersection(rectangle(feature.box), self.view.field) for feature in chosen]
        used = [rectangle(control.box) for feature in chosen for control in feature.controls]
        places = candidate_placements(boxes, boxes, control_region(self.view))
        fresh = [place for place in places if not same_place(place, used)] or places
        drawn = self.random().permutation(len(fresh))[:FRESH_CONTROLS]
        return [runner.mask(fresh[index]) for index in drawn]

    def random_masks(self, area: float, size: int) -> list[np.ndarray]:
        """Random masks of equal area, for a set of features."""
        seeds = [self.random(number).bytes(16) for number in range(FRESH_CONTROLS)]
        return [random_mask(noise_map(np.frombuffer(seed, np.uint8), size), area) for seed in seeds]

    def random(self, number: int = 0) -> np.random.Generator:
        """A random generator that is seeded by the crop."""
        return np.random.default_rng([number, zlib.crc32(self.view.crop.tobytes())])

    def randomized(self) -> Iterator[tuple[str, dict[str, float]]]:
        """The rank correlation of each map with the randomised network's, by the last randomised layer."""
        first = self.found.candidates[0]
        assert first.evidence is not None
        for layer, network in cascading_randomization(self.network):
            activations = network.forward_with_activations(self.view.pixels)
            maps = ClassActivationMaps(network, activations, [first.label])
            cam = maps.maps(self.found.explanation.cam)[0]
            evidence = self.evidence_of(self.view.crop, network)
            yield (
                layer,
                {
                    "evidence": rank_correlation(first.evidence.to_array(), evidence),
                    "cam": rank_correlation(first.map.to_array(), cam),
                },
            )
