"""Grad-CAM the general way, by autograd: what the closed form is held to."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch

from brain.recognition.vgg import VGGFace


def autograd_maps(network: VGGFace, crop: np.ndarray, labels: Sequence[int]) -> np.ndarray:
    """Equations 1 and 2 of arXiv 1611.07450, word for word: (k, H, W)."""
    activations = network.forward_features(network.preprocess(crop)).detach().requires_grad_(True)
    logits = network.forward_head(activations)[0]
    maps = []
    for label in labels:
        (gradient,) = torch.autograd.grad(logits[label], activations, retain_graph=True)
        weights = gradient.mean(dim=(2, 3), keepdim=True)
        maps.append(torch.relu((weights * activations).sum(1))[0].detach().float().numpy())
    return np.stack(maps)
