"""Files as dlib serialises its face recognition network, with random numbers."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from brain.recognition.resnet import DESCRIPTOR, STAGES

HEAD = b"\x01\x01\x01\x0dloss_metric_2\x03\x0a\xd7\xa3"


def integer(number: int) -> bytes:
    """A number above zero: the count of its bytes, then these."""
    size = (number.bit_length() + 7) // 8
    return bytes([size]) + number.to_bytes(size, "little")


def tensor(values: np.ndarray) -> bytes:
    dimensions = [*values.shape, 1, 1, 1, 1][:4]
    return integer(2) + b"".join(map(integer, dimensions)) + values.astype("<f4").tobytes()


def shapes() -> list[tuple[int, int, int]]:
    """Width, input channels and side of every convolution's filters, in the order of the computation."""
    found, channels = [(32, 3, 7)], 32
    for width, blocks in STAGES.values():
        for _ in range(blocks):
            found += [(width, channels, 3), (width, width, 3)]
            channels = width
    return found


def layers(seed: int = 0) -> list[np.ndarray]:
    """In turns: filters followed by biases, and gamma followed by beta; at last the embedding's matrix."""
    random = np.random.default_rng(seed)
    arrays: list[np.ndarray] = []
    for width, channels, side in shapes():
        filters = width * channels * side * side
        arrays.append(random.normal(0, (channels * side * side) ** -0.5, filters + width))
        arrays.append(np.concatenate([random.uniform(0.5, 1, width), random.normal(0, 0.1, width)]))
    arrays.append(random.normal(0, 0.1, (256, DESCRIPTOR)))
    return [array.astype(np.float32) for array in arrays]


def write(path: Path, arrays: list[np.ndarray]) -> Path:
    """A file with settings between the tensors, some of which look like a tensor's version."""
    settings = integer(1) + b"\x05con_4" + integer(2) + integer(2) + integer(2)
    path.write_bytes(HEAD + b"".join(settings + tensor(array) for array in arrays) + settings)
    return path
