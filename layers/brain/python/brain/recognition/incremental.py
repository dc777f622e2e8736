"""Incremental inference: of altered inputs, only what the alterations reach is computed again.

Nakandala, Kumar, Papakonstantinou, "Incremental and Approximate Inference for Faster Occlusion-based Deep
CNN Explanations" (Krypton), SIGMOD 2019. A 3x3 convolution lets a changed window grow by one cell on each
side, and a pool shrinks it. Everything outside the window is that of the unaltered input. Windows of one
size go through the network as one batch, and batches of several sizes side by side.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import torch
from torch import Tensor
from torch.nn import functional

Size = tuple[int, int]


class Region(NamedTuple):
    """A rectangle of cells; `bottom` and `right` are the first row and column below and right of it."""

    top: int
    left: int
    bottom: int
    right: int

    @property
    def size(self) -> Size:
        """Height and width."""
        return self.bottom - self.top, self.right - self.left

    def of(self, maps: Tensor) -> Tensor:
        """The region of (B, C, H, W) maps, not copied."""
        return maps[:, :, self.top : self.bottom, self.left : self.right]

    def common_with(self, other: Region) -> Region:
        """What lies in another region too."""
        corner = max(self.top, other.top), max(self.left, other.left)
        return Region(*corner, min(self.bottom, other.bottom), min(self.right, other.right))

    def seen_from(self, other: Region) -> Region:
        """The region in coordinates that start at the corner of another one."""
        return Region(
            self.top - other.top, self.left - other.left, self.bottom - other.top, self.right - other.left
        )


# Altered cells, (n, C, h, w), and the n regions of one size that they are in; at first pixels of the input.
Batch = tuple[Tensor, Sequence[Region]]


@dataclass(frozen=True)
class Step:
    """From one map to the next: output cell i sees input cells i * stride - padding, and `kernel` of them.

    Attributes:
        weights: multiplications for one output cell.
        compute: takes padded inputs (B, C, H, W), and the shortcut's (B, D, H', W') where there is one.
        shortcut: whether the input of the step before is added, as at the end of a residual block.
        together: computes padded inputs of several sizes where that is faster; not for one with a shortcut.
    """

    kernel: int
    stride: int
    padding: int
    weights: int
    compute: Callable[[Tensor, Tensor | None], Tensor]
    shortcut: bool = False
    together: Callable[[Sequence[Tensor]], list[Tensor]] | None = None

    def compute_each(self, xs: Sequence[Tensor], shortcuts: Sequence[Tensor | None]) -> list[Tensor]:
        """`compute` for inputs of several sizes."""
        if self.together is not None:
            return self.together(xs)
        return [self.compute(*each) for each in zip(xs, shortcuts, strict=True)]

    def reached(self, changed: Region, size: Size) -> Region:
        """Output cells that a changed region reaches.

        Args:
            changed: in the input.
            size: height and width of the output.
        """
        places = zip(changed[:2], changed[2:], size, strict=True)
        (top, bottom), (left, right) = (self._reached(*place) for place in places)
        return Region(top, left, bottom, right)

    def reached_together(self, changed: Sequence[Region], size: Size) -> list[Region]:
        """The same for several regions; output regions of one size."""
        return common_size([self.reached(each, size) for each in changed], size)

    def most_reached(self, changed: Size, size: Size) -> Size:
        """Height and width of the most output cells that a changed region of a size can reach."""
        height, width = (
            min(limit, (length + self.kernel - 2) // self.stride + 1)
            for length, limit in zip(changed, size, strict=True)
        )
        return height, width

    def seen(self, output: Region) -> Region:
        """The input cells that a region of the output is computed from; may leave the input."""
        top, left = (start * self.stride - self.padding for start in output[:2])
        height, width = ((length - 1) * self.stride + self.kernel for length in output.size)
        return Region(top, left, top + height, left + width)

    def _reached(self, start: int, end: int, limit: int) -> tuple[int, int]:
        """The first cell and the end; one cell at least, though none may see the last cells of the input."""
        first = -(-(start + self.padding - self.kernel + 1) // self.stride)
        first = min(max(first, 0), limit - 1)
        return first, max(min((end - 1 + self.padding) // self.stride + 1, limit), first + 1)


class IncrementalFeatures:
    """Activations of altered inputs behind the first steps of a network.

    Args:
        steps: from the input to the activations wanted.
        x: (1, 3, S, S) the unaltered input, in the dtype of the steps.
        layer: name of the layer that the steps end at.
        rest: multiplications in the rest of the network.
    """

    def __init__(self, steps: Sequence[Step], x: Tensor, layer: str, rest: int) -> None:
        self.layer = layer
        self._steps = steps
        self._rest = rest
        self._maps = [x]  # the input of each step, and the last activations
        for step in steps:
            before = self._maps[-1]
            padded = functional.pad(before, (step.padding,) * 4)
            self._maps.append(step.compute(padded, self._maps[-2] if step.shortcut else None))
        self._whole = self._work([sizes(each) for each in self._maps[1:]])
        self._costs: dict[Size, float] = {}

    def features(self, batches: Sequence[Batch]) -> Tensor:
        """Activations of inputs, each of which differs from the unaltered one in a region.

        Args:
            batches: the regions of a batch have one size.

        Returns:
            (n, C, H, W) of all inputs in their order.
        """
        before: Sequence[Batch] = []
        last = batches
        for number, step in enumerate(self._steps):
            outputs = [step.reached_together(regions, sizes(self._maps[number + 1])) for _, regions in last]
            xs = [
                patches(self._maps[number], [step.seen(each) for each in wanted], *batch)
                for wanted, batch in zip(outputs, last, strict=True)
            ]
            shortcuts: list[Tensor | None] = [None] * len(xs)
            if step.shortcut:
                earlier = zip(outputs, before, strict=True)
                shortcuts = [patches(self._maps[number - 1], wanted, *batch) for wanted, batch in earlier]
            before, last = last, list(zip(step.compute_each(xs, shortcuts), outputs, strict=True))
        whole = Region(0, 0, *sizes(self.last))
        return torch.cat([patches(self.last, [whole] * len(batch[1]), *batch) for batch in last])

    def unaltered_features(self, count: int) -> Tensor:
        """Activations of the unaltered input, (count, C, H, W)."""
        return self.last.expand(count, -1, -1, -1)

    @property
    def last(self) -> Tensor:
        """Activations of the unaltered input, (1, C, H, W)."""
        return self._maps[-1]

    @property
    def reference_cost(self) -> float:
        """Arithmetic of the steps for the unaltered input, as a share of a whole pass."""
        return 1 - self._rest / self._whole

    def cost(self, regions: Sequence[Region]) -> float:
        """Arithmetic of the whole network for regions of one size, in whole passes."""
        if 0 in regions[0].size:
            return len(regions) * self._rest / self._whole
        cells = []
        for step, after in zip(self._steps, self._maps[1:], strict=True):
            regions = step.reached_together(regions, sizes(after))
            cells.append(regions[0].size)
        return len(regions) * self._work(cells) / self._whole

    def largest_cost(self, size: Size) -> float:
        """The largest `cost` of a region of a size, wherever it is."""
        if 0 in size:
            return self._rest / self._whole
        if size not in self._costs:
            cells = [size]
            for step, after in zip(self._steps, self._maps[1:], strict=True):
                cells.append(step.most_reached(cells[-1], sizes(after)))
            self._costs[size] = self._work(cells[1:]) / self._whole
        return self._costs[size]

    def _work(self, cells: Sequence[Size]) -> int:
        """Multiplications of the whole network for so many rows and columns behind each step."""
        steps = zip(self._steps, cells, strict=True)
        return self._rest + sum(step.weights * height * width for step, (height, width) in steps)


def sizes(maps: Tensor) -> Size:
    """Height and width."""
    return maps.shape[-2], maps.shape[-1]


def patches(
    maps: Tensor,
    wanted: Sequence[Region],
    changed: Tensor | None = None,
    regions: Sequence[Region] = (),
) -> Tensor:
    """Copies of regions of a map, with what has changed in it; zero where they leave the map.

    Args:
        maps: (1, C, H, W).
        wanted: n regions of one size.
        changed: (n, C, h, w) for as many `regions` of the map.

    Returns:
        (n, C, h', w').
    """
    shape = (len(wanted), maps.shape[1], *wanted[0].size)
    found = torch.empty(shape, dtype=maps.dtype, memory_format=torch.channels_last)
    everything = Region(0, 0, *sizes(maps))
    for index, region in enumerate(wanted):
        patch = found[index : index + 1]
        inside = region.common_with(everything)
        if inside != region:
            patch.zero_()
        inside.seen_from(region).of(patch).copy_(inside.of(maps))
        if changed is not None:
            common = region.common_with(regions[index])
            altered = common.seen_from(regions[index]).of(changed[index : index + 1])
            common.seen_from(region).of(patch).copy_(altered)
    return found


def common_size(regions: Sequence[Region], size: Size) -> list[Region]:
    """Regions of one size, each around one of the given ones and within a map of a size."""
    heights, widths = zip(*(region.size for region in regions), strict=True)
    height, width = max(heights), max(widths)
    corners = ((min(r.top, size[0] - height), min(r.left, size[1] - width)) for r in regions)
    return [Region(top, left, top + height, left + width) for top, left in corners]
