"""Writes networks as MatConvNet stores them, in version 5 .mat files, by SciPy."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from scipy.io import savemat

from tests.unit.importers import vgg
from tests.unit.importers.channels_last import Arrays


def cells(items: list[object]) -> np.ndarray:
    made = np.empty((1, len(items)), object)
    made[0, :] = items
    return made


def write(path: Path, arrays: Arrays, *, oxford: bool, people: int = 7) -> Path:
    """The archive of Oxford holds `net` and the newest `weights`, vlfeat.org the fields at the top."""
    layers: list[object] = []
    pooled = vgg.pooled_after(arrays)
    for name, (filters, biases) in arrays.items():
        pair = {"filters": filters, "biases": biases[None]}
        numbers = {"weights": cells(list(pair.values()))} if oxford else pair
        layers.append({"name": name, "type": "conv", "pad": np.ones((1, 4)), "stride": 1.0, **numbers})
        layers.append({"name": f"relu_{name}", "type": "relu"})
        if name in pooled:
            layers.append({"name": f"pool_{name}", "type": "pool", "pool": np.array([[2.0, 2.0]])})
    layers[-1] = {"name": "prob", "type": "softmax"}
    classes = {"description": cells([f"Person_{number}" for number in range(people)])}
    net = {
        "layers": cells(layers),
        "classes" if oxford else "meta": classes if oxford else {"classes": classes},
    }
    savemat(path, {"net": net} if oxford else net, format="5", do_compression=True, oned_as="column")
    return path
