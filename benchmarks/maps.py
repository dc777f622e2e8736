"""Grad-CAM: BRAIN's five maps against the bare forward pass, and against one map of each peer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

import numpy as np
import torch

from benchmarks import materials, peers
from benchmarks.findings import Findings, Goal
from benchmarks.timing import interleave
from brain.core.settings import Settings
from brain.evaluation.sanity import rank_correlation
from brain.explanation.gradcam import class_activation_maps
from brain.recognition.classifier import Activations
from brain.recognition.hardware import has_bfloat16
from brain.recognition.loading import load_classifier
from brain.recognition.model import LoadedModel, load_model
from brain.recognition.vgg import VGGFace

SECTION = "maps"
CROPS = 200
PEERS = {
    "pytorch-grad-cam, one map": peers.grad_cam,
    "captum, one map": peers.layer_grad_cam,
}
HELPED = "{}, weights frozen before the layer"
FIVE = "captum, five maps"


def measure(findings: Findings, rounds: int) -> None:
    """Time everything on the same crop in one interleaved run, and add the goals."""
    exact, rounded = load("float32"), load("bfloat16")
    crop = materials.crops(1)[0]
    contenders = {
        **own("float32", exact, crop),
        **(own("bfloat16", rounded, crop) if has_bfloat16() else {}),
    }
    for name, peer in PEERS.items():
        for title, only_last in ((name, False), (HELPED.format(name), True)):
            with findings.excusing(title):
                model = peers.PlainVgg(exact, only_last=only_last)
                run = peer(model, exact.preprocess(crop), label_of(exact, crop))
                run()
                contenders[title] = run
    with findings.excusing(FIVE):
        contenders[FIVE] = one_by_one(exact, crop)
    with findings.excusing("the peers' maps are BRAIN's"):
        findings.facts["largest difference from captum's map"] = difference(exact, crop)
    findings.times[SECTION] = interleave(contenders, rounds)
    add_goals(findings)


def load(dtype: str) -> VGGFace:
    """VGG-16 with weights stored in the number format that it computes in, hence mapped."""
    folder = materials.VGG_FLOAT32 if dtype == "float32" else materials.VGG_BFLOAT16
    return load_classifier(materials.MODELS / folder, dtype)


def own(dtype: str, network: VGGFace, crop: np.ndarray) -> dict[str, Callable[[], object]]:
    """The bare forward pass and the five maps, both from the same crop on."""

    def forward() -> object:
        with torch.inference_mode():
            return network(network.preprocess(crop))

    def maps() -> object:
        seen = network.forward_with_activations(crop)
        return class_activation_maps(network, seen, five_best(seen))

    return {f"forward pass, {dtype}": forward, f"BRAIN, five maps, {dtype}": maps}


def one_by_one(network: VGGFace, crop: np.ndarray) -> Callable[[], object]:
    """captum, which goes fastest of the peers, for the same five names: a pass for each."""
    labels = five_best(network.forward_with_activations(crop))
    model, x = peers.PlainVgg(network), network.preprocess(crop)
    runs = [peers.layer_grad_cam(model, x, label) for label in labels]
    return lambda: [run() for run in runs]


def five_best(seen: Activations) -> list[int]:
    """The labels of the five best logits."""
    labels: list[int] = seen.logits.topk(5).indices.tolist()
    return labels


def label_of(network: VGGFace, crop: np.ndarray) -> int:
    return int(network.forward_with_activations(crop).logits.argmax())


def difference(network: VGGFace, crop: np.ndarray) -> float:
    """How far captum's map is from ours, as a share of the map's maximum: the peers do the same work."""
    label = label_of(network, crop)
    theirs = peers.layer_grad_cam(peers.PlainVgg(network), network.preprocess(crop), label)()
    ours = class_activation_maps(network, network.forward_with_activations(crop), [label])[0]
    return float(np.abs(theirs[0, 0].detach().numpy() - ours).max() / ours.max())


def add_goals(findings: Findings) -> None:
    """The lines of the issue's table that are about maps."""
    for dtype in ("float32", "bfloat16"):
        findings.compare(
            SECTION,
            f"BRAIN, five maps, {dtype}",
            f"forward pass, {dtype}",
            f"Five identities' maps against the bare forward pass, VGG-16/2622, {dtype}",
            at_most=1.10,
        )
    for peer, floors in (
        ("pytorch-grad-cam, one map", (4.0, 13.0)),
        ("captum, one map", (2.0, 7.0)),
    ):
        for dtype, floor in zip(("float32", "bfloat16"), floors, strict=True):
            findings.compare(
                SECTION,
                peer,
                f"BRAIN, five maps, {dtype}",
                f"{peer.split(',')[0]} (one map) against BRAIN (five maps), {dtype}",
                at_least=floor,
            )


def measure_rounding(findings: Findings) -> None:
    """What computing in bfloat16 changes: the name, and the order of the map's cells, over 200 crops."""
    if not has_bfloat16():
        findings.problems.append("bfloat16: this processor has neither AMX nor AVX512-BF16")
        return
    crops = materials.crops(CROPS)
    for title, folder in (
        ("VGG-16/2622, random weights", materials.MODELS / materials.VGG_FLOAT32),
        ("brain-mini, trained weights", Settings().models_dir / "brain-mini"),
    ):
        found = agreement(load_model(folder), load_model(folder, "bfloat16"), crops)
        low, high = np.percentile(found.correlations, [25, 75])
        findings.goals += [
            Goal(
                f"bfloat16 names the same identity as float32, {title}",
                0.99,
                True,
                f"of {CROPS} crops",
                found.same / CROPS,
                note=found.remark,
            ),
            Goal(
                f"Rank correlation of the named identity's map, bfloat16 with float32, {title}",
                0.99,
                True,
                "mean",
                float(np.mean(found.correlations)),
                float(low),
                float(high),
                f"bfloat16 alone: {np.mean(found.correlations_alone):.3f}",
            ),
        ]


@dataclass
class Agreement:
    """How a model's answers to the same crops compare with those of its float32.

    Attributes:
        same: how many crops are named alike.
        asked: for how many of them the model that computes in bfloat16 asked float32.
        correlations: Spearman's, of both maps of float32's best logit.
        alone: as `same`, had bfloat16 never asked; likewise `correlations_alone`.
        margins: where bfloat16 alone differs, how far its best two logits lie apart, in their standard
            deviations.
    """

    same: int = 0
    asked: int = 0
    correlations: list[float] = field(default_factory=list)
    alone: int = 0
    correlations_alone: list[float] = field(default_factory=list)
    margins: list[float] = field(default_factory=list)

    @property
    def remark(self) -> str:
        """What it takes to name them alike."""
        total = len(self.correlations)
        apart = f", turned round up to {max(self.margins):.2f} deviations apart" if self.margins else ""
        return f"float32 looks at {self.asked / total:.0%}; bfloat16 alone: {self.alone / total:.3f}{apart}"


def agreement(exact: LoadedModel, rounded: LoadedModel, crops: list[np.ndarray]) -> Agreement:
    """Ask both models about every crop."""
    found = Agreement()
    for crop in crops:
        seen = exact.network.forward_with_activations(crop)
        label = int(seen.logits.argmax())
        shown = class_activation_maps(exact.network, seen, [label])
        classifier, answer = rounded.forward_with_activations(crop)
        alone = rounded.network.forward_with_activations(crop)
        found.asked += classifier is not rounded.network
        found.same += label == int(answer.logits.argmax())
        found.correlations.append(rank_correlation(shown, class_activation_maps(classifier, answer, [label])))
        found.correlations_alone.append(
            rank_correlation(shown, class_activation_maps(rounded.network, alone, [label]))
        )
        if label == int(alone.logits.argmax()):
            found.alone += 1
        else:
            first, second = alone.logits.topk(2).values.tolist()
            found.margins.append((first - second) / float(alone.logits.std()))
    return found


def measure_sizes(findings: Findings, rounds: int) -> None:
    """From which size of network bfloat16 pays: VGG-16 at fractions of its width, and brain-mini."""
    if not has_bfloat16():
        return
    crop = materials.crops(1)[0]
    mini = load_classifier(Settings().models_dir / "brain-mini")
    networks = {"brain-mini": mini}
    for share in (4, 2, 1):
        config = replace(
            materials.VGG_16,
            blocks=tuple(tuple(width // share for width in block) for block in materials.VGG_16.blocks),
            fully_connected=(4096 // share, 4096 // share),
        )
        networks[f"VGG-16, 1/{share} wide" if share > 1 else "VGG-16"] = materials.random_network(config)
    for name, network in networks.items():
        contenders = {
            dtype: own(dtype, converted(network, dtype), crop)[f"BRAIN, five maps, {dtype}"]
            for dtype in ("float32", "bfloat16")
        }
        seconds = interleave(contenders, rounds)
        findings.times[f"size: {name}"] = seconds
        findings.facts[f"parameters: {name}"] = sum(p.numel() for p in network.parameters())


def converted(network: VGGFace, dtype: str) -> VGGFace:
    """A copy that computes in another number format, through a weights file as ever."""
    folder = materials.PLACE / "sizes" / dtype
    materials.store(network, folder, torch.float32)
    return load_classifier(folder, dtype)
