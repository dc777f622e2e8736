"""Grad-CAM: five maps of BRAIN against the bare forward pass, and against one map of each peer."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import torch

from benchmarks import inputs, peers
from benchmarks.measurements import Goal, Measurements
from benchmarks.timing import interleave
from brain.explanation.activation_maps import ClassActivationMaps
from brain.recognition.classifier import Activations
from brain.recognition.hardware import has_bfloat16
from brain.recognition.loading import load_classifier
from brain.recognition.vgg import VGGFace

SECTION = "maps"
PEERS = {
    "pytorch-grad-cam, one map": peers.grad_cam,
    "captum, one map": peers.layer_grad_cam,
}
FROZEN = "{}, weights frozen before the layer"
CAPTUM_FIVE = "captum, five maps"
FORWARD = "forward pass, {}"
BRAIN_FIVE = "BRAIN, five maps, {}"
# How many times faster than one map of the peer, by dtype.
PEER_GOALS = {
    "pytorch-grad-cam, one map": {"float32": 4.0, "bfloat16": 13.0},
    "captum, one map": {"float32": 2.0, "bfloat16": 7.0},
}
DTYPES = ("float32", "bfloat16")


def measure(measurements: Measurements, rounds: int) -> None:
    """Time all contenders on the same crop in one interleaved run, and add the goals."""
    network = load("float32")
    crop = inputs.crops(1)[0]
    contenders = brain_contenders("float32", network, crop)
    if has_bfloat16():
        contenders |= brain_contenders("bfloat16", load("bfloat16"), crop)
    x, label = network.preprocess(crop), top_labels(network.forward_with_activations(crop))[0]
    for name, peer in PEERS.items():
        for title, frozen in ((name, False), (FROZEN.format(name), True)):
            with measurements.recording_failures(title):
                run = peer(peers.PlainVgg(network, frozen=frozen), x, label)
                run()
                contenders[title] = run
    with measurements.recording_failures(CAPTUM_FIVE):
        contenders[CAPTUM_FIVE] = captum_five_maps(network, crop)
    with measurements.recording_failures("comparison with captum's map"):
        measurements.facts["largest difference from captum's map"] = captum_difference(network, crop)
    measurements.times[SECTION] = interleave(contenders, rounds)
    add_goals(measurements)


def load(dtype: str) -> VGGFace:
    """VGG-16 with its weights stored in the dtype that it computes in."""
    folder = inputs.VGG_FLOAT32 if dtype == "float32" else inputs.VGG_BFLOAT16
    network = load_classifier(inputs.MODELS / folder, dtype)
    assert isinstance(network, VGGFace)
    return network


def brain_contenders(dtype: str, network: VGGFace, crop: np.ndarray) -> dict[str, Callable[[], object]]:
    """The bare forward pass and BRAIN's five maps, both from the same crop."""

    def forward() -> object:
        with torch.inference_mode():
            return network(network.preprocess(crop))

    def five_maps() -> object:
        activations = network.forward_with_activations(crop)
        return ClassActivationMaps(network, activations, top_labels(activations)).maps("gradcam")

    return {FORWARD.format(dtype): forward, BRAIN_FIVE.format(dtype): five_maps}


def captum_five_maps(network: VGGFace, crop: np.ndarray) -> Callable[[], object]:
    """Captum, the fastest peer, for the same five labels; it needs one pass per label."""
    labels = top_labels(network.forward_with_activations(crop))
    model, x = peers.PlainVgg(network), network.preprocess(crop)
    runs = [peers.layer_grad_cam(model, x, label) for label in labels]
    return lambda: [run() for run in runs]


def top_labels(activations: Activations, count: int = 5) -> list[int]:
    """The labels of the largest logits, largest first."""
    labels: list[int] = activations.logits.topk(count).indices.tolist()
    return labels


def captum_difference(network: VGGFace, crop: np.ndarray) -> float:
    """The largest difference between captum's map and BRAIN's, as a fraction of the map's maximum."""
    activations = network.forward_with_activations(crop)
    label = top_labels(activations)[0]
    theirs = peers.layer_grad_cam(peers.PlainVgg(network), network.preprocess(crop), label)()
    (ours,) = ClassActivationMaps(network, activations, [label]).maps("gradcam")
    return float(np.abs(theirs[0, 0].detach().numpy() - ours).max() / ours.max())


def add_goals(measurements: Measurements) -> None:
    """Add the goals on the time of maps."""
    for dtype in DTYPES:
        what = f"Five identities' maps against the bare forward pass, VGG-16/2622, {dtype}"
        goal = Goal(what, 1.10, at_least=False, unit="times")
        measurements.add_ratio(goal, SECTION, BRAIN_FIVE.format(dtype), FORWARD.format(dtype))
    for peer, bounds in PEER_GOALS.items():
        for dtype, bound in bounds.items():
            what = f"{peer.split(',')[0]} (one map) against BRAIN (five maps), {dtype}"
            goal = Goal(what, bound, at_least=True, unit="times")
            measurements.add_ratio(goal, SECTION, peer, BRAIN_FIVE.format(dtype))
