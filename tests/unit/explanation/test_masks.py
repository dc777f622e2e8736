from __future__ import annotations

import numpy as np
import pytest

from brain.core.geometry import Rectangle
from brain.explanation.masks import (
    centre_map,
    noise_map,
    occlusion_windows,
    random_mask,
    random_masks,
    soft_box,
    soft_boxes,
    top_pixels,
)

SIZE = 28


@pytest.mark.parametrize("box", [Rectangle(5, 7, 10, 6), Rectangle(8.5, 3.25, 12, 12)])
def test_feathering_keeps_the_area(box: Rectangle) -> None:
    mask = soft_box(box, SIZE)
    assert mask.sum() == pytest.approx(box.area, rel=0.02)
    assert 0 < ((mask > 0) & (mask < 1)).mean() < 0.5
    assert (mask.min(), mask.max()) == (0, 1)


def test_boxes_that_overlap_are_not_counted_twice() -> None:
    box = Rectangle(5, 7, 10, 6)
    assert np.array_equal(soft_boxes([box, box], SIZE), soft_box(box, SIZE))


def test_random_masks_blur_half_of_the_photo_and_are_always_the_same() -> None:
    masks = random_masks(300, SIZE, seed=0)
    assert masks.shape == (300, SIZE, SIZE)
    assert masks.mean() == pytest.approx(0.5, abs=0.02)
    assert np.array_equal(masks[:3], random_masks(3, SIZE, seed=0))
    assert not np.array_equal(masks[:3], random_masks(3, SIZE, seed=1))


def test_windows_cover_the_input_row_by_row() -> None:
    masks = occlusion_windows(0.25, 5, SIZE)
    assert masks.shape == (25, SIZE, SIZE)
    assert masks.max(0).min() > 0
    columns = [np.average(np.arange(SIZE), weights=mask.sum(0)) for mask in masks[:5]]
    assert columns == sorted(columns)


@pytest.mark.parametrize(
    ("fraction", "mask"),
    [
        (0.0, [[0, 0], [0, 0]]),
        (0.25, [[0, 0], [0, 1]]),
        (0.5, [[1, 0], [0, 1]]),
        (0.6, [[1, 0], [1, 1]]),
        (1.0, [[1, 1], [1, 1]]),
    ],
)
def test_the_largest_values_come_first_and_noise_breaks_ties(fraction: float, mask: list[list[int]]) -> None:
    saliency = np.zeros((2, 2), np.uint8)
    saliency[1, 1] = 9
    noise = np.array([[0.1, 0.3], [0.2, 0.0]])
    assert top_pixels(saliency, noise, fraction).tolist() == mask


def test_the_noise_is_that_of_the_seed() -> None:
    seed = np.arange(12, dtype=np.uint8)
    assert np.array_equal(noise_map(seed, SIZE), noise_map(seed.copy(), SIZE))
    assert not np.array_equal(noise_map(seed, SIZE), noise_map(seed + 1, SIZE))


@pytest.mark.parametrize("area", [0.0, 0.25, 1.0])
def test_a_random_mask_has_the_area_asked_for(area: float) -> None:
    mask = random_mask(noise_map(np.arange(5, dtype=np.uint8), SIZE), area)
    assert mask.mean() == pytest.approx(area, abs=0.01)
    assert set(np.unique(mask)) <= {0, 1}


def test_the_dot_is_in_the_middle() -> None:
    dot = centre_map(SIZE)
    assert dot.shape == (SIZE, SIZE)
    assert dot[13:15, 13:15].min() == dot.max()
    assert np.allclose(dot, dot[::-1, ::-1])
