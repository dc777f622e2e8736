"""dlib's weights: `dlib_face_recognition_resnet_model_v1.dat`, as `dlib::serialize` wrote it.

A tensor is its version, four dimensions, and its numbers (float32, little endian). An integer is one byte
with its length in bytes, then those bytes, least significant first. Between the tensors there are a few bytes
of settings, which are skipped. A convolution is one tensor: its filters, then its biases. The affine layer
that follows it is another one: gamma, then beta. The two are merged into one convolution, since

    gamma * (w * x + b) + beta = (gamma * w) * x + (gamma * b + beta)
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from brain.core.errors import RefusedError
from brain.importers.contents import Contents, Layer
from brain.recognition.resnet import DESCRIPTOR, STAGES, STEM

TENSOR_VERSION = 2
HINT = "Import dlib_face_recognition_resnet_model_v1.dat as the package face_recognition_models ships it."


def read(path: Path) -> Contents:
    """Read the convolutions, with their affine layers folded in, and the last layer.

    Raises:
        RefusedError: the file does not hold the tensors of dlib's face recognition network.
    """
    try:
        return Contents("dlib", list(_layers(TensorReader(path.read_bytes()))), "RGB")
    except ValueError as error:
        raise RefusedError(f"{path.name} cannot be read as dlib's network: {error}", HINT) from error


class TensorReader:
    """Reads the tensors of a file in their order.

    Args:
        data: the file's bytes.
    """

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._position = 0

    def next(self, *dimensions: int) -> np.ndarray:
        """The next tensor with these dimensions, flat.

        Raises:
            ValueError: there is none, or it is cut off.
        """
        header = b"".join(map(encode_integer, (TENSOR_VERSION, *dimensions, 1, 1, 1)[:5]))
        found, count = self._data.find(header, self._position), math.prod(dimensions)
        start = found + len(header)
        self._position = start + 4 * count
        if found < 0 or self._position > len(self._data):
            raise ValueError(f"a tensor of {' x '.join(map(str, dimensions))} numbers is missing")
        return np.frombuffer(self._data, "<f4", count, start)


def encode_integer(number: int) -> bytes:
    """Encode a positive number as dlib does."""
    length = (number.bit_length() + 7) // 8
    return bytes([length]) + number.to_bytes(length, "little")


def _layers(tensors: TensorReader) -> Iterator[Layer]:
    for name, shape in _convolutions():
        width, filters = shape[0], math.prod(shape)
        weight, bias = np.split(tensors.next(filters + width), [filters])
        gamma, beta = np.split(tensors.next(2 * width), [width])
        yield Layer(name, weight.reshape(shape) * gamma.reshape(-1, 1, 1, 1), bias * gamma + beta)
    channels = list(STAGES.values())[-1][0]
    yield Layer("embedding", np.ascontiguousarray(tensors.next(channels, DESCRIPTOR).reshape(channels, -1).T))


def _convolutions() -> Iterator[tuple[str, tuple[int, int, int, int]]]:
    """Name and shape of the filters, in the order of the file, which is that of the computation."""
    yield "stem", (STEM, 3, 7, 7)
    channels = STEM
    for stage, (width, blocks) in STAGES.items():
        for block in range(blocks):
            yield f"{stage}.{block}.conv1", (width, channels, 3, 3)
            yield f"{stage}.{block}.conv2", (width, width, 3, 3)
            channels = width
