from __future__ import annotations

import numpy as np

from brain.core.geometry import Rectangle
from brain.explanation.view import FaceView
from brain.face.alignment import landmarks_in_box

CROP = np.random.default_rng(0).integers(0, 256, (60, 60, 3), dtype=np.uint8)
FACE = Rectangle(10, 10, 40, 40)
VIEW = FaceView(CROP, FACE, Rectangle(10, 15, 40, 40), landmarks_in_box(FACE))


def test_the_network_sees_the_field_alone() -> None:
    assert np.array_equal(VIEW.pixels, CROP[15:55, 10:50])


def test_boxes_are_measured_from_the_corner_of_the_field() -> None:
    assert VIEW.in_field([Rectangle(20, 15, 10, 5)], 80) == [Rectangle(20, 0, 20, 10)]


def test_a_map_is_placed_on_the_field_and_zero_elsewhere() -> None:
    placed = VIEW.placed(np.full((7, 7), 200, np.uint8))
    assert placed.shape == (60, 60)
    assert (placed[15:55, 10:50] == 200).all()
    assert placed.sum() == 200 * 40 * 40
