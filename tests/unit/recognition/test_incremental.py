"""Incremental inference gives what whole passes give."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from brain.recognition.incremental import Region
from brain.recognition.vgg import VGGFace
from tests import tiny

NETWORKS = {
    "two blocks": lambda: tiny.random_network(),
    "odd maps": lambda: tiny.random_network(input_size=30, blocks=((4,), (6, 6), (8,))),
    "three blocks": lambda: tiny.random_network(input_size=56, blocks=((4, 4), (6,), (8, 8))),
}
# Shares of the input's side: top, left, bottom, right.
PLACES = [
    (0.3, 0.4, 0.5, 0.7),
    (0, 0, 0.2, 0.1),
    (0.85, 0.9, 1, 1),
    (0, 0.5, 1, 0.6),
    (0, 0, 1, 1),
    (0.5, 0.5, 0.5, 0.5),
]


def region_of(place: tuple[float, ...], size: int) -> Region:
    top, left, bottom, right = (round(share * size) for share in place)
    return Region(top, left, max(bottom, top + 1), max(right, left + 1))


@pytest.mark.parametrize("name", NETWORKS)
def test_incremental_passes_equal_whole_ones(name: str) -> None:
    network = NETWORKS[name]()
    size = network.config.input_size
    generator = torch.Generator().manual_seed(1)
    x = torch.randn(1, 3, size, size, generator=generator)
    regions = [region_of(place, size) for place in PLACES]
    variants = x.repeat(len(regions), 1, 1, 1)
    for variant, region in zip(variants, regions, strict=True):
        altered = region.of(variant[None])
        altered.copy_(torch.randn(altered.shape, generator=generator))
    whole = network.predict_batched(variants)
    incremental = network.predict_incremental(network.incremental(x), variants, regions)
    assert (whole - network.predict_batched(x)).abs().amax(1).min() > 1e-3 * whole.std()
    assert (incremental - whole).abs().max() <= 1e-4 * whole.std()


def test_small_regions_cost_little_and_the_whole_input_one_pass() -> None:
    network = tiny.random_network(input_size=56, blocks=((4, 4), (6,), (8, 8)))
    unaltered = network.incremental(torch.zeros(1, 3, 56, 56))
    costs = [unaltered.cost(Region(0, 0, side, side)) for side in (4, 14, 28, 56)]
    assert costs == sorted(costs)
    assert costs[0] < 0.15
    assert costs[-1] == 1


def test_the_unaltered_activations_stay_as_they_are() -> None:
    network: VGGFace = tiny.random_network()
    x = torch.rand(1, 3, 28, 28)
    unaltered = network.incremental(x)
    region = Region(4, 4, 12, 12)
    first = unaltered.features(torch.zeros(1, 3, 8, 8), region)
    unaltered.features(torch.ones(1, 3, 8, 8), region)
    again = unaltered.features(torch.zeros(1, 3, 8, 8), region)
    assert torch.equal(first, again)
    same = unaltered.features(region.of(x), region)
    assert np.abs((same - network.forward_features(x)).numpy()).max() < 1e-5


def test_networks_that_gain_little_have_none() -> None:
    assert tiny.random_resnet().incremental(torch.zeros(1, 3, 150, 150)) is None
