"""Grad-CAM of VGG-Face: five maps of BRAIN, the bare forward pass, and one map of each peer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import torch

from benchmarks import inputs, peers
from benchmarks.child import call
from benchmarks.conditions import Condition
from benchmarks.measurements import Section
from benchmarks.timing import interleave
from brain.explanation.activation_maps import ClassActivationMaps
from brain.recognition.classifier import Activations, Classifier
from brain.recognition.hardware import has_bfloat16
from brain.recognition.loading import load_classifier
from brain.recognition.vgg import VGGFace

AVX2 = Condition(threads=None)
NATIVE = Condition(threads=None, avx2=False)
FORWARD = "forward pass, {}"
BRAIN_FIVE = "BRAIN, five maps, {}"
GRAD_CAM = "pytorch-grad-cam, one map"
CAPTUM = "captum, one map"
CAPTUM_FIVE = "captum, five maps"
FROZEN = "{}, weights frozen before the layer"
CAPTUM_DIFFERENCE = "largest difference from captum's map, as a fraction of its maximum"
PEERS = {GRAD_CAM: peers.grad_cam, CAPTUM: peers.layer_grad_cam}


def measure(section: Section, rounds: int) -> None:
    """Time everything with AVX2 in float32, and with all instruction sets in both dtypes."""
    conditions = {str(AVX2): (AVX2, ["float32"])}
    if has_bfloat16():
        conditions[str(NATIVE)] = (NATIVE, ["float32", "bfloat16"])
    for title, (condition, dtypes) in conditions.items():
        with section.recording_failures(title):
            measured = call(time_maps, condition.environment, dtypes=dtypes, rounds=rounds)
            section.times[title] = measured["seconds"]
            section.problems += measured["problems"]
            section.values[CAPTUM_DIFFERENCE] = measured["difference"]


def time_maps(dtypes: list[str], rounds: int) -> dict[str, Any]:
    """Time all contenders on the same crop in one interleaved run.

    Args:
        dtypes: what BRAIN computes in.
        rounds: how many rounds.

    Returns:
        `seconds` by contender; `problems`: peers that do not run; `difference` from captum's map.
    """
    crop = next(iter(inputs.crops(1)))
    network = load("float32")
    assert isinstance(network, VGGFace)
    contenders: dict[str, Callable[[], object]] = {}
    for dtype in dtypes:
        contenders |= brain_contenders(dtype, network if dtype == "float32" else load(dtype), crop)
    collected = Section()
    x, labels = network.preprocess(crop), top_labels(network.forward_with_activations(crop))
    for name, peer in PEERS.items():
        for title, frozen in ((name, False), (FROZEN.format(name), True)):
            with collected.recording_failures(title):
                run = peer(peers.PlainVgg(network, frozen=frozen), x, labels[0])
                run()
                contenders[title] = run
    with collected.recording_failures(CAPTUM_FIVE):
        plain = peers.PlainVgg(network)
        runs = [peers.layer_grad_cam(plain, x, label) for label in labels]
        contenders[CAPTUM_FIVE] = lambda: [run() for run in runs]
    with collected.recording_failures("comparison with captum's map"):
        collected.values["difference"] = captum_difference(network, crop)
    return {
        "seconds": interleave(contenders, rounds),
        "problems": collected.problems,
        "difference": collected.values.get("difference"),
    }


def load(dtype: str) -> Classifier:
    """VGG-Face with its weights stored in the dtype that it computes in."""
    folder = inputs.VGG_FLOAT32 if dtype == "float32" else inputs.VGG_BFLOAT16
    return load_classifier(inputs.MODELS / folder, dtype)


def brain_contenders(dtype: str, network: Classifier, crop: np.ndarray) -> dict[str, Callable[[], object]]:
    """The bare forward pass and BRAIN's five maps, both from the same crop."""

    def forward() -> object:
        with torch.inference_mode():
            return network(network.preprocess(crop))

    def five_maps() -> object:
        activations = network.forward_with_activations(crop)
        return ClassActivationMaps(network, activations, top_labels(activations)).maps("gradcam")

    return {FORWARD.format(dtype): forward, BRAIN_FIVE.format(dtype): five_maps}


def top_labels(activations: Activations) -> list[int]:
    """The labels of the five largest logits, the largest first."""
    labels: list[int] = activations.logits.topk(5).indices.tolist()
    return labels


def captum_difference(network: VGGFace, crop: np.ndarray) -> float:
    """The largest difference between captum's map and BRAIN's, as a fraction of the map's maximum."""
    activations = network.forward_with_activations(crop)
    label = top_labels(activations)[0]
    theirs = peers.layer_grad_cam(peers.PlainVgg(network), network.preprocess(crop), label)()
    ours = ClassActivationMaps(network, activations, [label]).maps("gradcam")[0]
    return float(np.abs(theirs[0, 0].detach().numpy() - ours).max() / ours.max())
