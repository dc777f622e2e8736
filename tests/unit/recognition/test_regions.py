"""Regions of maps."""

from __future__ import annotations

import torch

from brain.recognition.regions import Region, common_size, patches


def test_regions_get_a_common_size_inside_the_map() -> None:
    regions = [Region(0, 0, 2, 5), Region(6, 7, 10, 10)]
    assert common_size(regions, (10, 10)) == [Region(0, 0, 4, 5), Region(6, 5, 10, 10)]


def test_patches_are_zero_outside_the_map_and_changed_where_told() -> None:
    maps = torch.ones(1, 2, 3, 3)
    found = patches(maps, [Region(-1, 0, 2, 3)], torch.full((1, 2, 1, 1), 5.0), [Region(1, 1, 2, 2)])
    assert found[0, 1].tolist() == [[0, 0, 0], [1, 1, 1], [1, 5, 1]]


def test_what_lies_around_a_region_is_told_in_parts() -> None:
    cells = torch.zeros(1, 1, 6, 7)
    whole, inner = Region(0, 0, 6, 7), Region(2, 0, 5, 4)
    for part in whole.without(inner):
        part.of(cells).add_(1)
    inner.of(cells).add_(1)
    assert (cells == 1).all()
    assert whole.without(whole) == []
    assert whole.without(Region(3, 3, 3, 5)) == [whole]
