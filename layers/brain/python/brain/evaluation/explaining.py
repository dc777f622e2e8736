"""One photo's explanation, and how well it holds.

Nothing here reuses what the explanation was chosen by: fidelity is measured on finer curves, and the first
reason is set against control regions that it has not met.
"""

from __future__ import annotations

import time
import zlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

from brain.core.errors import BrainError
from brain.core.explanations import Effect, Reason
from brain.core.geometry import Rectangle, rectangle
from brain.core.schema import Check
from brain.core.stopwatch import Stopwatch
from brain.evaluation.journal import Record
from brain.evaluation.loop import Examiner
from brain.evaluation.photos import Question
from brain.evaluation.sanity import cascade, rank_correlation
from brain.explanation.checks import EffectScorer
from brain.explanation.controls import candidate_placements, same_place
from brain.explanation.evidence import measure_evidence
from brain.explanation.fidelity import fidelity, noise_map, random_mask
from brain.explanation.findings import Findings, Rules, analyze_crop
from brain.explanation.gradcam import class_activation_maps
from brain.explanation.occlusion import Canvas, soft_boxes
from brain.face import photo
from brain.face.alignment import Aligner
from brain.face.detector import FaceDetector
from brain.face.features import FeatureFinder
from brain.pipeline import explainer
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
        threshold: of Grad-CAM scores.
        sanity: keys of the photos that are shown to a randomised network as well.
    """

    model: Path
    cascades: Path | None
    extra: Path
    threshold: float
    sanity: frozenset[str] = frozenset()

    def __call__(self) -> Examiner:
        model = load_model(self.model)
        detector, aligner = FaceDetector(self.cascades), Aligner()
        finder = FeatureFinder(self.cascades, self.extra)
        rules = Rules(self.threshold, Check.FULL)

        def examine(question: Question) -> Record:
            try:
                found = Explained.of(question.path, model, detector, aligner, finder, rules)
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
    """A crop with its findings, and what is needed to try them.

    Attributes:
        seconds: that finding everything out took.
        logits: (K,) of the crop.
    """

    network: Classifier
    crop: np.ndarray
    face: Rectangle
    found: Findings
    seconds: float
    logits: torch.Tensor

    @classmethod
    def of(
        cls,
        path: Path,
        model: LoadedModel,
        detector: FaceDetector,
        aligner: Aligner,
        finder: FeatureFinder,
        rules: Rules,
    ) -> Explained:
        """Explain the main face of a photo.

        Raises:
            BrainError: codes 1, 3 and 4.
        """
        pixels, scale = photo.decode(path.read_bytes()).pixels, model.network.config.crop_scale
        box = aligner.align(pixels, detector.detect(pixels).boxes[0])
        cut = explainer.cut_out(pixels, box, scale)
        inside = explainer.face_inside(len(cut.pixels), scale)
        start = time.perf_counter()
        found = analyze_crop(model, finder, rules, cut.pixels, inside, Stopwatch())
        seconds = round(time.perf_counter() - start, 4)
        classifier, seen = model.forward_with_activations(cut.pixels)
        perturbation_model = model.perturbation_model(cut.pixels, classifier, seen)
        return cls(perturbation_model, cut.pixels, inside, found, seconds, seen.logits)

    @property
    def labels(self) -> list[int]:
        return [candidate.label for candidate in self.found.candidates]

    def record(self, truth: int | None) -> Record:
        """Everything measured on every photo."""
        first, second = self.found.candidates[0], self.found.candidates[1]
        assert first.evidence is not None
        assert second.evidence is not None
        evidence = first.evidence.to_array()
        canvas = Canvas.of(self.network, self.crop)
        scale = EffectScorer(self.logits, self.labels)
        finely = fidelity(
            self.network, canvas, first.label, scale.before, self.crop, first.map.to_array(), evidence, FINE
        )
        reason = next(iter(self.found.explanation.reasons), None)
        jpeg = drawing.decode(drawing.encode(".jpg", self.crop, JPEG_QUALITY))
        mirrored = self.evidence_in(np.ascontiguousarray(self.crop[:, ::-1]))[:, ::-1]
        return {
            "right": first.label == truth,
            "probability": first.probability,
            "seconds": self.seconds,
            "areas": finely.model_dump(),
            "reason": reason.features if reason else [],
            "effect": reason.effect.model_dump() if reason else None,
            "controls": [one.model_dump() for one in self.fresh_controls(reason, canvas, scale)]
            if reason
            else [],
            "outside": self.found.explanation.evidence_outside,
            "jpeg": rank_correlation(evidence, self.evidence_in(jpeg)),
            "mirrored": rank_correlation(evidence, mirrored),
            "other_label": rank_correlation(evidence, second.evidence.to_array()),
        }

    def evidence_in(self, crop: np.ndarray, network: Classifier | None = None) -> np.ndarray:
        """The evidence for the name in another crop, or for another network: (H, W) float32."""
        network = network or self.network
        logits = network.forward_with_activations(crop).logits
        return measure_evidence(network, Canvas.of(network, crop), crop, logits, self.labels[:1]).maps[0]

    def fresh_controls(self, reason: Reason, canvas: Canvas, scale: EffectScorer) -> list[Effect]:
        """The effects of control regions that the explanation did not choose, drawn by lot."""
        masks = (
            self.masks_elsewhere(reason, canvas.size)
            if len(reason.features) <= PAIR
            else self.masks_anywhere(reason.area, canvas.size)
        )
        if not masks:
            return []
        return [scale.effect(row) for row in self.network.predict_batched(canvas.without(np.stack(masks)))]

    def masks_elsewhere(self, reason: Reason, size: int) -> list[np.ndarray]:
        """The reason's shape elsewhere in the face, where the explanation's own controls did not lie."""
        chosen = [one for one in self.found.features if one.name in reason.features]
        boxes = [rectangle(one.box) for one in chosen]
        used = [rectangle(control.box) for one in chosen for control in one.controls]
        places = candidate_placements(boxes, boxes, self.face, len(self.crop))
        fresh = [place for place in places if not same_place(place, used)] or places
        lots = self.lots().permutation(len(fresh))[:FRESH_CONTROLS]
        zoom = size / len(self.crop)
        return [soft_boxes([box.scaled(zoom) for box in fresh[lot]], size) for lot in lots]

    def masks_anywhere(self, area: float, size: int) -> list[np.ndarray]:
        """Blots of the same area, for a reason that is the whole face and so has no place elsewhere in it."""
        seeds = [self.lots(lot).bytes(16) for lot in range(FRESH_CONTROLS)]
        return [random_mask(noise_map(np.frombuffer(seed, np.uint8), size), area) for seed in seeds]

    def lots(self, number: int = 0) -> np.random.Generator:
        """A generator that is the same for the same crop."""
        return np.random.default_rng([number, zlib.crc32(self.crop.tobytes())])

    def randomised(self) -> dict[str, dict[str, float]]:
        """How much of each map is left when layers are randomised, by the layer reached."""
        first = self.found.candidates[0]
        assert first.evidence is not None
        left = {}
        for layer, network in cascade(self.network):
            grad_cam = class_activation_maps(
                network, network.forward_with_activations(self.crop), [first.label]
            )[0]
            left[layer] = {
                "evidence": rank_correlation(first.evidence.to_array(), self.evidence_in(self.crop, network)),
                "grad_cam": rank_correlation(first.map.to_array(), grad_cam),
            }
        return left
