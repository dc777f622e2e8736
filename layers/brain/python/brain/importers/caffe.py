"""Reads Caffe's weights, such as `VGG_FACE.caffemodel`: a NetParameter in protocol buffers' wire format.

Only the fields that matter are read, so neither Caffe nor a generated schema is needed. The numbers stay
where they are in the memory-mapped file. Field numbers are those of BVLC's `caffe.proto`:

    NetParameter       layers = 2 (V1LayerParameter), layer = 100 (LayerParameter)
    LayerParameter     name = 1, type = 2 (string), blobs = 7
    V1LayerParameter   name = 4, type = 5 (enum),   blobs = 6
    BlobProto          num, channels, height, width = 1 ... 4 (older), data = 5, shape = 7 { dim = 1 }

The picture is BGR: Caffe read its photos with OpenCV.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from brain.core.errors import RefusedError
from brain.importers.contents import Contents, Layer, Pool, Step, mapped
from brain.importers.wire import fields, varints

V1_TYPES = {4: "Convolution", 14: "InnerProduct", 17: "Pooling"}
HINT = "Import the file as it was published, VGG_FACE.caffemodel, or another of the published forms."


@dataclass(frozen=True)
class Dialect:
    """Where a layer keeps its name, type and weights."""

    name: int
    kind: int
    blobs: int


DIALECTS = {2: Dialect(name=4, kind=5, blobs=6), 100: Dialect(name=1, kind=2, blobs=7)}


def read(path: Path) -> Contents:
    """Read the layers that have weights, and the pools between them.

    Raises:
        RefusedError: the file is damaged, or is not a caffemodel.
    """
    try:
        steps = list(_steps(mapped(str(path))))
    except (ValueError, IndexError, TypeError, KeyError) as error:
        raise RefusedError(f"{path.name} cannot be read as a caffemodel: {error}", HINT) from error
    return Contents("Caffe", steps, "BGR")


def _steps(net: np.ndarray) -> Iterator[Step]:
    for number, value in fields(net):
        if number not in DIALECTS or isinstance(value, int):
            continue
        name, kind, blobs = _parts(value, DIALECTS[number])
        if kind == "Pooling":
            yield Pool()
        elif kind in ("Convolution", "InnerProduct"):
            if len(blobs) != 2:
                raise ValueError(f"{name} has {len(blobs)} blobs, not weights and biases")
            weight, bias = (_blob(blob) for blob in blobs)
            matrix = kind == "InnerProduct"
            # Older files write a matrix as (1, 1, out, in).
            yield Layer(name, weight.reshape(weight.shape[-2:]) if matrix else weight, bias.reshape(-1))


def _parts(layer: np.ndarray, dialect: Dialect) -> tuple[str, str | None, list[np.ndarray]]:
    name, kind, blobs = "", None, []
    for number, value in fields(layer):
        if isinstance(value, int):
            kind = V1_TYPES.get(value) if number == dialect.kind else kind
        elif number == dialect.name:
            name = value.tobytes().decode("utf-8", "replace")
        elif number == dialect.kind:
            kind = value.tobytes().decode("utf-8", "replace")
        elif number == dialect.blobs:
            blobs.append(value)
    return name, kind, blobs


def _blob(blob: np.ndarray) -> np.ndarray:
    older, shape, data = [1, 1, 1, 1], [], np.empty(0, np.float32)
    for number, value in fields(blob):
        if isinstance(value, int):
            if 1 <= number <= 4:
                older[number - 1] = value
        elif number == 5:
            data = value.view(np.float32)
        elif number == 7:
            shape = list(_dimensions(value))
    if math.prod(shape or older) != len(data):
        raise ValueError(f"a blob of shape {tuple(shape or older)} has {len(data)} numbers")
    return data.reshape(shape or older)


def _dimensions(shape: np.ndarray) -> Iterator[int]:
    for number, value in fields(shape):
        if number == 1:
            yield from varints(value)
