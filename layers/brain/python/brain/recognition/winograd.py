"""Winograd's minimal filtering: a 3x3 convolution with fewer multiplications.

Lavin, Gray, "Fast Algorithms for Convolutional Neural Networks", arXiv 1509.09308, sections 4.1 to 4.3. The
output is cut into tiles of m x m cells. With each of them, the a x a input cells that it depends on
(a = m + 2) are transformed, d' = B^T d B, multiplied with the transformed filters, M = sum_c g' * d', and
transformed back, y = A^T M A. That takes a^2 multiplications per tile and pair of channels instead of
9 m^2: 4 times fewer with m = 4, 2.25 times fewer with m = 2.
"""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional

# How many bytes of transformed tiles are held at once: about as many as the filters have, which are read once
# for each band. Few tiles stay in the processor's cache.
BAND_BYTES = 1 << 20, 1 << 23
# With fewer weights, the transforms take as long as what they save.
LEAST_WEIGHTS = 9 * 64 * 64


class Transforms(NamedTuple):
    """The matrices B^T (a, a), G (a, 3) and A^T (m, a) of one size of tiles."""

    inputs: Tensor
    filters: Tensor
    outputs: Tensor


TRANSFORMS = {
    2: Transforms(
        torch.tensor([[1.0, 0, -1, 0], [0, 1, 1, 0], [0, -1, 1, 0], [0, 1, 0, -1]]),
        torch.tensor([[1.0, 0, 0], [1 / 2, 1 / 2, 1 / 2], [1 / 2, -1 / 2, 1 / 2], [0, 0, 1]]),
        torch.tensor([[1.0, 1, 1, 0], [0, 1, -1, -1]]),
    ),
    4: Transforms(
        torch.tensor(
            [
                [4.0, 0, -5, 0, 1, 0],
                [0, -4, -4, 1, 1, 0],
                [0, 4, -4, -1, 1, 0],
                [0, -2, -1, 2, 1, 0],
                [0, 2, -1, -2, 1, 0],
                [0, 4, 0, -5, 0, 1],
            ]
        ),
        torch.tensor(
            [
                [1 / 4, 0, 0],
                [-1 / 6, -1 / 6, -1 / 6],
                [-1 / 6, 1 / 6, -1 / 6],
                [1 / 24, 1 / 12, 1 / 6],
                [1 / 24, -1 / 12, 1 / 6],
                [0, 0, 1],
            ]
        ),
        torch.tensor([[1.0, 1, 1, 1, 1, 0], [0, 1, -1, 2, -2, 0], [0, 1, 1, 4, 4, 0], [0, 1, -1, 8, -8, 1]]),
    ),
}


class WinogradConv2d(nn.Conv2d):
    """A 3x3 convolution with stride 1 and padding 1, by minimal filtering.

    Where a gradient is wanted or the network is traced for an export, it is a plain convolution.

    Args:
        channels, width: of the input and of the output.
        tile: m, 2 or 4. Larger tiles save more, take 16/9 or 4 times the memory of the weights, and round
            more (to 1e-5 or 1e-4 of the output's spread).
    """

    def __init__(self, channels: int, width: int, tile: int) -> None:
        super().__init__(channels, width, 3, padding=1)
        self.tile = tile
        self._filters: tuple[tuple[int, int], Tensor] | None = None

    def forward(self, x: Tensor) -> Tensor:
        """(B, C, H, W) -> (B, D, H, W)."""
        return self.convolve(x, 1)

    def convolve(self, x: Tensor, padding: int) -> Tensor:
        """The convolution with another padding."""
        traced = torch.jit.is_tracing()  # type: ignore[attr-defined, no-untyped-call]
        if x.requires_grad or x.dtype is not torch.float32 or traced:
            return functional.conv2d(x, self.weight, self.bias, padding=padding)
        m = self.tile
        height, width = x.shape[2] + 2 * padding - 2, x.shape[3] + 2 * padding - 2
        rows, columns = -(-height // m), -(-width // m)
        margins = (
            padding,
            columns * m + 2 - x.shape[3] - padding,
            padding,
            rows * m + 2 - x.shape[2] - padding,
        )
        padded = functional.pad(x.permute(0, 2, 3, 1), (0, 0, *margins)).contiguous()
        out = x.new_empty(len(x), rows * m, columns * m, self.out_channels)
        band = self._band(len(x) * columns)
        for top in range(0, rows, band):
            bottom = min(top + band, rows)
            self._compute(padded[:, top * m : bottom * m + 2], out[:, top * m : bottom * m])
        return out[:, :height, :width].permute(0, 3, 1, 2)

    def _band(self, columns: int) -> int:
        """How many rows with so many tiles are computed at once."""
        bytes_per_channel = 4 * (self.tile + 2) ** 2 * self.in_channels
        least, most = BAND_BYTES
        wanted = min(max(bytes_per_channel * self.out_channels, least), most)
        return max(1, wanted // (bytes_per_channel * columns))

    def _compute(self, x: Tensor, out: Tensor) -> None:
        """Some rows of tiles: x (B, R m + 2, W + 2, C) into out (B, R m, W, D)."""
        m, a = self.tile, self.tile + 2
        (to_inputs, to_outputs), (batch, height, width, _) = squared(m), out.shape
        grid = (batch, height // m, width // m)
        sample, row, column, channel = x.stride()
        tiles = x.as_strided(
            (a, a, *grid, self.in_channels), (row, column, sample, m * row, m * column, channel)
        )
        inputs = to_inputs @ tiles.reshape(a * a, -1)
        products = torch.bmm(inputs.view(a * a, -1, self.in_channels), self.filters())
        if self.bias is not None:
            products[a + 1] += self.bias  # the only product that all cells of a tile contain once
        outputs = to_outputs @ products.view(a * a, -1)
        cells = outputs.view(m, m, *grid, self.out_channels).permute(2, 3, 0, 4, 1, 5)
        out.view(batch, grid[1], m, grid[2], m, self.out_channels).copy_(cells)

    def filters(self) -> Tensor:
        """The transformed weights, (a * a, C, D); computed again if the weights have changed."""
        version = self.weight.data_ptr(), 0 if self.weight.is_inference() else self.weight._version
        if self._filters is None or self._filters[0] != version:
            g = TRANSFORMS[self.tile].filters
            transformed = torch.einsum("ai,bj,dcij->abcd", g, g, self.weight.detach())
            self._filters = version, transformed.reshape(-1, self.in_channels, self.out_channels)
        return self._filters[1]


def convolution(channels: int, width: int, tile: int | None) -> nn.Conv2d:
    """A 3x3 convolution with padding 1, by minimal filtering where that is faster.

    Args:
        channels, width, tile: see `WinogradConv2d`; without a tile, it is an ordinary one.
    """
    if tile is None or 9 * channels * width < LEAST_WEIGHTS:
        return nn.Conv2d(channels, width, 3, padding=1)
    return WinogradConv2d(channels, width, tile)


def convolve_padded(layer: nn.Conv2d, x: Tensor) -> Tensor:
    """A layer of `convolution` on an input that is padded already."""
    if isinstance(layer, WinogradConv2d):
        return layer.convolve(x, 0)
    return functional.conv2d(x, layer.weight, layer.bias)


@cache
def squared(tile: int) -> tuple[Tensor, Tensor]:
    """The matrices that transform both axes of flattened inputs (a * a, a * a) and outputs (m * m, a * a)."""
    transforms = TRANSFORMS[tile]
    inputs, outputs = transforms.inputs, transforms.outputs
    return torch.kron(inputs, inputs), torch.kron(outputs, outputs)
