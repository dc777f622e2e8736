"""Finds the layer of a network whose class activation maps best find the pixels that matter.

Deletion and insertion (`brain.explanation.fidelity`) of each layer's LayerCAM are measured on a few faces.
The best layer has the largest mean of insertion minus deletion.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import torch

from brain.explanation.activation_maps import ClassActivationMaps, to_grey
from brain.explanation.fidelity import Target, deletion_insertion
from brain.explanation.perturbation import PerturbationRunner
from brain.explanation.view import FaceView
from brain.recognition.classifier import Classifier

FRACTIONS = (0.1, 0.3)


@dataclass(frozen=True)
class LayerFidelity:
    """The mean areas of a layer's LayerCAM; see `brain.core.explanations.Areas`."""

    layer: str
    deletion: float
    insertion: float

    @property
    def gain(self) -> float:
        """The figure by which layers are compared; larger is better."""
        return self.insertion - self.deletion


def last_of_each_size(sides: Mapping[str, int]) -> list[str]:
    """The last layer with each size of map: these are worth comparing.

    Args:
        sides: side of each layer's maps, from the input to the output.
    """
    return list({side: layer for layer, side in sides.items()}.values())


def compare_layers(
    network: Classifier,
    layers: Sequence[str],
    views: Sequence[FaceView],
    progress: Callable[[int], None] = lambda done: None,
) -> list[LayerFidelity]:
    """Measure LayerCAM at several layers, the best layer first.

    Args:
        network: a network that knows the people in the photos.
        layers: names of the layers to compare.
        views: faces; at least one.
        progress: called with the number of faces so far.

    Raises:
        ForwardPassFailed: code 4.
    """
    found = []
    for number, view in enumerate(views, start=1):
        found.append(_areas(network, layers, view))
        progress(number)
    means = torch.tensor(found).mean(0).tolist()  # (layers, 2)
    compared = [LayerFidelity(layer, *each) for layer, each in zip(layers, means, strict=True)]
    return sorted(compared, key=lambda each: -each.gain)


def _areas(network: Classifier, layers: Sequence[str], view: FaceView) -> list[tuple[float, float]]:
    """Deletion and insertion at each layer for one face."""
    logits = network.forward_with_activations(view.pixels).forward_logits
    label = int(logits.argmax())
    maps = {}
    for layer in layers:
        activations = network.forward_with_activations(view.pixels, layer)
        maps[layer] = to_grey(ClassActivationMaps(network, activations, [label]).maps("layercam")[0])
    target = Target(label, float(torch.softmax(logits.double(), 0)[label]))
    areas = deletion_insertion(PerturbationRunner(network, view), target, maps, FRACTIONS)
    return [(areas[layer].deletion, areas[layer].insertion) for layer in layers]
