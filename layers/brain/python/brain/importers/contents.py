"""What a reader hands over: the layers of a file in the order in which they run, in one layout.

Every format has its own layouts. A reader turns them into this one, which is also PyTorch's and Caffe's:

    convolution       (out, in, height, width), applied without flipping
    fully connected   (out, in), or (out, in, height, width) where the file stores a convolution; in fc6
                      `in` is flattened channel first: all cells of channel 0, then of channel 1 ...
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

ChannelOrder = Literal["RGB", "BGR"]


@dataclass(frozen=True)
class Layer:
    """A layer with weights, and the name that its file gives it; `bias` is None where it has none."""

    name: str
    weight: np.ndarray
    bias: np.ndarray | None = None


@dataclass(frozen=True)
class Pool:
    """A 2x2 max-pool: what ends a block of convolutions."""


Step = Layer | Pool


@dataclass(frozen=True)
class Contents:
    """A file as read.

    Attributes:
        form: the format, as a person would name it.
        steps: layers and pools in the order in which they run; whatever has no weights is left out.
        channel_order: which channel of the picture the first convolution expects first.
        names: the identities, where the file lists them.
    """

    form: str
    steps: Sequence[Step]
    channel_order: ChannelOrder
    names: tuple[str, ...] = ()


def mapped(path: str) -> np.ndarray:
    """A file's bytes as (n,) uint8 without reading them; writing to them would not reach the file."""
    return np.memmap(path, dtype=np.uint8, mode="c")
