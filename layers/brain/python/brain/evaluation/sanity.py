"""Does a map depend on what the network learned?

Adebayo et al., "Sanity Checks for Saliency Maps", arXiv 1810.03292: weights are replaced by chance layer by
layer, from the last to the first. A map that stays as it was explains the photo, not the network.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator

import numpy as np
import torch
from torch import nn

from brain.recognition.classifier import Classifier


def cascade(network: Classifier, seed: int = 0) -> Iterator[tuple[str, Classifier]]:
    """The network with its last layer randomised, then its last two, and so on; by the layer reached.

    Weights keep their size and are as often negative as positive, so that no layer falls silent; biases are
    zero. It is one object throughout, changed further each time.
    """
    changed = copy.deepcopy(network)
    generator = torch.Generator().manual_seed(seed)
    parameters = dict(changed.named_parameters())
    layers = [name for name, module in changed.named_modules() if isinstance(module, (nn.Conv2d, nn.Linear))]
    for name in reversed(layers):
        weight = parameters[f"{name}.weight"]
        chance = torch.randn(weight.shape, generator=generator, dtype=torch.float32)
        size = weight.float().square().mean().sqrt()
        weight.copy_(chance * size)
        if f"{name}.bias" in parameters:
            parameters[f"{name}.bias"].zero_()
        changed.__dict__.pop("fc6_by_channel", None)
        yield name, changed


def rank_correlation(one: np.ndarray, other: np.ndarray) -> float:
    """Spearman's, -1 to 1, of two maps of one shape; equal values share a rank. 0 where a map is constant."""
    a, b = _ranks(one.ravel()), _ranks(other.ravel())
    a, b = a - a.mean(), b - b.mean()
    scale = float(np.sqrt((a @ a) * (b @ b)))
    return float(a @ b) / scale if scale else 0.0


def _ranks(values: np.ndarray) -> np.ndarray:
    _, place, count = np.unique(values, return_inverse=True, return_counts=True)
    return (np.cumsum(count) - (count + 1) / 2)[place]
