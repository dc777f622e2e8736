"""Sanity checks for saliency maps: does a map depend on what the network learned?

Adebayo et al., "Sanity Checks for Saliency Maps", arXiv 1810.03292: weights are randomised layer by layer,
from the last to the first. A map that stays the same explains the photo, not the network.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator

import numpy as np
import torch
from torch import nn

from brain.recognition.classifier import Classifier


def cascading_randomization(network: Classifier, seed: int = 0) -> Iterator[tuple[str, Classifier]]:
    """The network with its last layer randomised, then its last two, and so on.

    Random weights are normal with zero mean and the layer's own root mean square, so that no layer falls
    silent; biases are zero.

    Yields:
        The name of the layer reached, and the network: one object throughout, changed further each time.
    """
    changed = copy.deepcopy(network)
    generator = torch.Generator().manual_seed(seed)
    parameters = dict(changed.named_parameters())
    layers = [name for name, module in changed.named_modules() if isinstance(module, nn.Conv2d | nn.Linear)]
    for name in reversed(layers):
        weight = parameters[f"{name}.weight"]
        noise = torch.randn(weight.shape, generator=generator, dtype=torch.float32)
        weight.copy_(noise * weight.float().square().mean().sqrt())
        if f"{name}.bias" in parameters:
            parameters[f"{name}.bias"].zero_()
        changed.__dict__.pop("fc6_by_channel", None)
        yield name, changed


def rank_correlation(first: np.ndarray, second: np.ndarray) -> float:
    """Spearman's rank correlation of two maps of one shape, -1 to 1; 0 where a map is constant."""
    a, b = _ranks(first.ravel()), _ranks(second.ravel())
    a, b = a - a.mean(), b - b.mean()
    scale = float(np.sqrt((a @ a) * (b @ b)))
    return float(a @ b) / scale if scale else 0.0


def _ranks(values: np.ndarray) -> np.ndarray:
    """Ranks from 0 on; equal values share their mean rank."""
    _, index, count = np.unique(values, return_inverse=True, return_counts=True)
    ranks: np.ndarray = (np.cumsum(count) - (count + 1) / 2)[index]
    return ranks
