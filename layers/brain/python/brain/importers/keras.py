"""Reads `.h5` files of Keras 1 and 2, weights alone or a whole model, with h5py.

Kernels are (height, width, in, out) and dense ones (in, out), where fc6's `in` is flattened channel
last: all channels of the first cell, then of the second ... The attribute `layer_names` lists every
layer, pools too, in the order in which they run.

A file does not state the order of the picture's channels, but its fully connected layers tell where it came
from: convolutions are from MatConvNet, hence RGB; dense layers are from Caffe, hence BGR.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from brain.core.errors import RefusedError
from brain.importers.contents import Contents, Layer, Pool, Step

HINT = "Import weights that Keras 1 or 2 saved as .h5 with TensorFlow's layout, or another published form."
HINT_H5PY = "Keras files need h5py: install it with `pip install h5py`."


def read(path: Path) -> Contents:
    """Read the layers of a sequential VGG.

    Raises:
        RefusedError: h5py is not installed, the file is damaged, or its layout is Theano's or Keras 3's.
    """
    try:
        import h5py
    except ImportError as error:
        raise RefusedError(f"{path.name} cannot be read without h5py", HINT_H5PY) from error
    try:
        with h5py.File(path, "r") as file:
            steps = list(_steps(file.get("model_weights", file)))
    except (
        OSError,
        RuntimeError,
        LookupError,
        ValueError,
        TypeError,
        AttributeError,
        ZeroDivisionError,
    ) as error:
        raise RefusedError(f"{path.name} cannot be read as a Keras network: {error}", HINT) from error
    layers = [step for step in steps if isinstance(step, Layer)]
    convolutional = bool(layers) and layers[-1].weight.ndim == 4
    return Contents("Keras", steps, "RGB" if convolutional else "BGR")


def _steps(root: Any) -> Iterator[Step]:
    channels = 3
    for name in map(_text, root.attrs["layer_names"]):
        parts = [root[name][_text(part)] for part in root[name].attrs["weight_names"]]
        if not parts:
            if "pool" in name.lower():
                yield Pool()
            continue
        if len(parts) != 2:
            raise ValueError(f"{name} has {len(parts)} arrays, not weights and biases")
        yield _layer(name, np.asarray(parts[0]), np.asarray(parts[1]), channels)
        channels = len(parts[1])


def _layer(name: str, kernel: np.ndarray, bias: np.ndarray, channels: int) -> Layer:
    """Convert a layer; `channels` is the number of output channels of the layer before it."""
    if kernel.shape[-1] != len(bias):
        raise ValueError(f"{name} has the shape {kernel.shape}, which is Theano's layout")
    if kernel.ndim == 2:
        side = max(1, round((len(kernel) / channels) ** 0.5))
        if side * side * channels != len(kernel):
            raise ValueError(f"{name} takes {len(kernel)} numbers, not a square of {channels} channels")
        by_cell = kernel.reshape(side, side, channels, -1)
        return Layer(name, by_cell.transpose(3, 2, 0, 1).reshape(len(bias), -1), bias)
    return Layer(name, kernel.transpose(3, 2, 0, 1), bias)


def _text(name: bytes | str) -> str:
    return name.decode() if isinstance(name, bytes) else name
