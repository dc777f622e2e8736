"""Sanity checks for saliency maps: does a map depend on what the network has learned?

Adebayo et al., "Sanity Checks for Saliency Maps", arXiv 1810.03292: weights are randomised layer by layer,
from the last to the first. A map that stays the same explains the photo, not the network.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator

import numpy as np
import torch
from torch import Tensor, nn

from brain.recognition.classifier import Classifier
from brain.recognition.onnx.network import ImportedNetwork

WeightAndBias = tuple[Tensor, Tensor | None]


def cascading_randomization(network: Classifier) -> Iterator[tuple[str, Classifier]]:
    """The network with its last stage randomised, then its last two, and so on.

    A stage is a direct child of the network: a layer or a block of layers. In an imported network, it is
    everything up to the last layer with maps of one size. Random weights are normal with zero mean and the
    layer's own root mean square, so that no layer falls silent; biases are zero.

    Yields:
        The name of the stage that was reached, and the network: the same object each time, changed further.
    """
    changed = copy.deepcopy(network)
    generator = torch.Generator().manual_seed(0)
    for name, layers in reversed(stages(changed)):
        for weight, bias in layers:
            randomize(weight, bias, generator)
        changed.__dict__.pop("fc6_by_channel", None)
        yield name, changed


def stages(network: Classifier) -> list[tuple[str, list[WeightAndBias]]]:
    """The stages of a network with the weights of their layers, from the input to the output."""
    if isinstance(network, ImportedNetwork):
        return [*network.stages(), ("gallery", [(network.gallery.weight, network.gallery.bias)])]
    return [
        (
            name,
            [
                (layer.weight, layer.bias)
                for layer in stage.modules()
                if isinstance(layer, nn.Conv2d | nn.Linear)
            ],
        )
        for name, stage in network.named_children()
    ]


def randomize(weight: Tensor, bias: Tensor | None, generator: torch.Generator) -> None:
    """Replace a layer's weights by noise of the same root mean square, and its biases by zero."""
    noise = torch.randn(weight.shape, generator=generator, dtype=torch.float32)
    weight.copy_(noise * weight.float().square().mean().sqrt())
    if bias is not None:
        bias.zero_()


def rank_correlation(first: np.ndarray, second: np.ndarray) -> float:
    """Spearman's rank correlation of two maps of the same shape, -1 to 1; 0 if a map is constant."""
    a, b = _ranks(first.ravel()), _ranks(second.ravel())
    a, b = a - a.mean(), b - b.mean()
    scale = float(np.sqrt((a @ a) * (b @ b)))
    return float(a @ b) / scale if scale else 0.0


def _ranks(values: np.ndarray) -> np.ndarray:
    """Ranks from 0 on; equal values share their mean rank."""
    _, index, count = np.unique(values, return_inverse=True, return_counts=True)
    ranks: np.ndarray = (np.cumsum(count) - (count + 1) / 2)[index]
    return ranks
