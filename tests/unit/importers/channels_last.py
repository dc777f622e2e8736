"""Runs a VGG in the layout of MatConvNet and Keras, with NumPy alone: pictures (height, width, channel),
filters (height, width, in, out), flattening channel last."""

from __future__ import annotations

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from tests.unit.importers import vgg

Array = np.ndarray
Arrays = dict[str, tuple[Array, Array]]


def arrays_of(weights: vgg.Weights, *, dense: bool) -> Arrays:
    """Filters and biases by layer; fully connected layers are matrices if dense, else convolutions."""
    made = {}
    for name in vgg.layers(weights):
        filters = vgg.as_convolution(weights, name).transpose(2, 3, 1, 0)
        if dense and name.startswith("fc"):
            filters = filters.reshape(-1, filters.shape[-1])
        made[name] = (filters, weights[f"{name}.bias"])
    return made


def run(arrays: Arrays, x: Array) -> Array:
    """The logits of a picture (H, W, 3) that is centred and in the network's channel order."""
    pooled = vgg.pooled_after(arrays)
    for name, (filters, biases) in arrays.items():
        if filters.ndim == 2:
            x = dense(x, filters, biases)
        else:
            x = convolved(x, filters, biases, padding=1 if name.startswith("conv") else 0)
        x = np.maximum(x, 0) if name != "fc8" else x
        x = pool(x) if name in pooled else x
    return x


def convolved(x: Array, filters: Array, biases: Array, padding: int) -> Array:
    """(H, W, C) with (h, w, C, K) -> (H', W', K)."""
    height, width = filters.shape[:2]
    padded = np.pad(x.astype(np.float64), ((padding, padding), (padding, padding), (0, 0)))
    windows = sliding_window_view(padded, (height, width), axis=(0, 1))  # (H', W', C, h, w)
    return np.asarray(np.einsum("abcij,ijck->abk", windows, filters) + biases)


def pool(x: Array) -> Array:
    """The maximum of every 2x2 square."""
    height, width, channels = x.shape
    return np.asarray(x.reshape(height // 2, 2, width // 2, 2, channels).max((1, 3)))


def dense(x: Array, kernel: Array, biases: Array) -> Array:
    """Flattens channel last, then (in,) @ (in, out)."""
    return np.asarray(x.reshape(-1).astype(np.float64) @ kernel + biases)
