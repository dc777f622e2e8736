"""What every reader returns: the layers of a file in the order in which they run, in one layout.

Every format has its own layout. A reader converts it to this one, which is also PyTorch's and Caffe's:

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
    """A layer with weights, under its name in the file; `bias` is None if it has none."""

    name: str
    weight: np.ndarray
    bias: np.ndarray | None = None


@dataclass(frozen=True)
class Pool:
    """A 2x2 max-pool, which ends a block of convolutions."""


Step = Layer | Pool


@dataclass(frozen=True)
class Contents:
    """A file as read.

    Attributes:
        form: the format's name, for people to read.
        steps: layers and pools in the order in which they run; other steps without weights are left out.
        channel_order: the order in which the first convolution expects the picture's channels.
        names: the identities, if the file lists them.
    """

    form: str
    steps: Sequence[Step]
    channel_order: ChannelOrder
    names: tuple[str, ...] = ()


def mapped(path: str) -> np.ndarray:
    """A file, memory-mapped as (n,) uint8. Writing to the array does not change the file."""
    return np.memmap(path, dtype=np.uint8, mode="c")
