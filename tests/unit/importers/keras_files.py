"""Writes HDF5 files laid out as Keras 1 and 2 write them, by h5py."""

from __future__ import annotations

from pathlib import Path

import h5py
import numpy as np

from tests.unit.importers import vgg
from tests.unit.importers.channels_last import Arrays


def write(path: Path, kernels: Arrays, *, keras_1: bool = False, whole_model: bool = False) -> Path:
    """Weights alone, as `save_weights` writes them, or inside a whole model, as `save` does."""
    parts = ("_W", "_b") if keras_1 else ("/kernel:0", "/bias:0")
    with h5py.File(path, "w") as file:
        root = file.create_group("model_weights") if whole_model else file
        if whole_model:
            file.attrs["model_config"] = b"{}"
        order = ["input_1"]
        for name, arrays in kernels.items():
            order.append(name)
            group = root.create_group(name)
            names = [f"{name}{part}" for part in parts]
            group.attrs["weight_names"] = np.array([weight.encode() for weight in names])
            for weight, array in zip(names, arrays, strict=True):
                group.create_dataset(weight, data=array)
            if name in vgg.pooled_after(kernels):
                order.append(f"max_pooling2d_{len(order)}")
        order.append("flatten")
        for name in set(order) - set(kernels):
            root.create_group(name).attrs["weight_names"] = np.array([], "S1")
        root.attrs["layer_names"] = np.array([name.encode() for name in order])
        root.attrs["backend"] = b"tensorflow"
    return path
