from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
import skimage.data

from brain.core.errors import CascadesMissing, FaceNotFound
from brain.core.geometry import Rectangle
from brain.face.crop import MAX_CROP, MIN_CROP, crop
from brain.face.detector import FRONTAL, PROFILE, FaceDetector, load_cascade
from brain.face.photo import decode
from tests import pictures

FACE = Rectangle(178, 69, 92, 92)


def overlap(a: Rectangle, b: Rectangle) -> float:
    """Intersection over union."""
    width = min(a.x + a.width, b.x + b.width) - max(a.x, b.x)
    height = min(a.y + a.height, b.y + b.height) - max(a.y, b.y)
    shared = max(0.0, width) * max(0.0, height)
    return shared / (a.area + b.area - shared)


def test_finds_the_astronaut(detector: FaceDetector, astronaut: np.ndarray) -> None:
    detection = detector.detect(astronaut)
    assert detection.cascade == FRONTAL[0][0]
    assert overlap(detection.boxes[0], FACE) > 0.8


@pytest.mark.parametrize("orientation", range(1, 9))
def test_every_exif_orientation_gives_the_same_face(
    detector: FaceDetector, astronaut: np.ndarray, orientation: int
) -> None:
    photo = decode(pictures.with_orientation(astronaut, orientation))
    assert overlap(detector.detect(photo.pixels).boxes[0], FACE) > 0.8


@pytest.mark.parametrize("factor", [0.5, 3.0])
def test_boxes_are_in_the_pictures_own_pixels(
    detector: FaceDetector, astronaut: np.ndarray, factor: float
) -> None:
    scaled = cv2.resize(astronaut, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)
    assert overlap(detector.detect(scaled).boxes[0], FACE.scaled(factor)) > 0.7


def test_a_tight_crop_still_has_a_face(detector: FaceDetector, astronaut: np.ndarray) -> None:
    tight = cv2.resize(astronaut[75:165, 180:270], (112, 112), interpolation=cv2.INTER_AREA)
    box = detector.detect(tight).boxes[0]
    assert abs(box.centre[0] - 56) < 20
    assert abs(box.centre[1] - 56) < 25


def test_the_largest_face_comes_first(detector: FaceDetector, astronaut: np.ndarray) -> None:
    scene = np.full((512, 900, 3), 128, np.uint8)
    scene[:, :512] = astronaut
    scene[100:356, 600:856] = cv2.resize(astronaut, (256, 256), interpolation=cv2.INTER_AREA)
    boxes = detector.detect(scene).boxes
    assert len(boxes) == 2
    assert overlap(boxes[0], FACE) > 0.7
    assert overlap(boxes[1], FACE.scaled(0.5).moved(600, 100)) > 0.6


@pytest.mark.parametrize("grey", [0, 128, 255])
def test_a_blank_picture_has_no_face(detector: FaceDetector, grey: int) -> None:
    with pytest.raises(FaceNotFound) as error:
        detector.detect(np.full((300, 300, 3), grey, np.uint8))
    assert error.value.message == "ERROR: sorry, frontal face wasn't detected"


def test_a_turned_head_is_found_from_either_side(detector: FaceDetector) -> None:
    grey = skimage.data.camera()
    left = np.stack([grey] * 3, axis=-1)
    for picture in (left, left[:, ::-1].copy()):
        detection = detector.detect(picture)
        assert detection.cascade == PROFILE
    x, _ = detector.detect(left).boxes[0].centre
    mirrored_x, _ = detector.detect(left[:, ::-1].copy()).boxes[0].centre
    assert mirrored_x == pytest.approx(512 - x, abs=12)


def test_missing_cascades_are_error_2(tmp_path: Path) -> None:
    with pytest.raises(CascadesMissing) as error:
        FaceDetector(tmp_path)
    assert error.value.message.startswith("ERROR: cannot load cascades from: ... ")
    assert str(tmp_path) in error.value.message


@pytest.mark.parametrize("content", [b"", b"<html><body>404</body></html>", b"\x00\x01\x02"])
def test_a_file_that_is_no_cascade_is_error_2(tmp_path: Path, content: bytes) -> None:
    (tmp_path / PROFILE).write_bytes(content)
    with pytest.raises(CascadesMissing) as error:
        load_cascade(PROFILE, tmp_path)
    assert error.value.reason == "not-a-cascade"


@pytest.mark.parametrize(("side", "expected"), [(40, MIN_CROP), (200, 300), (900, MAX_CROP)])
def test_the_crop_is_a_square_of_bounded_size(side: int, expected: int) -> None:
    picture = np.zeros((1500, 1500, 3), np.uint8)
    cut, square = crop(picture, Rectangle(300, 300, side, side))
    assert cut.shape == (expected, expected, 3)
    assert (square.width, square.height) == (1.5 * side, 1.5 * side)


@pytest.mark.parametrize("side", [100, 200, 600])
def test_the_crop_shows_what_its_square_says(side: int) -> None:
    y, x = np.mgrid[0:1200, 0:1200].astype(np.float32)
    picture = np.stack([x / 5, y / 5, np.zeros_like(x)], axis=-1).astype(np.uint8)
    cut, square = crop(picture, Rectangle(250, 350, side, side))
    size = cut.shape[0]
    for u, v in ((0.25, 0.25), (0.5, 0.5), (0.75, 0.3)):
        blue, green, _ = cut[int(v * size), int(u * size)]
        assert blue == pytest.approx((square.x + u * square.width) / 5, abs=2)
        assert green == pytest.approx((square.y + v * square.height) / 5, abs=2)


@pytest.mark.parametrize("side", [200, 500])
def test_beyond_the_picture_the_border_is_repeated(side: int) -> None:
    picture = np.full((500, 500, 3), 90, np.uint8)
    cut, square = crop(picture, Rectangle(-20, -20, side, side))
    assert square.x < 0
    assert (cut == 90).all()
