"""dlib's face recognition ResNet as a torch module, read from dlib's own file.

dlib runs its network for one face at a time on a processor; torch runs the same layers many times
faster, fast enough to ask the teacher about every picture that training makes up on its way.

The network (Davis King, dlib's dnn_face_recognition_ex.cpp; He et al., arXiv 1512.03385):

    (B, 3, 150, 150) -> 7x7 conv 32, stride 2 -> 3x3 max-pool, stride 2 -> (B, 32, 35, 35)
    14 residual blocks of two 3x3 convs, four of which halve the side -> (B, 256, 1, 1)
    mean over places -> (B, 256) -> linear without bias -> (B, 128)

Each conv is followed by an affine layer (a batch norm that no longer learns), which is folded into it here.
Where a block changes the size, dlib pads the smaller of its two sums with zeros.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

CHIP = 150
MEAN = (122.782, 117.001, 104.298)  # of RGB, 0 to 255
SCALE = 1 / 256
STEM = 32
# Channels of each block, and whether it halves the side.
BLOCKS = (
    *[(32, False)] * 3,
    *[(64, True), *[(64, False)] * 3],
    *[(128, True), *[(128, False)] * 2],
    *[(256, True), *[(256, False)] * 2],
    (256, True),
)
EMBEDDING = 128
TENSOR_VERSION = 2


class FaceResNet(nn.Module):
    """(B, 3, 150, 150) float32 RGB from 0 to 255 -> (B, 128) float32."""

    def __init__(self) -> None:
        super().__init__()
        self.stem = nn.Conv2d(3, STEM, 7, stride=2)
        self.first, self.second = nn.ModuleList(), nn.ModuleList()
        channels = STEM
        for width, halves in BLOCKS:
            self.first.append(_conv(channels, width, halves))
            self.second.append(_conv(width, width, False))
            channels = width
        self.embedding = nn.Linear(channels, EMBEDDING, bias=False)

    def convolutions(self) -> Iterator[nn.Conv2d]:
        """From the input to the output."""
        yield self.stem
        for pair in zip(self.first, self.second, strict=True):
            yield from pair  # type: ignore[misc]

    def forward(self, x: Tensor) -> Tensor:
        x = (x - x.new_tensor(MEAN).view(1, 3, 1, 1)) * SCALE
        x = functional.max_pool2d(torch.relu(self.stem(x)), 3, 2)
        for first, second, (_, halves) in zip(self.first, self.second, BLOCKS, strict=True):
            change = second(torch.relu(first(x)))
            x = torch.relu(_padded_sum(functional.avg_pool2d(x, 2) if halves else x, change))
        return self.embedding(x.mean((2, 3)))


def read_resnet(path: Path) -> FaceResNet:
    """The network with the weights of `dlib_face_recognition_resnet_model_v1.dat`.

    Raises:
        ValueError: the file does not hold this network's tensors.
    """
    network, file = FaceResNet().eval(), Serialised(path.read_bytes())
    for conv in network.convolutions():
        width = conv.out_channels
        filters, bias = file.next(conv.weight.numel() + width).split([conv.weight.numel(), width])
        gain, shift = file.next(2 * width).split(width)
        # gain * (w x + b) + shift is one convolution.
        conv.weight.data = filters.view_as(conv.weight) * gain.view(-1, 1, 1, 1)
        conv.bias = nn.Parameter(bias * gain + shift)
    last = network.embedding
    last.weight.data = file.next(last.in_features, last.out_features).view(-1, EMBEDDING).T.contiguous()
    return network.requires_grad_(False)


class Serialised:
    """The tensors of a file that dlib serialised, in their order.

    A tensor is its version, four dimensions and its numbers (float32, little endian). An integer is one byte
    that holds its length, then its bytes. Between the tensors stand small settings, which are passed over.
    """

    def __init__(self, data: bytes) -> None:
        self._data, self._place = data, 0

    def next(self, *dimensions: int) -> Tensor:
        """The next tensor of these dimensions, flat.

        Raises:
            ValueError: there is none, or it is cut off.
        """
        header = b"".join(map(integer, (TENSOR_VERSION, *dimensions, 1, 1, 1)[:5]))
        found, count = self._data.find(header, self._place), math.prod(dimensions)
        start = found + len(header)
        self._place = start + 4 * count
        if found < 0 or self._place > len(self._data):
            raise ValueError("these are not the layers of dlib's face recognition network")
        return torch.from_numpy(np.frombuffer(self._data, "<f4", count, start).copy())


def integer(number: int) -> bytes:
    """A number above zero as dlib writes it."""
    length = (number.bit_length() + 7) // 8
    return bytes([length]) + number.to_bytes(length, "little")


def _conv(channels: int, width: int, halves: bool) -> nn.Conv2d:
    return nn.Conv2d(channels, width, 3, stride=2 if halves else 1, padding=0 if halves else 1)


def _padded_sum(a: Tensor, b: Tensor) -> Tensor:
    """The sum of maps of different sizes, the missing channels and edges taken as zero."""
    _, channels, height, width = (max(sizes) for sizes in zip(a.shape, b.shape, strict=True))
    return sum(  # type: ignore[return-value]
        functional.pad(x, (0, width - x.shape[3], 0, height - x.shape[2], 0, channels - x.shape[1]))
        for x in (a, b)
    )
