"""Rectangles of cells in maps, and copies of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import torch
from torch import Tensor

Size = tuple[int, int]
# If a copy has more numbers than this, leaving some out saves more time than the additional calls take.
MANY = 1 << 16


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

    def without(self, inner: Region) -> list[Region]:
        """Regions that together are what lies around another one in this one."""
        if min(inner.size) <= 0:
            return [self]
        around = (
            Region(self.top, self.left, inner.top, self.right),
            Region(inner.bottom, self.left, self.bottom, self.right),
            Region(inner.top, self.left, inner.bottom, inner.left),
            Region(inner.top, inner.right, inner.bottom, self.right),
        )
        return [each for each in around if 0 not in each.size]

    def seen_from(self, other: Region) -> Region:
        """The region in coordinates that start at the corner of another one."""
        return Region(
            self.top - other.top, self.left - other.left, self.bottom - other.top, self.right - other.left
        )


NOTHING = Region(0, 0, 0, 0)


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
    is_large = found[0].numel() > MANY
    everything = Region(0, 0, *sizes(maps))
    for index, region in enumerate(wanted):
        patch = found[index : index + 1]
        inside = region.common_with(everything)
        if inside != region:
            for margin in region.without(inside) if is_large else [region]:
                margin.seen_from(region).of(patch).zero_()
        common = region.common_with(regions[index]) if changed is not None else NOTHING
        for unchanged in inside.without(common) if is_large else [inside]:
            unchanged.seen_from(region).of(patch).copy_(unchanged.of(maps))
        if changed is not None:
            altered = common.seen_from(regions[index]).of(changed[index : index + 1])
            common.seen_from(region).of(patch).copy_(altered)
    return found


def cropped(maps: Tensor, size: Size) -> Tensor:
    """The first cells of (B, C, H, W) maps, not copied."""
    return maps if sizes(maps) == size else maps[:, :, : size[0], : size[1]]


def common_size(regions: Sequence[Region], size: Size) -> list[Region]:
    """Regions of one size, each around one of the given ones and within a map of a size."""
    heights, widths = zip(*(region.size for region in regions), strict=True)
    height, width = max(heights), max(widths)
    corners = ((min(r.top, size[0] - height), min(r.left, size[1] - width)) for r in regions)
    return [Region(top, left, top + height, left + width) for top, left in corners]
