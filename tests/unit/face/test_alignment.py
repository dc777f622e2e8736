from __future__ import annotations

import numpy as np
import pytest

from brain.core.geometry import Rectangle
from brain.face.affine import compose, quarter_turn, rotation, scale_of, transform_points
from brain.face.alignment import (
    LARGEST_CROP,
    SMALLEST_CROP,
    Template,
    align,
    box_around,
    landmarks_in_box,
    template_for,
)
from brain.face.detector import FaceDetector

DLIB = Template(((0.315, 0.301), (0.685, 0.305), (0.498, 0.515), (0.343, 0.675), (0.662, 0.677)), 1.4)
FACE = Rectangle(600, 500, 100, 100)
FACE_OF_THE_ASTRONAUT = Rectangle(175, 64, 96, 111)


def gradient(size: int = 1500) -> np.ndarray:
    """A picture whose blue tells x and whose green tells y, a sixth of either."""
    y, x = np.mgrid[0:size, 0:size].astype(np.float32)
    return np.stack([x / 6, y / 6, np.zeros_like(x)], axis=-1).astype(np.uint8)


@pytest.mark.parametrize("side", [40, 160, 700])
@pytest.mark.parametrize("template", [DLIB, template_for(None, 1.5)])
def test_the_crop_is_a_square_of_bounded_size(side: float, template: Template) -> None:
    aligned = align(gradient(), landmarks_in_box(Rectangle(300, 300, side, side)), template)
    height, width, _ = aligned.pixels.shape
    assert height == width
    assert SMALLEST_CROP - 2 <= width <= LARGEST_CROP + 2


@pytest.mark.parametrize("side", [40, 160, 700])
@pytest.mark.parametrize("angle", [0, 20, 90, 180])
def test_the_crop_shows_what_the_transform_says(side: float, angle: float) -> None:
    middle = np.array([700.0, 700.0])
    landmarks = landmarks_in_box(Rectangle(700 - side / 2, 700 - side / 2, side, side))
    aligned = align(gradient(), transform_points(rotation(angle, middle), landmarks), DLIB)
    points = np.array([(690.0, 705.0), (700.0, 700.0), (712.0, 695.0)])
    for (x, y), (u, v) in zip(points, transform_points(aligned.transform, points), strict=True):
        blue, green, _ = aligned.pixels[int(v), int(u)]
        assert blue == pytest.approx(x / 6, abs=2)
        assert green == pytest.approx(y / 6, abs=2)


def test_the_landmarks_come_where_the_template_wants_them() -> None:
    field = np.array(DLIB.points) * 300 + 400
    tilted = transform_points(rotation(33, np.array([500.0, 500.0])), field)
    aligned = align(gradient(), tilted, DLIB)
    expected = np.array(DLIB.points) * aligned.field.width + aligned.field.x
    assert transform_points(aligned.transform, tilted) == pytest.approx(expected, abs=1e-6)
    assert scale_of(aligned.transform) == pytest.approx(aligned.field.width / 300)


def test_the_field_is_centred_in_the_crop_with_room_around_it() -> None:
    aligned = align(gradient(), landmarks_in_box(FACE), DLIB)
    size = len(aligned.pixels)
    assert aligned.field.centre == (size / 2, size / 2)
    assert size / aligned.field.width == pytest.approx(DLIB.crop_scale, abs=0.02)


def test_a_network_without_a_template_sees_the_seeds_square() -> None:
    """The square of 1.5 times the face's box, all of the crop."""
    aligned = align(gradient(), landmarks_in_box(FACE), template_for(None, 1.5))
    size = len(aligned.pixels)
    assert aligned.field == Rectangle(0, 0, size, size)
    corners = transform_points(aligned.transform, np.array([(575.0, 475.0), (725.0, 625.0)]))
    assert corners == pytest.approx(np.array([(0.0, 0.0), (size, size)]), abs=0.5)


def test_the_box_around_landmarks_is_the_one_that_they_are_in() -> None:
    box = box_around(landmarks_in_box(FACE))
    assert (box.x, box.y, box.width, box.height) == pytest.approx((600, 500, 100, 100))


def test_shrinking_does_not_alias() -> None:
    """Stripes finer than a pixel of the crop average to grey instead of turning into a pattern."""
    stripes = np.zeros((3000, 3000, 3), np.uint8)
    stripes[:, ::2] = 255
    aligned = align(stripes, landmarks_in_box(Rectangle(500, 500, 1900, 1900)), DLIB)
    assert aligned.pixels.std() < 12
    assert aligned.pixels.mean() == pytest.approx(127, abs=3)


def test_beyond_the_picture_the_border_is_repeated() -> None:
    aligned = align(np.full((500, 500, 3), 90, np.uint8), landmarks_in_box(Rectangle(-20, -20, 90, 90)), DLIB)
    assert (aligned.pixels == 90).all()


def test_a_face_gives_the_same_crop_however_the_photo_is_turned(
    detector: FaceDetector, astronaut: np.ndarray
) -> None:
    upright = align(astronaut, detector.detect(astronaut)[0].landmarks, DLIB)
    turned = np.ascontiguousarray(np.rot90(astronaut))
    other = align(turned, detector.detect(turned)[0].landmarks, DLIB)
    corners = np.array(FACE_OF_THE_ASTRONAUT.corners)
    expected = transform_points(upright.transform, corners) / len(upright.pixels)
    found = transform_points(compose(other.transform, quarter_turn(270, 512, 512)), corners)
    assert found / len(other.pixels) == pytest.approx(expected, abs=0.04)
