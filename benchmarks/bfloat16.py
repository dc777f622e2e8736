"""What computing in bfloat16 changes in the answers, and at which network size it saves time."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
import torch

from benchmarks import inputs
from benchmarks.maps import BRAIN_FIVE, DTYPES, brain_contenders
from benchmarks.measurements import Goal, Measurements
from benchmarks.timing import interleave
from brain.core.settings import Settings
from brain.evaluation.sanity import rank_correlation
from brain.explanation.activation_maps import ClassActivationMaps
from brain.recognition.hardware import has_bfloat16
from brain.recognition.loading import load_classifier
from brain.recognition.model import LoadedModel, load_model
from brain.recognition.vgg import VGGFace

CROPS = 200
AGREEMENT_GOAL = 0.99
SIZE_SECTION = "size: {}"
PARAMETERS = "parameters: {}"


@dataclass
class Agreement:
    """How a model's answers in bfloat16 compare with those in float32, over the same crops.

    Attributes:
        same: number of crops with the same top-1 label.
        float32_passes: number of crops for which the bfloat16 model also ran in float32.
        correlations: Spearman's rank correlation of both maps of the float32 label, by crop.
        same_alone, correlations_alone: the same for bfloat16 without that float32 pass.
        margins: where bfloat16 alone differs, the difference of its two largest logits in standard
            deviations of the logits.
    """

    same: int = 0
    float32_passes: int = 0
    correlations: list[float] = field(default_factory=list)
    same_alone: int = 0
    correlations_alone: list[float] = field(default_factory=list)
    margins: list[float] = field(default_factory=list)

    @property
    def note(self) -> str:
        """How often float32 was needed, and what bfloat16 does without it."""
        total = len(self.correlations)
        margin = f", wrong at margins up to {max(self.margins):.2f} deviations" if self.margins else ""
        alone = f"bfloat16 alone: {self.same_alone / total:.3f}{margin}"
        return f"float32 pass on {self.float32_passes / total:.0%}; {alone}"


def measure_agreement(measurements: Measurements) -> None:
    """Compare the top-1 label and the order of the map's cells in both dtypes, and add the goals."""
    if not has_bfloat16():
        measurements.problems.append("bfloat16: this processor has neither AMX nor AVX512-BF16")
        return
    crops = inputs.crops(CROPS)
    for title, folder in (
        ("VGG-16/2622, random weights", inputs.MODELS / inputs.VGG_FLOAT32),
        ("brain-mini, trained weights", Settings().models_dir / "brain-mini"),
    ):
        agreement = compare(load_model(folder), load_model(folder, "bfloat16"), crops)
        what = f"bfloat16 names the same identity as float32, {title}"
        same = Goal(what, AGREEMENT_GOAL, at_least=True, unit=f"of {CROPS} crops")
        what = f"Rank correlation of the named identity's map, bfloat16 with float32, {title}"
        correlation = Goal(what, AGREEMENT_GOAL, at_least=True, unit="mean")
        low, high = np.percentile(agreement.correlations, [25, 75])
        measurements.goals += [
            replace(same, value=agreement.same / len(crops), note=agreement.note),
            replace(
                correlation,
                value=float(np.mean(agreement.correlations)),
                low=float(low),
                high=float(high),
                note=f"bfloat16 alone: {np.mean(agreement.correlations_alone):.3f}",
            ),
        ]


def compare(reference: LoadedModel, reduced: LoadedModel, crops: list[np.ndarray]) -> Agreement:
    """Run the same model in float32 (`reference`) and in bfloat16 (`reduced`) on every crop."""
    agreement = Agreement()
    for crop in crops:
        expected = reference.network.forward_with_activations(crop)
        label = int(expected.logits.argmax())
        expected_map = ClassActivationMaps(reference.network, expected, [label]).maps("gradcam")
        classifier, actual = reduced.forward_with_activations(crop)
        alone = reduced.network.forward_with_activations(crop)
        actual_map = ClassActivationMaps(classifier, actual, [label]).maps("gradcam")
        alone_map = ClassActivationMaps(reduced.network, alone, [label]).maps("gradcam")
        agreement.float32_passes += classifier is not reduced.network
        agreement.same += label == int(actual.logits.argmax())
        agreement.correlations.append(rank_correlation(expected_map, actual_map))
        agreement.correlations_alone.append(rank_correlation(expected_map, alone_map))
        if label == int(alone.logits.argmax()):
            agreement.same_alone += 1
        else:
            first, second = alone.logits.topk(2).values.tolist()
            agreement.margins.append((first - second) / float(alone.logits.std()))
    return agreement


def measure_sizes(measurements: Measurements, rounds: int) -> None:
    """Time five maps in both dtypes, for VGG-16 at fractions of its width."""
    if not has_bfloat16():
        return
    crop = inputs.crops(1)[0]
    networks: dict[str, VGGFace] = {}
    for divisor in (4, 2, 1):
        config = replace(
            inputs.VGG_16,
            blocks=tuple(tuple(width // divisor for width in block) for block in inputs.VGG_16.blocks),
            fully_connected=(4096 // divisor, 4096 // divisor),
        )
        name = f"VGG-16, 1/{divisor} wide" if divisor > 1 else "VGG-16"
        networks[name] = inputs.random_network(config)
    for name, network in networks.items():
        contenders = {
            dtype: brain_contenders(dtype, converted(network, dtype), crop)[BRAIN_FIVE.format(dtype)]
            for dtype in DTYPES
        }
        measurements.times[SIZE_SECTION.format(name)] = interleave(contenders, rounds)
        measurements.facts[PARAMETERS.format(name)] = sum(p.numel() for p in network.parameters())


def converted(network: VGGFace, dtype: str) -> VGGFace:
    """A copy of the network that computes in `dtype`, loaded from a file like any other."""
    folder = inputs.FOLDER / "sizes" / dtype
    inputs.store(network, folder, torch.float32)
    copy = load_classifier(folder, dtype)
    assert isinstance(copy, VGGFace)
    return copy
