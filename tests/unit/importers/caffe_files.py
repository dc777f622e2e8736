"""Writes a caffemodel in protocol buffers' wire format, and the prototxt that OpenCV wants beside it."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from tests.unit.importers import vgg

CONVOLUTION, INNER_PRODUCT, POOLING, RELU = "Convolution", "InnerProduct", "Pooling", "ReLU"
V1 = {CONVOLUTION: 4, INNER_PRODUCT: 14, POOLING: 17, RELU: 18}

PROTOTXT = {
    CONVOLUTION: "convolution_param {{ num_output: {outputs} pad: {pad} kernel_size: {kernel} }}",
    INNER_PRODUCT: "inner_product_param {{ num_output: {outputs} }}",
    POOLING: "pooling_param {{ pool: MAX kernel_size: 2 stride: 2 }}",
    RELU: "",
}

Part = tuple[str, str, Sequence[np.ndarray]]


def varint(value: int) -> bytes:
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*out, value])


def integer(number: int, value: int) -> bytes:
    return varint(number << 3) + varint(value)


def message(number: int, content: bytes) -> bytes:
    return varint(number << 3 | 2) + varint(len(content)) + content


def blob(array: np.ndarray, *, older: bool) -> bytes:
    data = message(5, array.astype("<f4").tobytes())
    if not older:
        return data + message(7, message(1, b"".join(varint(size) for size in array.shape)))
    sizes = (1,) * (4 - array.ndim) + array.shape
    return b"".join(integer(number, size) for number, size in enumerate(sizes, start=1)) + data


def parts(weights: dict[str, np.ndarray]) -> list[Part]:
    """Name, type and arrays of every layer in the order in which they run."""
    made: list[Part] = []
    pooled = vgg.pooled_after(vgg.layers(weights))
    for name in vgg.layers(weights):
        arrays = [weights[f"{name}.weight"], weights[f"{name}.bias"]]
        kind = CONVOLUTION if arrays[0].ndim == 4 else INNER_PRODUCT
        made.append((name, kind, arrays))
        if name != "fc8":
            made.append((f"relu_{name}", RELU, []))
        if name in pooled:
            made.append((f"pool_{name}", POOLING, []))
    return made


def write(path: Path, layers: list[Part], *, older: bool = False) -> Path:
    """A NetParameter with `layers` (V1, Caffe before 2015) or with `layer`."""
    net = message(1, b"VGG_FACE_16_layers")
    for name, kind, arrays in layers:
        if older:
            content = integer(5, V1[kind]) + message(4, name.encode())
            content += b"".join(message(6, blob(array, older=True)) for array in arrays)
            net += message(2, content)
        else:
            content = message(1, name.encode()) + message(2, kind.encode()) + message(3, b"below")
            content += varint(5 << 3 | 5) + struct.pack("<f", 1.0)  # loss_weight, which no reader needs
            content += b"".join(message(7, blob(array, older=False)) for array in arrays)
            net += message(100, content)
    path.write_bytes(net)
    return path


def prototxt(path: Path, layers: list[Part]) -> Path:
    side = vgg.CONFIG.input_size
    text = f'input: "data" input_dim: 1 input_dim: 3 input_dim: {side} input_dim: {side}\n'
    below = "data"
    for name, kind, arrays in layers:
        kernel = arrays[0].shape[-1] if arrays else 0
        outputs = len(arrays[0]) if arrays else 0
        detail = PROTOTXT[kind].format(outputs=outputs, kernel=kernel, pad=1 if kernel == 3 else 0)
        text += f'layer {{ name: "{name}" type: "{kind}" bottom: "{below}" top: "{name}" {detail} }}\n'
        below = name
    path.write_text(text)
    return path
