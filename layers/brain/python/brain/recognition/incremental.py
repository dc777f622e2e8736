"""Incremental inference: of altered inputs, only what the alterations reach is computed again.

Nakandala, Kumar, Papakonstantinou, "Incremental and Approximate Inference for Faster Occlusion-based Deep
CNN Explanations" (Krypton), SIGMOD 2019. A 3x3 convolution lets a changed window grow by one cell on each
side, and a pool shrinks it. Everything outside the window is that of the unaltered input. Windows of one
size go through the network as one batch, and batches of several sizes side by side.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from brain.recognition.regions import Region, Size, common_size, cropped, patches, sizes

# Behind maps with sides of more cells, batches take too much memory to be computed side by side.
LARGE = 64


# Altered cells, (n, C, h, w), and the n regions of one size that they are in; at first pixels of the input.
Batch = tuple[Tensor, Sequence[Region]]
Compute = Callable[[Sequence[Tensor], Sequence[Tensor | None], Sequence[Sequence[Region]]], list[Tensor]]


@dataclass(frozen=True)
class Step:
    """From one map to the next: output cell i sees input cells i * stride - padding, and `kernel` of them.

    Attributes:
        weights: multiplications for one output cell.
        compute: takes padded inputs (B, C, H, W) of several sizes, the shortcut (B, D, H', W') of each where
            there is one, and the regions of the map that the inputs are.
        shortcut: whether the input of the step before is added, as at the end of a residual block.
        multiple: `compute` is fastest for outputs whose sides are multiples of this.
    """

    kernel: int
    stride: int
    padding: int
    weights: int
    compute: Compute
    shortcut: bool = False
    multiple: int = 1

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

    def output_size(self, size: Size) -> Size:
        """Height and width of the output for an input of a size."""
        height, width = ((side + 2 * self.padding - self.kernel) // self.stride + 1 for side in size)
        return height, width

    def seen(self, output: Region) -> Region:
        """The input cells that a region of the output is computed from; may leave the input."""
        top, left = (start * self.stride - self.padding for start in output[:2])
        lengths = (-(-length // self.multiple) * self.multiple for length in output.size)
        height, width = ((length - 1) * self.stride + self.kernel for length in lengths)
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
            whole = Region(0, 0, *step.output_size(sizes(before)))
            seen, shortcut = [step.seen(whole)], self._maps[-2] if step.shortcut else None
            self._maps.append(whole.of(step.compute([patches(before, seen)], [shortcut], [seen])[0]))
        self._alone = sum(min(sizes(each)) > LARGE for each in self._maps[:-1])
        self._whole = self._work([sizes(each) for each in self._maps[1:]])
        self._costs: dict[Size, float] = {}

    def features(self, batches: Sequence[Batch]) -> Tensor:
        """Activations of inputs, each of which differs from the unaltered one in a region.

        Args:
            batches: the regions of a batch have one size.

        Returns:
            (n, C, H, W) of all inputs in their order.
        """
        first = [self._through(0, self._alone, [batch]) for batch in batches]
        last = self._through(self._alone, len(self._steps), [batch for each in first for batch in each])
        whole = Region(0, 0, *sizes(self.last))
        return torch.cat([patches(self.last, [whole] * len(batch[1]), *batch) for batch in last])

    def _through(self, first: int, end: int, batches: Sequence[Batch]) -> Sequence[Batch]:
        """Batches behind some of the steps."""
        before: Sequence[Batch] = []
        last = batches
        for number in range(first, end):
            step = self._steps[number]
            outputs = [step.reached_together(regions, sizes(self._maps[number + 1])) for _, regions in last]
            seen = [[step.seen(each) for each in wanted] for wanted in outputs]
            xs = [patches(self._maps[number], *each) for each in zip_batches(seen, last)]
            shortcuts: list[Tensor | None] = [None] * len(xs)
            if step.shortcut:
                shortcuts = [patches(self._maps[number - 1], *each) for each in zip_batches(outputs, before)]
            computed = zip(step.compute(xs, shortcuts, seen), outputs, strict=True)
            before, last = last, [(cropped(x, wanted[0].size), wanted) for x, wanted in computed]
        return last

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


def one_by_one(compute: Callable[[Tensor, Tensor | None], Tensor]) -> Compute:
    """What a step does with each input and its shortcut, for several."""
    return lambda xs, shortcuts, seen: [compute(*each) for each in zip(xs, shortcuts, strict=True)]


def zip_batches(
    wanted: Sequence[Sequence[Region]], batches: Sequence[Batch]
) -> list[tuple[Sequence[Region], Tensor, Sequence[Region]]]:
    """Wanted regions and batches, as arguments of `patches`."""
    return [(each, *batch) for each, batch in zip(wanted, batches, strict=True)]
