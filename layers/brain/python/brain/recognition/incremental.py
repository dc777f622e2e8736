"""Incremental inference: of an altered input, only what the alteration reaches is computed again.

Nakandala, Kumar, Papakonstantinou, "Incremental and Approximate Inference for Faster Occlusion-based Deep
CNN Explanations" (Krypton), SIGMOD 2019. A 3x3 convolution lets a changed rectangle grow by one cell on
each side, and a 2x2 max-pool halves it. Everything outside the rectangle is that of the unaltered input.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional


class Region(NamedTuple):
    """A rectangle of cells; `bottom` and `right` are the first row and column below and right of it."""

    top: int
    left: int
    bottom: int
    right: int

    @property
    def cells(self) -> int:
        """The number of cells."""
        return (self.bottom - self.top) * (self.right - self.left)

    def grown(self, by: int) -> Region:
        """The region with a margin of `by` cells, which may leave the map."""
        return Region(self.top - by, self.left - by, self.bottom + by, self.right + by)

    def within(self, height: int, width: int) -> Region:
        """What lies in a map of a size."""
        return Region(max(self.top, 0), max(self.left, 0), min(self.bottom, height), min(self.right, width))

    def aligned(self) -> Region:
        """The smallest region around this one that consists of whole 2x2 cells."""
        return Region(
            self.top // 2 * 2, self.left // 2 * 2, -(-self.bottom // 2) * 2, -(-self.right // 2) * 2
        )

    def halved(self) -> Region:
        """An aligned region after a 2x2 pool; an odd last row or column is dropped."""
        return Region(self.top // 2, self.left // 2, self.bottom // 2, self.right // 2)

    def of(self, maps: Tensor) -> Tensor:
        """The region of (B, C, H, W) maps, not copied."""
        return maps[:, :, self.top : self.bottom, self.left : self.right]


@dataclass(frozen=True)
class Step:
    """A 3x3 convolution with padding 1 and ReLU, and whether a 2x2 max-pool follows."""

    convolution: nn.Conv2d
    pools: bool

    def apply(self, x: Tensor) -> Tensor:
        """(B, C, H, W) that is padded already -> its activations."""
        y = functional.conv2d(x, self.convolution.weight, self.convolution.bias)
        return (functional.max_pool2d(y, 2) if self.pools else y).relu_()


class IncrementalFeatures:
    """Activations of altered inputs behind a chain of convolutions.

    Args:
        steps: from the input to the activations wanted.
        x: (1, 3, S, S) the unaltered input, in the dtype of the convolutions.
    """

    def __init__(self, steps: Sequence[Step], x: Tensor) -> None:
        self._steps = steps
        self._maps = [x]  # the input of each step, and the last activations
        for step in steps:
            self._maps.append(step.apply(functional.pad(self._maps[-1], (1, 1, 1, 1))))

    def features(self, changed: Tensor, region: Region) -> Tensor:
        """Activations of an input that differs from the unaltered one in a region.

        Args:
            changed: (1, 3, h, w) the altered pixels of the region.
            region: in pixels of the input.

        Returns:
            (1, C, H, W).
        """
        for step, before in zip(self._steps, self._maps, strict=False):
            output, needed = reach(region, before.shape[-2:], pools=step.pools)
            patch = padded_patch(before, needed)
            top, left = region.top - needed.top, region.left - needed.left
            patch[:, :, top : top + changed.shape[2], left : left + changed.shape[3]] = changed
            changed = step.apply(patch)
            region = output.halved() if step.pools else output
        features = self._maps[-1].clone()
        region.of(features)[:] = changed
        return features

    def cost(self, region: Region) -> float:
        """Arithmetic of `features` for a region, as a share of that for the whole input."""
        work = whole = 0
        for step, before in zip(self._steps, self._maps, strict=False):
            output, _ = reach(region, before.shape[-2:], pools=step.pools)
            weights = step.convolution.weight.numel()
            work += weights * output.cells
            whole += weights * before.shape[-2] * before.shape[-1]
            region = output.halved() if step.pools else output
        return work / whole


def reach(region: Region, size: Sequence[int], *, pools: bool) -> tuple[Region, Region]:
    """The output cells of a 3x3 convolution that a changed region reaches, and the input cells they need.

    Args:
        size: height and width of the maps.
        pools: whether whole 2x2 cells are wanted.
    """
    height, width = size
    output = region.grown(1)
    output = (output.aligned() if pools else output).within(height, width)
    return output, output.grown(1)


def padded_patch(maps: Tensor, needed: Region) -> Tensor:
    """A copy of a region of (1, C, H, W) maps, zero where it leaves them."""
    height, width = maps.shape[-2:]
    inside = needed.within(height, width)
    margins = (
        inside.left - needed.left,
        needed.right - inside.right,
        inside.top - needed.top,
        needed.bottom - inside.bottom,
    )
    patch = functional.pad(inside.of(maps), margins)
    return patch.clone(memory_format=torch.channels_last)
