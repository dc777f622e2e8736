"""Imports ONNX files as tests want them."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from brain.importers import presets
from brain.importers.onnx_import import OnnxOptions, import_onnx
from brain.recognition.loading import load_without_people
from brain.recognition.onnx.network import ImportedNetwork
from tests.unit.importers.onnx_files import weights

ARCFACE = OnnxOptions("own", presets.FAMILIES["arcface"])


def bring(path: Path, options: OnnxOptions = ARCFACE) -> ImportedNetwork:
    """Import a file, and load the imported model."""
    import_onnx(path, path.parent / "models", options)
    network = load_without_people(path.parent / "models" / options.name)
    assert isinstance(network, ImportedNetwork)
    return network


def tensors_of_small() -> dict[str, np.ndarray]:
    return {"w": weights(8, 3, 3, 3), "v": weights(8, 32, seed=1)}
