"""Reads Torch7's binary serialisation, such as `VGG_FACE.t7`, which Lua's `torch.save` writes.

A value is a 32-bit tag and, depending on it, a number, a string, a table, an object of a class or a boolean.
Tables and objects have an index; an index that was seen before refers to the same value. Numbers are little
endian and sizes have 64 bits, as on every machine that Torch7 ran on. Nothing in a file is executed.

The network is an `nn.Sequential`; its picture is BGR, since the weights came from Caffe.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from brain.core.errors import RefusedError
from brain.importers.contents import Contents, Layer, Pool, Step, mapped

NIL, NUMBER, STRING, TABLE, OBJECT, BOOLEAN = range(6)
ELEMENTS = {
    "Byte": np.uint8,
    "Char": np.int8,
    "Short": np.int16,
    "Int": np.int32,
    "Long": np.int64,
    "Float": np.float32,
    "Double": np.float64,
    "Cuda": np.float32,
}
CONVOLUTIONS = {"SpatialConvolution", "SpatialConvolutionMM"}
IGNORED = {"ReLU", "Threshold", "Dropout", "View", "Reshape", "Identity", "Copy", "SoftMax", "LogSoftMax"}
PACKAGES = {"nn", "cudnn", "inn"}
HINT = "Import the file as it was published, VGG_FACE.t7, or another of the published forms."


@dataclass
class TorchObject:
    """An object of a Lua class other than tensors and storages."""

    kind: str
    fields: dict[Any, Any] = field(default_factory=dict)


class Reader:
    """Reads values from a file's bytes, and checks every read against their end."""

    def __init__(self, data: np.ndarray) -> None:
        self._data = data
        self._at = 0
        self._seen: dict[int, Any] = {}

    def value(self) -> Any:
        """The next value: None, bool, float, str, dict, array or TorchObject.

        Raises:
            ValueError: the value is none of these, or the file ends within it.
        """
        tag = self._one("<i")
        if tag == NIL:
            return None
        if tag == NUMBER:
            return self._one("<d")
        if tag == STRING:
            return self._string()
        if tag == BOOLEAN:
            return self._one("<i") == 1
        if tag not in (TABLE, OBJECT):
            raise ValueError(f"a value of the unknown type {tag}")
        index = self._one("<i")
        if index in self._seen:
            return self._seen[index]
        return self._table(index) if tag == TABLE else self._object(index)

    def _table(self, index: int) -> dict[Any, Any]:
        table = self._seen[index] = {}
        for _ in range(self._one("<i")):
            key = self.value()
            table[key] = self.value()
        return table

    def _object(self, index: int) -> Any:
        kind = self._string()
        if kind.startswith("V "):
            kind = self._string()
        element = ELEMENTS.get(kind.removeprefix("torch.").removesuffix("Tensor").removesuffix("Storage"))
        if element and kind.endswith("Storage"):
            self._seen[index] = self._array(element, self._one("<q"))
        elif element and kind.endswith("Tensor"):
            self._seen[index] = self._tensor(element)
        else:
            self._seen[index] = made = TorchObject(kind)
            made.fields.update(self.value() or {})
        return self._seen[index]

    def _tensor(self, element: type) -> np.ndarray:
        rank = self._one("<i")
        sizes = self._array(np.int64, rank).tolist()
        strides = self._array(np.int64, rank).tolist()
        start = self._one("<q") - 1
        storage = self.value()
        if rank == 0 or storage is None:
            return np.empty(0, element)
        dense = [math.prod(sizes[axis + 1 :]) for axis in range(rank)]
        if any(size > 1 and stride != d for size, stride, d in zip(sizes, strides, dense, strict=True)):
            raise ValueError("a tensor that is not stored row by row")
        array: np.ndarray = storage[start : start + math.prod(sizes)].reshape(sizes)
        return array

    def _array(self, element: type, count: int) -> np.ndarray:
        size = np.dtype(element).itemsize * count
        return self._bytes(size).view(element)

    def _string(self) -> str:
        return self._bytes(self._one("<i")).tobytes().decode("latin-1")

    def _one(self, form: str) -> Any:
        return struct.unpack(form, self._bytes(struct.calcsize(form)).tobytes())[0]

    def _bytes(self, size: int) -> np.ndarray:
        end = self._at + size
        if size < 0 or end > len(self._data):
            raise ValueError("the end in the middle of a value")
        self._at, start = end, self._at
        return self._data[start:end]


def read(path: Path) -> Contents:
    """Read an `nn.Sequential`.

    Raises:
        RefusedError: the file is damaged, or holds another network.
    """
    try:
        steps = list(_steps(Reader(mapped(str(path))).value()))
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise RefusedError(f"{path.name} cannot be read as a Torch7 network: {error}", HINT) from error
    return Contents("Torch7", steps, "BGR")


def _steps(module: TorchObject) -> Iterator[Step]:
    package, _, kind = module.kind.partition(".")
    if package not in PACKAGES:
        raise ValueError(f"it holds {module.kind}, not a network")
    if kind == "Sequential":
        children = module.fields["modules"]
        for number in sorted(children):
            yield from _steps(children[number])
    elif kind == "SpatialMaxPooling":
        yield Pool()
    elif kind in CONVOLUTIONS or kind == "Linear":
        yield _layer(kind, module.fields)
    elif kind not in IGNORED:
        raise ValueError(f"VGG-Face has no {module.kind}")


def _layer(kind: str, fields: dict[str, Any]) -> Layer:
    weight = fields["weight"]
    if kind in CONVOLUTIONS and weight.ndim == 2:
        # The MM variant stores (out, in * height * width).
        height, width = int(fields["kH"]), int(fields["kW"])
        weight = weight.reshape(len(weight), -1, height, width)
    return Layer(f"nn.{kind}", weight, fields["bias"])
