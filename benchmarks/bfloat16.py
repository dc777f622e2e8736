"""How bfloat16 changes the answers of VGG-Face, and from which network size on it saves time."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, replace

import torch

from benchmarks import inputs
from benchmarks.child import call
from benchmarks.conditions import Condition
from benchmarks.maps import BRAIN_FIVE, brain_contenders
from benchmarks.measurements import Section
from benchmarks.timing import Seconds, interleave
from brain.evaluation.sanity import rank_correlation
from brain.explanation.activation_maps import ClassActivationMaps
from brain.recognition.hardware import has_bfloat16
from brain.recognition.loading import load_classifier
from brain.recognition.model import LoadedModel, load_model

CROPS = 200
DTYPES = ("float32", "bfloat16")
AGREEMENT = "agreement"
SIZE_GROUP = "size: {}"
PARAMETERS = "parameters: {}"
CONDITION = Condition(threads=None, avx2=False)


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
        """A note on how often float32 was needed, and what bfloat16 gives without it."""
        total = len(self.correlations)
        margin = f", wrong at margins up to {max(self.margins):.2f} deviations" if self.margins else ""
        alone = f"bfloat16 alone: {self.same_alone / total:.3f}{margin}"
        return f"float32 pass on {self.float32_passes / total:.0%}; {alone}"


def measure(section: Section, rounds: int) -> None:
    """Compare the answers in both dtypes, and the time by network size."""
    if not has_bfloat16():
        section.problems.append("bfloat16: this processor has neither AMX nor AVX512-BF16")
        return
    section.values[AGREEMENT] = call(compare_crops, CONDITION.environment, crops=CROPS)
    measured = call(time_sizes, CONDITION.environment, rounds=rounds)
    for name, (parameters, seconds) in measured.items():
        section.times[SIZE_GROUP.format(name)] = seconds
        section.values[PARAMETERS.format(name)] = parameters


def compare_crops(crops: int) -> dict[str, object]:
    """An `Agreement` of VGG-Face with random weights over so many crops, as JSON."""
    folder = inputs.MODELS / inputs.VGG_FLOAT32
    return asdict(compare(load_model(folder), load_model(folder, "bfloat16"), crops))


def compare(reference: LoadedModel, reduced: LoadedModel, crops: int) -> Agreement:
    """Run the same model in float32 (`reference`) and in bfloat16 (`reduced`) on so many crops."""
    agreement = Agreement()
    for crop in inputs.crops(crops):
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


def time_sizes(rounds: int) -> dict[str, tuple[int, Seconds]]:
    """Number of parameters, and seconds of five maps by dtype, of VGG-Face at fractions of its width."""
    crop = next(iter(inputs.crops(1)))
    sizes = {}
    for divisor in (4, 2, 1):
        config = replace(
            inputs.RANDOM_VGG,
            blocks=tuple(tuple(width // divisor for width in block) for block in inputs.RANDOM_VGG.blocks),
            fully_connected=(4096 // divisor, 4096 // divisor),
        )
        inputs.store(inputs.random_network(config), "sizes", torch.float32)
        networks = {dtype: load_classifier(inputs.MODELS / "sizes", dtype) for dtype in DTYPES}
        contenders = {
            dtype: brain_contenders(dtype, network, crop)[BRAIN_FIVE.format(dtype)]
            for dtype, network in networks.items()
        }
        parameters = sum(parameter.numel() for parameter in networks["float32"].parameters())
        name = f"VGG-Face, 1/{divisor} wide" if divisor > 1 else "VGG-Face"
        sizes[name] = (parameters, interleave(contenders, rounds))
    return sizes
