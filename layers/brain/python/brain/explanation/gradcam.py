"""Grad-CAM in closed form, for any number of identities, from one forward pass.

Selvaraju et al., arXiv 1611.07450, equations 1 and 2: a channel's weight is the spatial mean of the
logit's gradient with respect to that channel, and the map is the ReLU of the weighted sum of channels.

Behind VGG's last convolution stand only a max-pool and three linear layers with ReLU, so the gradient
needs no autograd. Each pooled cell hands its gradient to exactly one input cell, hence the spatial sum
over H * W cells equals the sum over the pooled ones:

    g7    = W8[c] * (z7 > 0)              (k, D7)
    g6    = (g7 @ W7) * (z6 > 0)          (k, D6)
    alpha = (g6 @ sum(W6)) / (H * W)      (k, C)
    map   = relu(alpha @ A)               (k, H, W)
"""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
import torch

from brain.recognition.network import Activations, Network


def class_activation_maps(network: Network, seen: Activations, labels: Sequence[int]) -> np.ndarray:
    """The Grad-CAM maps of the given identities' logits.

    Returns:
        (k, H, W) float32, zero or greater, not normalised.
    """
    return signed_maps(network, seen, labels).clip(min=0)


def signed_maps(network: Network, seen: Activations, labels: Sequence[int]) -> np.ndarray:
    """The maps before their ReLU, linear in the logit: the map of a difference is the difference of maps.

    Args:
        network: the network that made `seen`.
        seen: activations of one forward pass; maps (C, H, W).
        labels: k identities, 0-based.

    Returns:
        (k, H, W) float32, of either sign, in units of the logit.
    """
    channels, height, width = seen.maps.shape
    with torch.inference_mode():
        g7 = network.fc8.weight[list(labels)] * (seen.fc7 > 0)  # (k, D7)
        g6 = (g7.to(network.dtype) @ network.fc7.weight).float() * (seen.fc6 > 0)  # (k, D6)
        alpha = (g6 @ network.fc6_by_channel) / (height * width)  # (k, C)
        weighted = alpha @ seen.maps.reshape(channels, height * width)  # (k, H * W)
    return weighted.reshape(len(labels), height, width).numpy()


def to_grey(activation_map: np.ndarray, size: int | None = None) -> np.ndarray:
    """Resize a map to the crop, then stretch it to the full range.

    Args:
        activation_map: (H, W) float32, zero or greater.
        size: side of the square wanted, in pixels; None keeps the map's own size.

    Returns:
        (size, size) uint8. A map without contrast is all zero, never NaN.
    """
    resized = activation_map if size is None else cv2.resize(activation_map, (size, size))
    low, high = float(resized.min()), float(resized.max())
    if not high > low:
        return np.zeros(resized.shape, np.uint8)
    return np.rint((resized - low) * (255 / (high - low))).astype(np.uint8)


def to_colour(grey: np.ndarray) -> np.ndarray:
    """(H, W) uint8 -> (H, W, 3) uint8 BGR: blue where the map is cold, red where it is hot."""
    return cv2.applyColorMap(grey, cv2.COLORMAP_JET)
