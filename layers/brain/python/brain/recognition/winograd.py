"""Winograd's minimal filtering: a 3x3 convolution with fewer multiplications.

Lavin, Gray, "Fast Algorithms for Convolutional Neural Networks", arXiv 1509.09308, sections 4.1 to 4.3. The
output is cut into tiles of m x m cells. With each of them, the a x a input cells that it depends on
(a = m + 2) are transformed, d' = B^T d B, multiplied with the transformed filters, M = sum_c g' * d', and
transformed back, y = A^T M A. That takes a^2 multiplications per tile and pair of channels instead of
9 m^2: 4 times fewer with m = 4, 2.25 times fewer with m = 2.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional

# The least and the most bytes of transformed tiles in a band, which are multiplied at once. Within these
# bounds it is as large as the filters, which are read once per band. Small bands stay in the processor's
# cache.
BAND_BYTES = 1 << 20, 1 << 22
# With fewer weights, the transforms take as long as what they save.
LEAST_WEIGHTS = 9 * 64 * 64
# Where a layer's weights lie, and how often they have changed.
Version = tuple[int, int]


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
        self._filters: tuple[Version, Tensor] | None = None
        self._source: tuple[Version, Callable[[], Tensor]] | None = None

    def forward(self, x: Tensor) -> Tensor:
        """(B, C, H, W) -> (B, D, H, W)."""
        return self.convolve_each([x], 1)[0]

    def convolve_each(self, xs: Sequence[Tensor], padding: int, *, pool: bool = False) -> list[Tensor]:
        """The convolution of inputs of several sizes, whose tiles are multiplied together.

        Args:
            pool: whether a 2x2 max-pool follows; it is done before the tiles are put back in their places.
        """
        traced = torch.jit.is_tracing()  # type: ignore[attr-defined, no-untyped-call]
        if traced or any(x.requires_grad or x.dtype is not torch.float32 for x in xs):
            return convolve_each_directly(self, xs, padding, pool=pool)
        m, side = self.tile, self.tile // 2 if pool else self.tile
        heights, widths = ([x.shape[axis] + 2 * padding - 2 for x in xs] for axis in (2, 3))
        grids = [(-(-height // m), -(-width // m)) for height, width in zip(heights, widths, strict=True)]
        padded = [self._padded(x, padding, grid) for x, grid in zip(xs, grids, strict=True)]
        outs = [
            x.new_empty(len(x), rows * side, columns * side, self.out_channels)
            for x, (rows, columns) in zip(xs, grids, strict=True)
        ]
        for band in self._bands([(len(x), *grid) for x, grid in zip(xs, grids, strict=True)]):
            self._compute(
                [padded[index][:, top * m : bottom * m + 2] for index, top, bottom in band],
                [outs[index][:, top * side : bottom * side] for index, top, bottom in band],
                side,
            )
        return [
            out[:, : height * side // m, : width * side // m].permute(0, 3, 1, 2)
            for out, height, width in zip(outs, heights, widths, strict=True)
        ]

    def _padded(self, x: Tensor, padding: int, grid: tuple[int, int]) -> Tensor:
        """(B, C, H, W) -> (B, R m + 2, T m + 2, C) for a grid of R x T tiles."""
        bottom, right = (
            count * self.tile + 2 - side - padding for count, side in zip(grid, x.shape[2:], strict=True)
        )
        margins = (0, 0, padding, right, padding, bottom)
        cells = x.permute(0, 2, 3, 1)
        return (functional.pad(cells, margins) if any(margins) else cells).contiguous()

    def _bands(self, grids: Sequence[tuple[int, int, int]]) -> Iterator[list[tuple[int, int, int]]]:
        """What is computed at once: numbers of outputs, first row of tiles, and the row behind the last.

        Args:
            grids: samples, rows and columns of tiles of each output.
        """
        band: list[tuple[int, int, int]] = []
        most = room = self._tiles_at_once()
        for index, (samples, rows, columns_of_one) in enumerate(grids):
            columns = samples * columns_of_one
            for top in range(0, rows, max(1, most // columns)):
                bottom = min(top + max(1, most // columns), rows)
                if band and (bottom - top) * columns > room:
                    yield band
                    band, room = [], most
                band.append((index, top, bottom))
                room -= (bottom - top) * columns
        yield band

    def _tiles_at_once(self) -> int:
        bytes_per_channel = 4 * (self.tile + 2) ** 2 * self.in_channels
        least, most = BAND_BYTES
        return min(max(bytes_per_channel * self.out_channels, least), most) // bytes_per_channel

    def _compute(self, xs: Sequence[Tensor], outs: Sequence[Tensor], side: int) -> None:
        """Some rows of tiles: each x (B, R m + 2, T m + 2, C) into its out (B, R side, T side, D).

        Args:
            side: of what becomes of a tile, m or m / 2.
        """
        m, a = self.tile, self.tile + 2
        (to_inputs, to_outputs), channels, width = squared(m), self.in_channels, self.out_channels
        grids = [(len(out), out.shape[1] // side, out.shape[2] // side) for out in outs]
        counts = [math.prod(grid) for grid in grids]
        tiles = xs[0].new_empty(a, a, sum(counts), channels)
        for x, grid, part in zip(xs, grids, torch.split(tiles, counts, 2), strict=True):
            sample, row, column, channel = x.stride()
            strides = (row, column, sample, m * row, m * column, channel)
            part.view(a, a, *grid, channels).copy_(x.as_strided((a, a, *grid, channels), strides))
        inputs = to_inputs @ tiles.view(a * a, -1)
        products = torch.bmm(inputs.view(a * a, -1, channels), self.filters())
        if self.bias is not None:
            products[a + 1] += self.bias  # the only product that all cells of a tile contain once
        outputs = (to_outputs @ products.view(a * a, -1)).view(m, m, -1)
        outputs = (outputs if side == m else pooled(outputs)).view(side, side, -1, width)
        for out, grid, part in zip(outs, grids, torch.split(outputs, counts, 2), strict=True):
            cells = part.view(side, side, *grid, width).permute(2, 3, 0, 4, 1, 5)
            out.view(grid[0], grid[1], side, grid[2], side, width).copy_(cells)

    def filters(self) -> Tensor:
        """The transformed weights, (a * a, C, D); computed again if the weights have changed."""
        version = self._weights_now()
        if self._filters is None or self._filters[0] != version:
            source = self._source
            weight = source[1]() if source and source[0] == version else self.weight.detach()
            g = TRANSFORMS[self.tile].filters
            transformed = torch.einsum("ai,bj,dcij->abcd", g, g, weight)
            self._filters = version, transformed.reshape(-1, self.in_channels, self.out_channels)
        return self._filters[1]

    def transform_from(self, source: Callable[[], Tensor]) -> None:
        """Transform the weights as they are now from a copy that is read when it is needed and then dropped.

        Weights that are mapped from a file take no memory themselves then, unless a gradient is wanted.
        """
        self._source = self._weights_now(), source

    def _weights_now(self) -> Version:
        changes: int = 0 if self.weight.is_inference() else self.weight._version
        return self.weight.data_ptr(), changes


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
    return convolve_each(layer, [x], 0)[0]


def convolve_each(
    layer: nn.Conv2d, xs: Sequence[Tensor], padding: int, *, pool: bool = False
) -> list[Tensor]:
    """A layer of `convolution` on inputs of several sizes; see `WinogradConv2d.convolve_each`."""
    if isinstance(layer, WinogradConv2d):
        return layer.convolve_each(xs, padding, pool=pool)
    return convolve_each_directly(layer, xs, padding, pool=pool)


def convolve_each_directly(
    layer: nn.Conv2d, xs: Sequence[Tensor], padding: int, *, pool: bool
) -> list[Tensor]:
    """The same by direct convolution, without minimal filtering."""
    found = [functional.conv2d(x, layer.weight, layer.bias, padding=padding) for x in xs]
    return [functional.max_pool2d(x, 2) for x in found] if pool else found


def pooled(tiles: Tensor) -> Tensor:
    """(m, m, N) cells of tiles -> (m / 2, m / 2, N), the largest of two by two."""
    half = len(tiles) // 2
    rows = tiles.view(half, 2, 2 * half, -1)
    columns = torch.maximum(rows[:, 0], rows[:, 1]).view(half, half, 2, -1)
    return torch.maximum(columns[:, :, 0], columns[:, :, 1])


@cache
def squared(tile: int) -> tuple[Tensor, Tensor]:
    """The matrices that transform both axes of flattened inputs (a * a, a * a) and outputs (m * m, a * a)."""
    transforms = TRANSFORMS[tile]
    inputs, outputs = transforms.inputs, transforms.outputs
    return torch.kron(inputs, inputs), torch.kron(outputs, outputs)
