"""Grad-CAM, for any number of identities, from one forward pass.

Selvaraju et al., arXiv 1611.07450, equations 1 and 2: a channel's weight is the spatial mean of the
logit's gradient with respect to that channel, and the map is the ReLU of the weighted sum of channels. The
network gives the gradients, in closed form where it has one.
"""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
import torch

from brain.recognition.classifier import Activations, Classifier


def class_activation_maps(network: Classifier, seen: Activations, labels: Sequence[int]) -> np.ndarray:
    """The Grad-CAM maps of the given identities' logits.

    Returns:
        (k, H, W) float32, zero or greater, not normalised.
    """
    return signed_maps(network, seen, labels).clip(min=0)


def signed_maps(network: Classifier, seen: Activations, labels: Sequence[int]) -> np.ndarray:
    """The maps before their ReLU, linear in the logit: the map of a difference is the difference of maps.

    Args:
        network: the network that made `seen`.
        seen: activations of one forward pass; features (C, H, W).
        labels: k identities, 0-based.

    Returns:
        (k, H, W) float32, of either sign, in units of the logit.
    """
    channels, height, width = seen.features.shape
    with torch.inference_mode():
        alpha = network.mean_logit_gradients(seen, labels)  # (k, C)
        weighted = alpha @ seen.features.reshape(channels, height * width)  # (k, H * W)
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
