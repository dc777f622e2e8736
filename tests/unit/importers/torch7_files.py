"""Writes Torch7's binary serialisation, as Lua's `torch.save` does, apart from the reader under test."""

from __future__ import annotations

import struct
from pathlib import Path

import numpy as np

from tests.unit.importers import vgg

Module = tuple[str, dict[str, object]]


class Writer:
    def __init__(self) -> None:
        self.data = bytearray()
        self._next = 0

    def _pack(self, form: str, *values: object) -> None:
        self.data += struct.pack(f"<{form}", *values)

    def _index(self) -> None:
        self._next += 1
        self._pack("i", self._next)

    def _string(self, text: str) -> None:
        self._pack("i", len(text))
        self.data += text.encode()

    def value(self, value: object) -> None:
        if value is None:
            self._pack("i", 0)
        elif isinstance(value, bool):
            self._pack("ii", 5, int(value))
        elif isinstance(value, int | float):
            self._pack("id", 1, value)
        elif isinstance(value, str):
            self._pack("i", 2)
            self._string(value)
        elif isinstance(value, dict):
            self._pack("i", 3)
            self._index()
            self._pack("i", len(value))
            for key, item in value.items():
                self.value(key)
                self.value(item)
        elif isinstance(value, np.ndarray):
            self._tensor(value)
        elif isinstance(value, list):
            self._object("torch.LongStorage")
            self._pack(f"q{len(value)}q", len(value), *value)
        elif isinstance(value, tuple):
            self._object(value[0])
            self.value(value[1])
        else:
            raise TypeError(f"Torch7 has no form for {value!r}")

    def _object(self, kind: str) -> None:
        self._pack("i", 4)
        self._index()
        self._string("V 1")
        self._string(kind)

    def _tensor(self, array: np.ndarray) -> None:
        element = {"float32": "Float", "float64": "Double"}[array.dtype.name]
        self._object(f"torch.{element}Tensor")
        if not array.size:
            # As a cleared gradient: no dimensions, and a storage that was emptied or never made.
            self._pack("iq", 0, 1)
            return self.value(None)
        strides = [stride // array.itemsize for stride in array.strides]
        # A storage may be larger than its tensor, which then starts somewhere inside.
        self._pack(f"i{2 * array.ndim + 1}q", array.ndim, *array.shape, *strides, 3)
        self._object(f"torch.{element}Storage")
        self._pack("q", array.size + 2)
        self.data += bytes(2 * array.itemsize) + array.tobytes()
        return None


def layer(kind: str, **fields: object) -> Module:
    empty = np.empty(0, np.float32)
    return kind, {"train": False, "_type": "torch.FloatTensor", "output": empty, **fields}


def sequential(modules: list[Module]) -> Module:
    return layer("nn.Sequential", modules=dict(enumerate(modules, start=1)))


def convolution(weight: np.ndarray, bias: np.ndarray, kind: str = "nn.SpatialConvolution") -> Module:
    out, channels, height, width = weight.shape
    stored = weight.reshape(out, -1) if kind.endswith("MM") else weight
    sizes = {"nInputPlane": channels, "nOutputPlane": out, "kH": height, "kW": width}
    moves = {"dH": 1, "dW": 1, "padH": 1, "padW": 1}
    return layer(kind, weight=stored, bias=bias, **sizes, **moves)


def modules(weights: dict[str, np.ndarray], kind: str = "nn.SpatialConvolution") -> list[Module]:
    """The modules of VGG_FACE.t7, at the widths of the weights."""
    made = []
    pooled = vgg.pooled_after(vgg.layers(weights))
    for name in vgg.layers(weights):
        weight, bias = weights[f"{name}.weight"], weights[f"{name}.bias"]
        if name == "fc6":
            made.append(layer("nn.View", size=[weight.shape[1]], numElements=weight.shape[1]))
        if name.startswith("conv"):
            made.append(convolution(weight, bias, kind))
        else:
            made.append(layer("nn.Linear", weight=weight, bias=bias))
        if name != "fc8":
            made.append(layer("nn.ReLU", inplace=True, threshold=0, val=0))
        if name in ("fc6", "fc7"):
            made.append(layer("nn.Dropout", p=0.5, v2=True))
        if name in pooled:
            made.append(
                layer("nn.SpatialMaxPooling", kW=2, kH=2, dW=2, dH=2, padW=0, padH=0, ceil_mode=False)
            )
    return made


def write(path: Path, root: object) -> Path:
    writer = Writer()
    writer.value(root)
    path.write_bytes(writer.data)
    return path
