"""Incremental inference gives what whole passes give."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import torch
from torch import Tensor

from brain.recognition.classifier import Classifier
from brain.recognition.regions import Region, common_size
from tests import tiny

NETWORKS: dict[str, Callable[[], Classifier]] = {
    "two blocks": lambda: tiny.random_network(),
    "odd maps": lambda: tiny.random_network(input_size=30, blocks=((4,), (6, 6), (8,))),
    "three blocks": lambda: tiny.random_network(input_size=56, blocks=((4, 4), (6,), (8, 8))),
    "strips and tiles": lambda: tiny.random_network(input_size=72, blocks=((64, 64), (64, 64))),
    "resnet": lambda: tiny.random_resnet(),
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


@pytest.fixture(params=NETWORKS)
def network(request: pytest.FixtureRequest) -> Classifier:
    build = NETWORKS[request.param]
    return build()


def region_of(place: tuple[float, ...], size: int) -> Region:
    top, left, bottom, right = (round(share * size) for share in place)
    return Region(top, left, max(bottom, top + 1), max(right, left + 1))


def altered(x: Tensor, regions: list[Region]) -> Tensor:
    """One variant of an input for each region, with other values there."""
    generator = torch.Generator().manual_seed(2)
    variants = x.repeat(len(regions), 1, 1, 1)
    for variant, region in zip(variants, regions, strict=True):
        inside = region.of(variant[None])
        inside.copy_(5 * torch.randn(inside.shape, generator=generator))
    return variants


def pixels_of(variants: Tensor, regions: list[Region]) -> Tensor:
    return torch.cat([region.of(each[None]) for each, region in zip(variants, regions, strict=True)])


def input_of(network: Classifier) -> Tensor:
    size = network.config.input_size
    return torch.randn(1, 3, size, size, generator=torch.Generator().manual_seed(1))


def test_incremental_passes_equal_whole_ones(network: Classifier) -> None:
    x = input_of(network)
    regions = [region_of(place, network.config.input_size) for place in PLACES]
    variants = altered(x, regions)
    whole = network.predict_batched(variants)
    unaltered = network.incremental(x)
    assert unaltered
    incremental = torch.cat(
        [
            network.predict_from(
                [unaltered.features([(region.of(variant[None]), [region])])], unaltered.layer
            )
            for variant, region in zip(variants, regions, strict=True)
        ]
    )
    assert (whole - network.predict_batched(x)).abs().amax(1).min() > 1e-3 * whole.std()
    assert (incremental - whole).abs().max() <= 1e-4 * whole.std()


def test_regions_of_one_size_are_computed_in_one_batch(network: Classifier) -> None:
    x, size = input_of(network), network.config.input_size
    regions = common_size([region_of(place, size) for place in PLACES if place != (0, 0, 1, 1)], (size, size))
    variants = altered(x, regions)
    whole = network.predict_batched(variants)
    unaltered = network.incremental(x)
    assert unaltered
    features = unaltered.features([(pixels_of(variants, regions), regions)])
    incremental = network.predict_from([features], unaltered.layer)
    assert (incremental - whole).abs().max() <= 1e-4 * whole.std()


def test_batches_of_several_sizes_are_computed_side_by_side(network: Classifier) -> None:
    x = input_of(network)
    regions = [region_of(place, network.config.input_size) for place in PLACES]
    variants = altered(x, regions)
    unaltered = network.incremental(x)
    assert unaltered
    pixels = [region.of(variant[None]) for variant, region in zip(variants, regions, strict=True)]
    features = unaltered.features([(each, [region]) for each, region in zip(pixels, regions, strict=True)])
    whole = network.predict_batched(variants)
    assert (network.predict_from([features], unaltered.layer) - whole).abs().max() <= 1e-4 * whole.std()


def test_pixels_that_no_cell_sees_change_nothing(network: Classifier) -> None:
    x, size = input_of(network), network.config.input_size
    unaltered, last = network.incremental(x), Region(size - 1, size - 1, size, size)
    assert unaltered
    variant = altered(x, [last])
    whole = network.predict_batched(variant)
    incremental = network.predict_from([unaltered.features([(last.of(variant), [last])])], unaltered.layer)
    assert (incremental - whole).abs().max() <= 1e-4 * whole.std()


def test_small_regions_cost_little_and_the_whole_input_one_pass(network: Classifier) -> None:
    unaltered, size = network.incremental(input_of(network)), network.config.input_size
    assert unaltered
    sides = (size // 14, size // 4, size // 2, size)
    costs = [unaltered.largest_cost((side, side)) for side in sides]
    assert costs == sorted(costs)
    assert costs[-1] == 1
    assert costs[0] == pytest.approx(1 - unaltered.reference_cost, abs=0.2)
    for side, most in zip(sides, costs, strict=True):
        places = [Region(top, 0, top + side, side) for top in range(size - side + 1)]
        exact = [unaltered.cost([place]) for place in places]
        assert max(exact) <= most + 1e-9
        assert unaltered.cost(places[:2]) <= len(places[:2]) * most + 1e-9


def test_the_unaltered_activations_stay_as_they_are(network: Classifier) -> None:
    x, region = input_of(network), Region(4, 4, 12, 12)
    unaltered = network.incremental(x)
    assert unaltered
    first = unaltered.features([(torch.zeros(1, 3, 8, 8), [region])])
    unaltered.features([(torch.ones(1, 3, 8, 8), [region])])
    again = unaltered.features([(torch.zeros(1, 3, 8, 8), [region])])
    assert torch.equal(first, again)
    same = unaltered.features([(region.of(x), [region])])
    expected = network.forward_features(x, unaltered.layer)
    assert (same - expected).abs().max() < 1e-5 * max(1.0, float(expected.abs().max()))


def test_without_altered_pixels_only_the_rest_of_the_network_is_computed(network: Classifier) -> None:
    unaltered, nothing = network.incremental(input_of(network)), Region(0, 0, 0, 0)
    assert unaltered
    found = unaltered.unaltered_features(2)
    assert torch.equal(found, unaltered.last.expand(2, -1, -1, -1))
    assert unaltered.largest_cost(nothing.size) == pytest.approx(1 - unaltered.reference_cost)
    assert unaltered.cost([nothing] * 2) == pytest.approx(2 * unaltered.largest_cost(nothing.size))
