"""One photo's explanation, and how well it holds.

Nothing here reuses what the explanation was chosen by: fidelity is measured on finer curves, and the first
reason is set against control regions that it has not met.
"""

from __future__ import annotations

import time
import zlib
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch

from brain.core.errors import BrainError
from brain.core.explanations import Effect, Reason
from brain.core.geometry import intersection, rectangle
from brain.core.schema import Check
from brain.core.stopwatch import Stopwatch
from brain.evaluation.journal import Record
from brain.evaluation.loop import Examiner
from brain.evaluation.photos import Question
from brain.evaluation.sanity import cascade, rank_correlation
from brain.explanation.activation_maps import ClassActivationMaps
from brain.explanation.controls import candidate_placements, control_region, same_place
from brain.explanation.effects import EffectScorer
from brain.explanation.evidence import evidence_for
from brain.explanation.experiments import analyze_face
from brain.explanation.fidelity import Target, measure_fidelity
from brain.explanation.findings import Findings, Rules
from brain.explanation.masks import noise_map, random_mask
from brain.explanation.perturbation import PerturbationRunner
from brain.explanation.view import FaceView
from brain.face import photo
from brain.face.alignment import Aligner
from brain.face.detector import FaceDetector
from brain.face.features import FeatureFinder
from brain.pipeline.face_location import FaceLocator
from brain.recognition.classifier import Classifier
from brain.recognition.model import LoadedModel, load_model
from brain.rendering import drawing

FINE = (0.01, 0.02, 0.04, 0.07, 0.1, 0.15, 0.2, 0.3, 0.4, 0.55, 0.75)
FRESH_CONTROLS = 3
PAIR = 2
JPEG_QUALITY = 60


@dataclass(frozen=True)
class EvaluatorFactory:
    """Opens an examiner in each process.

    Attributes:
        model: the model's folder.
        cascades, extra: folders of cascades, as in the settings.
        threshold: of the features' scores.
        sanity: keys of the photos that are shown to a randomised network as well.
    """

    model: Path
    cascades: Path | None
    extra: Path
    threshold: float
    sanity: frozenset[str] = frozenset()

    def __call__(self) -> Examiner:
        model = load_model(self.model)
        faces = FaceLocator(FaceDetector(self.cascades), Aligner(), model.network.config.crop_scale)
        finder = FeatureFinder(self.cascades, self.extra)
        rules = Rules(self.threshold, Check.FULL)

        def examine(question: Question) -> Record:
            try:
                found = Explained.of(question.path, model, faces, finder, rules)
            except BrainError as error:
                if not error.photo_at_fault:
                    raise
                return {"path": question.key, "problem": error.reason}
            record = found.record(question.label)
            if question.key in self.sanity:
                record["randomised"] = found.randomised()
            return {"path": question.key, **record}

        return examine


@dataclass(frozen=True)
class Explained:
    """A face with its findings, and what is needed to try them.

    Attributes:
        network: for altered crops.
        seconds: that finding everything out took.
        logits: (K,) of the crop.
    """

    network: Classifier
    view: FaceView
    found: Findings
    seconds: float
    logits: torch.Tensor

    @classmethod
    def of(
        cls, path: Path, model: LoadedModel, faces: FaceLocator, finder: FeatureFinder, rules: Rules
    ) -> Explained:
        """Explain the main face of a photo.

        Raises:
            BrainError: codes 1, 3 and 4.
        """
        view = faces.find(photo.decode(path.read_bytes())).view
        start = time.perf_counter()
        found = analyze_face(model, finder, rules, view, Stopwatch())
        seconds = round(time.perf_counter() - start, 4)
        classifier, activations = model.forward_with_activations(view.pixels)
        network = model.perturbation_model(view.pixels, classifier, activations)
        return cls(network, view, found, seconds, activations.logits)

    @property
    def labels(self) -> list[int]:
        return [candidate.label for candidate in self.found.candidates]

    def record(self, truth: int | None) -> Record:
        """Everything measured on every photo."""
        first, second = self.found.candidates[0], self.found.candidates[1]
        assert first.evidence is not None
        assert second.evidence is not None
        evidence = first.evidence.to_array()
        runner = PerturbationRunner(self.network, self.view)
        scorer = EffectScorer(self.logits, self.labels)
        finely = measure_fidelity(runner, Target(first.label, scorer.before), first, FINE)
        reason = next(iter(self.found.explanation.reasons), None)
        jpeg = drawing.decode(drawing.encode(".jpg", self.view.crop, JPEG_QUALITY))
        mirrored = self.evidence_in(np.ascontiguousarray(self.view.crop[:, ::-1]))[:, ::-1]
        return {
            "right": first.label == truth,
            "probability": first.probability,
            "seconds": self.seconds,
            "passes": sum(self.found.passes.values()),
            "areas": finely.model_dump(),
            "reason": reason.features if reason else [],
            "effect": reason.effect.model_dump() if reason else None,
            "controls": [each.model_dump() for each in self.fresh_controls(reason, runner, scorer)]
            if reason
            else [],
            "outside": self.found.explanation.evidence_outside,
            "jpeg": rank_correlation(evidence, self.evidence_in(jpeg)),
            "mirrored": rank_correlation(evidence, mirrored),
            "other_label": rank_correlation(evidence, second.evidence.to_array()),
        }

    def evidence_in(self, crop: np.ndarray, network: Classifier | None = None) -> np.ndarray:
        """The evidence for the name in another crop, or for another network: (H, W) float32."""
        return evidence_for(network or self.network, replace(self.view, crop=crop), self.labels[:1])[0]

    def fresh_controls(
        self, reason: Reason, runner: PerturbationRunner, scorer: EffectScorer
    ) -> list[Effect]:
        """The effects of control regions that the explanation did not choose, drawn by lot."""
        masks = (
            self.masks_elsewhere(reason, runner)
            if len(reason.features) <= PAIR
            else self.masks_anywhere(reason.area, runner.size)
        )
        if not masks:
            return []
        return [scorer.effect(row) for row in runner.logits("fresh controls", np.stack(masks))]

    def masks_elsewhere(self, reason: Reason, runner: PerturbationRunner) -> list[np.ndarray]:
        """The reason's shape elsewhere in the face, where the explanation's own controls did not lie."""
        chosen = [each for each in self.found.features if each.name in reason.features]
        boxes = [intersection(rectangle(each.box), self.view.field) for each in chosen]
        used = [rectangle(control.box) for each in chosen for control in each.controls]
        places = candidate_placements(boxes, boxes, control_region(self.view))
        fresh = [place for place in places if not same_place(place, used)] or places
        lots = self.lots().permutation(len(fresh))[:FRESH_CONTROLS]
        return [runner.mask(fresh[lot]) for lot in lots]

    def masks_anywhere(self, area: float, size: int) -> list[np.ndarray]:
        """Random masks of the same area, for a reason that is the whole face."""
        seeds = [self.lots(lot).bytes(16) for lot in range(FRESH_CONTROLS)]
        return [random_mask(noise_map(np.frombuffer(seed, np.uint8), size), area) for seed in seeds]

    def lots(self, number: int = 0) -> np.random.Generator:
        """A generator that is the same for the same crop."""
        return np.random.default_rng([number, zlib.crc32(self.view.crop.tobytes())])

    def randomised(self) -> dict[str, dict[str, float]]:
        """How much of each map is left when layers are randomised, by the layer reached."""
        first = self.found.candidates[0]
        assert first.evidence is not None
        left = {}
        for layer, network in cascade(self.network):
            activations = network.forward_with_activations(self.view.pixels)
            cams = ClassActivationMaps(network, activations, [first.label])
            left[layer] = {
                "evidence": rank_correlation(
                    first.evidence.to_array(), self.evidence_in(self.view.crop, network)
                ),
                "cam": rank_correlation(first.map.to_array(), cams.maps(self.found.explanation.cam)[0]),
            }
        return left
