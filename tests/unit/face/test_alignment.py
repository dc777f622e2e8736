from __future__ import annotations

import cv2
import numpy as np
import pytest

from brain.core.geometry import Rectangle
from brain.face.alignment import FURTHEST, LARGEST, VIEW_SIDE, Aligner, Placement, placement, to_input, view
from brain.face.detector import FaceDetector

SIDE = 92


@pytest.fixture(scope="module")
def aligned(aligner: Aligner, detector: FaceDetector, astronaut: np.ndarray) -> Rectangle:
    """Where the astronaut's face is."""
    return aligner.align(astronaut, detector.detect(astronaut).boxes[0])


def off(box: Rectangle, other: Rectangle) -> tuple[float, float]:
    """How far the middles are apart, and by how much the sides differ: in shares of the other's side."""
    apart = np.hypot(*np.subtract(box.centre, other.centre)) / other.width
    return float(apart), abs(box.width / other.width - 1)


def test_a_placement_moves_and_resizes_a_box() -> None:
    moved = Placement(across=0.1, down=-0.2, scale=0.5).of(Rectangle(10, 20, 100, 100))
    assert (moved.x, moved.y, moved.width, moved.height) == pytest.approx((45, 25, 50, 50))


def test_a_box_that_is_no_square_becomes_one_around_the_same_middle() -> None:
    square = Placement().of(Rectangle(0, 10, 40, 60))
    assert (square.x, square.y, square.width, square.height) == pytest.approx((-10, 10, 60, 60))


@pytest.mark.parametrize("answer", [(9, -9, 9), (-9, 9, -9)])
def test_no_box_leaves_its_face(answer: tuple[float, float, float]) -> None:
    limited = placement(np.array(answer, float))
    assert max(abs(limited.across), abs(limited.down)) <= FURTHEST
    assert 1 / LARGEST <= limited.scale <= LARGEST


def test_the_network_sees_grey_of_one_size_and_no_light(astronaut: np.ndarray) -> None:
    seen = view(astronaut, Rectangle(-20, 100, SIDE, SIDE))
    assert (seen.shape, seen.dtype) == ((VIEW_SIDE, VIEW_SIDE), np.uint8)
    bright, dark = to_input([seen])[0], to_input([seen // 2])[0]
    assert float((dark - bright).abs().max()) < 0.1


def test_a_view_of_nothing_is_finite(aligner: Aligner) -> None:
    square = aligner.align(np.full((64, 64, 3), 7, np.uint8), Rectangle(10, 10, 40, 40))
    assert np.isfinite([square.x, square.y, square.width]).all()


def test_the_face_stays_inside(aligned: Rectangle) -> None:
    assert off(aligned, Rectangle(178, 69, SIDE, SIDE))[0] < 0.15


@pytest.mark.parametrize(
    ("across", "down", "scale"), [(0.1, 0, 1), (0, -0.1, 1), (0, 0, 1.15), (0, 0, 0.87), (-0.05, 0.05, 1.1)]
)
def test_a_crooked_box_is_put_right(
    aligner: Aligner,
    astronaut: np.ndarray,
    aligned: Rectangle,
    across: float,
    down: float,
    scale: float,
) -> None:
    crooked = Placement(across, down, scale).of(aligned)
    apart, resized = off(aligner.align(astronaut, crooked), aligned)
    before_apart, before_resized = off(crooked, aligned)
    assert apart + resized < 0.5 * (before_apart + before_resized)


@pytest.mark.parametrize("factor", [0.5, 2.0])
def test_the_size_of_the_photo_does_not_matter(
    aligner: Aligner, astronaut: np.ndarray, aligned: Rectangle, factor: float
) -> None:
    scaled = cv2.resize(astronaut, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)
    apart, resized = off(aligner.align(scaled, aligned.scaled(factor)), aligned.scaled(factor))
    assert apart < 0.05
    assert resized < 0.08


def test_many_at_once_are_answered_as_one_by_one(aligner: Aligner, astronaut: np.ndarray) -> None:
    boxes = [Rectangle(170 + 5 * n, 65, SIDE, SIDE) for n in range(4)]
    for box, together in zip(boxes, aligner.align_many([astronaut] * 4, boxes), strict=True):
        assert off(together, aligner.align(astronaut, box)) == pytest.approx((0, 0), abs=1e-4)
