"""Reads MatConvNet's networks, such as `vgg-face.mat`: .mat files of version 5, with SciPy.

Filters are (height, width, in, out), fully connected layers are filters as large as their input, and the
picture is RGB. Two layouts exist: `layers` and `meta` at the top (vlfeat.org), or both inside `net` (the
archive of robots.ox.ac.uk); filters and biases are in `weights`, or in fields of their own.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from brain.core.errors import RefusedError
from brain.importers.contents import Contents, Layer, Pool, Step

HINT = "Import the file as it was published, vgg-face.mat, or another of the published forms."
HINT_SCIPY = "MATLAB files need SciPy: install it with `pip install scipy`."


def read(path: Path) -> Contents:
    """Read the layers, and the names of the identities if the file lists them.

    Raises:
        RefusedError: SciPy is not installed, the file is damaged, or it contains something else.
    """
    try:
        from scipy.io import loadmat
    except ImportError as error:
        raise RefusedError(f"{path.name} cannot be read without SciPy", HINT_SCIPY) from error
    try:
        found = loadmat(str(path), struct_as_record=False)
        net = vars(found["net"][0, 0]) if "net" in found else found
        return Contents("MatConvNet", list(_steps(net["layers"])), "RGB", _names(net))
    except NotImplementedError as error:
        raise RefusedError(f"{path.name} is a .mat file of version 7.3", HINT) from error
    except Exception as error:  # SciPy raises exceptions of all kinds on damaged files
        raise RefusedError(f"{path.name} cannot be read as a MatConvNet network: {error!r}", HINT) from error


def _steps(layers: np.ndarray) -> Iterator[Step]:
    for cell in layers.flat:
        layer = cell.flat[0]
        kind = _text(layer.type)
        if kind == "pool":
            yield Pool()
        elif kind == "conv":
            if hasattr(layer, "weights"):
                filters, biases = layer.weights.flat
            else:
                filters, biases = layer.filters, layer.biases
            yield Layer(_text(layer.name), _to_torch(filters), biases.reshape(-1))


def _to_torch(filters: np.ndarray) -> np.ndarray:
    """(height, width, in, out), without the trailing ones that MATLAB drops -> (out, in, height, width)."""
    return filters.reshape(filters.shape + (1,) * (4 - filters.ndim), order="A").transpose(3, 2, 0, 1)


def _names(net: Any) -> tuple[str, ...]:
    holder = net["meta"].flat[0] if "meta" in net else None
    classes = getattr(holder, "classes", net.get("classes"))
    if classes is None:
        return ()
    return tuple(_text(cell) for cell in classes.flat[0].description.flat)


def _text(value: np.ndarray) -> str:
    return str(value.flat[0]) if value.size else ""
