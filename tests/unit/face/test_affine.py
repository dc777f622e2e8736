from __future__ import annotations

import cv2
import numpy as np
import pytest

from brain.face.affine import (
    angle_of,
    compose,
    invert,
    mirror,
    quarter_turn,
    rotation,
    scale_of,
    shrink,
    similarity_transform,
    transform_points,
    warp,
)

POINTS = np.array([(10.0, 20.0), (50.0, 22.0), (31.0, 40.0), (15.0, 60.0), (44.0, 61.0)])


@pytest.mark.parametrize("angle", [-170, -30, 0, 45, 90])
def test_a_similarity_is_recovered_from_its_points(angle: float) -> None:
    moved = transform_points(rotation(angle, np.array([7.0, -3.0])), POINTS) * 2.5 + (100, -40)
    found = similarity_transform(POINTS, moved)
    assert transform_points(found, POINTS) == pytest.approx(moved)
    assert scale_of(found) == pytest.approx(2.5)
    assert angle_of(found) == pytest.approx(angle)


def test_a_similarity_never_mirrors() -> None:
    found = similarity_transform(POINTS, transform_points(mirror(60), POINTS))
    assert np.linalg.det(found[:, :2]) > 0


def test_among_noisy_points_no_other_similarity_errs_less() -> None:
    noisy = POINTS * 1.3 + np.random.default_rng(0).normal(0, 3, POINTS.shape)
    best = similarity_transform(POINTS, noisy)
    least = ((transform_points(best, POINTS) - noisy) ** 2).sum()
    centre = transform_points(best, POINTS).mean(0)
    for nudge in (rotation(1, centre), rotation(-1, centre), np.array([[1, 0, 0.2], [0, 1, 0]])):
        assert ((transform_points(compose(nudge, best), POINTS) - noisy) ** 2).sum() > least


@pytest.mark.parametrize("angle", [0, 90, 180, 270])
def test_a_quarter_turn_puts_points_where_the_pixels_go(angle: int) -> None:
    picture = np.zeros((30, 40), np.uint8)
    picture[5, 12] = 1
    ((row, column),) = np.argwhere(np.rot90(picture, -angle // 90))
    turned = transform_points(quarter_turn(angle, 40, 30), np.array([(12.5, 5.5)]))
    assert turned == pytest.approx(np.array([(column + 0.5, row + 0.5)]))


def test_a_transform_and_its_inverse_undo_each_other() -> None:
    transform = compose(rotation(33, np.array([3.0, 4.0])), np.array([[2.0, 0, 5], [0, 2.0, -1]]))
    assert transform_points(invert(transform), transform_points(transform, POINTS)) == pytest.approx(POINTS)


@pytest.mark.parametrize("size", [(512, 512), (511, 509)])
def test_shrinking_in_steps_averages_as_in_one(astronaut: np.ndarray, size: tuple[int, int]) -> None:
    width, height = size
    picture = cv2.resize(astronaut, size, interpolation=cv2.INTER_AREA)
    small = (width // 5, height // 5)
    at_once = cv2.resize(picture, small, interpolation=cv2.INTER_AREA)
    assert np.abs(shrink(picture, small).astype(int) - at_once).mean() < 3


@pytest.mark.parametrize("factor", [1.7, 4.0, 9.0])
def test_a_square_of_a_larger_picture_shows_the_same(astronaut: np.ndarray, factor: float) -> None:
    square = compose(rotation(20, np.array([48.0, 48.0])), np.array([[0.5, 0, -64], [0, 0.5, -6]]))
    large = cv2.resize(astronaut, None, fx=factor, fy=factor, interpolation=cv2.INTER_CUBIC)
    enlarged = large.shape[0] / 512
    smaller = square.copy()
    smaller[:, :2] /= enlarged
    difference = warp(large, smaller, 96).astype(int) - warp(astronaut, square, 96)
    assert np.abs(difference).mean() < 2
