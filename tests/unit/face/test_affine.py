from __future__ import annotations

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
    similarity_transform,
    transform_points,
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
