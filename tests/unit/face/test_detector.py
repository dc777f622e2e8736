from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
import skimage.data

from brain.core.errors import CascadesMissing, FaceNotFound
from brain.core.geometry import Rectangle
from brain.core.schema import Detector
from brain.face.affine import quarter_turn, rotation, transform_points
from brain.face.detector import DetectedFace, FaceDetector
from brain.face.haar import FRONTAL, PROFILE, FaceCascades, load_cascade
from brain.face.photo import decode
from tests import pictures

FACE = Rectangle(175, 64, 96, 111)
# Right eye, left eye, nose tip, right and left mouth corner of the astronaut, read off the photo.
LANDMARKS = np.array([(200.5, 101.3), (245.7, 104.0), (221.1, 124.0), (202.4, 142.3), (241.8, 143.5)])
PICTURES_WITHOUT_A_FACE = (
    "brick", "cat", "cell", "checkerboard", "clock", "coffee", "coins", "grass", "gravel", "horse",
    "hubble_deep_field", "immunohistochemistry", "logo", "microaneurysms", "moon", "page", "retina", "rocket",
    "text",
)  # fmt: skip


def overlap(a: Rectangle, b: Rectangle) -> float:
    """Intersection over union."""
    width = min(a.x + a.width, b.x + b.width) - max(a.x, b.x)
    height = min(a.y + a.height, b.y + b.height) - max(a.y, b.y)
    shared = max(0.0, width) * max(0.0, height)
    return shared / (a.area + b.area - shared)


def error(face: DetectedFace, landmarks: np.ndarray) -> float:
    """Mean distance of the landmarks from the right ones, in distances between the eyes."""
    distance = np.hypot(*(landmarks[1] - landmarks[0]))
    return float(np.linalg.norm(face.landmarks - landmarks, axis=1).mean() / distance)


@pytest.fixture(scope="module")
def cascades() -> FaceDetector:
    return FaceDetector(Detector.CASCADES)


def test_finds_the_astronaut(detector: FaceDetector, astronaut: np.ndarray) -> None:
    (face,) = detector.detect(astronaut)
    assert (face.found_by, face.rotation) == ("yunet", 0)
    assert face.score > 0.9
    assert overlap(face.box, FACE) > 0.8
    assert error(face, LANDMARKS) < 0.06


def test_cascades_propose_and_the_landmarks_are_the_same(
    cascades: FaceDetector, detector: FaceDetector, astronaut: np.ndarray
) -> None:
    (face,) = cascades.detect(astronaut)
    assert face.found_by == FRONTAL[0][0]
    assert error(face, detector.detect(astronaut)[0].landmarks) < 0.03


def test_where_no_cascade_sees_a_face_yunet_searches(cascades: FaceDetector, astronaut: np.ndarray) -> None:
    (face,) = cascades.detect(np.ascontiguousarray(astronaut[::-1, ::-1]))
    assert (face.found_by, face.rotation) == ("yunet", 180)


def test_what_a_cascade_mistakes_for_a_face_is_not_confirmed(cascades: FaceDetector) -> None:
    motorcycle, _, _ = skimage.data.stereo_motorcycle()
    picture = np.ascontiguousarray(motorcycle[:, :, ::-1])
    assert any(boxes for _, boxes in FaceCascades().detect(picture))
    with pytest.raises(FaceNotFound) as raised:
        cascades.detect(picture)
    assert raised.value.reason == "no-face"


@pytest.mark.parametrize("orientation", range(1, 9))
def test_every_exif_orientation_gives_the_same_face(
    detector: FaceDetector, astronaut: np.ndarray, orientation: int
) -> None:
    photo = decode(pictures.with_orientation(astronaut, orientation))
    (face,) = detector.detect(photo.pixels)
    assert error(face, LANDMARKS) < 0.06


@pytest.mark.parametrize("angle", [90, 180, 270])
def test_a_photo_on_its_side_or_upside_down_is_searched_all_the_same(
    detector: FaceDetector, astronaut: np.ndarray, angle: int
) -> None:
    turned = np.ascontiguousarray(np.rot90(astronaut, -angle // 90))
    (face,) = detector.detect(turned)
    assert face.rotation == angle
    assert error(face, transform_points(quarter_turn(angle, 512, 512), LANDMARKS)) < 0.06


@pytest.mark.parametrize("angle", [-45, -30, -15, 15, 30, 45])
def test_landmarks_follow_a_tilted_head(detector: FaceDetector, astronaut: np.ndarray, angle: int) -> None:
    turn = rotation(angle, np.array([224.0, 120.0]))
    tilted = cv2.warpAffine(astronaut, turn, (512, 512), borderMode=cv2.BORDER_REPLICATE)
    face = detector.detect(tilted)[0]
    assert error(face, transform_points(turn, LANDMARKS)) < 0.1


@pytest.mark.parametrize("factor", [0.5, 3.0])
def test_faces_are_in_the_pictures_own_pixels(
    detector: FaceDetector, astronaut: np.ndarray, factor: float
) -> None:
    scaled = cv2.resize(astronaut, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)
    (face,) = detector.detect(scaled)
    assert overlap(face.box, FACE.scaled(factor)) > 0.7
    assert error(face, LANDMARKS * factor) < 0.06


def test_a_tight_crop_still_has_a_face(detector: FaceDetector, astronaut: np.ndarray) -> None:
    tight = cv2.resize(astronaut[75:165, 180:270], (112, 112), interpolation=cv2.INTER_AREA)
    box = detector.detect(tight)[0].box
    assert abs(box.centre[0] - 56) < 20
    assert abs(box.centre[1] - 56) < 25


def test_the_largest_face_comes_first(detector: FaceDetector, astronaut: np.ndarray) -> None:
    scene = np.full((512, 900, 3), 128, np.uint8)
    scene[:, :512] = astronaut
    scene[100:356, 600:856] = cv2.resize(astronaut, (256, 256), interpolation=cv2.INTER_AREA)
    faces = detector.detect(scene)
    assert len(faces) == 2
    assert overlap(faces[0].box, FACE) > 0.7
    assert overlap(faces[1].box, FACE.scaled(0.5).moved(600, 100)) > 0.6


def test_small_faces_in_a_large_photo_are_all_found(detector: FaceDetector, astronaut: np.ndarray) -> None:
    """Faces of 57 pixels in the working copy of a 12-megapixel photo, where they have 115."""
    scene = np.full((1500, 2000, 3), 120, np.uint8)
    head = cv2.resize(astronaut[20:240, 110:330], None, fx=0.6, fy=0.6, interpolation=cv2.INTER_AREA)
    places = [(150, 150), (1650, 200), (900, 750), (300, 1250)]
    for x, y in places:
        scene[y : y + len(head), x : x + len(head)] = head
    found = sorted(face.box.centre for face in detector.detect(scene))
    expected = sorted((x + 0.6 * 113, y + 0.6 * 99) for x, y in places)
    assert np.abs(np.array(found) - expected).max() < 12


def test_two_percent_of_the_longer_side_is_enough(detector: FaceDetector, astronaut: np.ndarray) -> None:
    scene = np.full((1500, 2000, 3), 120, np.uint8)
    head = cv2.resize(astronaut[20:240, 110:330], None, fx=0.42, fy=0.42, interpolation=cv2.INTER_AREA)
    scene[700 : 700 + len(head), 900 : 900 + len(head)] = head
    (face,) = detector.detect(scene)
    assert face.box.width == pytest.approx(0.02 * 2000, rel=0.1)


@pytest.mark.parametrize("grey", [0, 128, 255])
def test_a_blank_picture_has_no_face(detector: FaceDetector, grey: int) -> None:
    with pytest.raises(FaceNotFound) as raised:
        detector.detect(np.full((300, 300, 3), grey, np.uint8))
    assert raised.value.reason == "no-face"
    assert raised.value.message == "ERROR: sorry, frontal face wasn't detected"


@pytest.mark.parametrize("name", PICTURES_WITHOUT_A_FACE)
def test_pictures_of_other_things_have_no_face(detector: FaceDetector, name: str) -> None:
    picture = np.asarray(getattr(skimage.data, name)())
    picture = (255 * picture).astype(np.uint8) if picture.dtype == bool else picture
    colour = cv2.cvtColor(picture, cv2.COLOR_GRAY2BGR) if picture.ndim == 2 else picture[:, :, 2::-1]
    for turn in range(4):
        with pytest.raises(FaceNotFound):
            detector.detect(np.ascontiguousarray(np.rot90(colour, turn)))


@pytest.mark.parametrize("shape", [(64_000, 32), (32, 64_000), (32, 32)])
def test_a_picture_of_extreme_shape_has_no_face(detector: FaceDetector, shape: tuple[int, int]) -> None:
    with pytest.raises(FaceNotFound) as raised:
        detector.detect(np.full((*shape, 3), 90, np.uint8))
    assert raised.value.reason == "no-face"


def test_a_strip_is_no_face_for_the_cascades_either(cascades: FaceDetector) -> None:
    with pytest.raises(FaceNotFound):
        cascades.detect(np.full((64_000, 32, 3), 90, np.uint8))


def test_a_face_too_small_to_recognise_is_told_from_none(
    detector: FaceDetector, astronaut: np.ndarray
) -> None:
    small = cv2.resize(astronaut, (75, 75), interpolation=cv2.INTER_AREA)
    with pytest.raises(FaceNotFound) as raised:
        detector.detect(small)
    assert raised.value.reason == "too-small"
    assert "small" in raised.value.hint


@pytest.mark.parametrize("deviation", [7, 8, 10])
def test_a_face_too_blurred_to_recognise_is_told_from_none(
    detector: FaceDetector, astronaut: np.ndarray, deviation: float
) -> None:
    with pytest.raises(FaceNotFound) as raised:
        detector.detect(cv2.GaussianBlur(astronaut, (0, 0), deviation))
    assert raised.value.reason == "too-blurred"
    assert "blurred" in raised.value.hint


def test_a_turned_head_is_found_from_either_side(detector: FaceDetector, cascades: FaceDetector) -> None:
    grey = skimage.data.camera()
    left = np.stack([grey] * 3, axis=-1)
    x, _ = detector.detect(left)[0].box.centre
    mirrored_x, _ = detector.detect(left[:, ::-1].copy())[0].box.centre
    assert mirrored_x == pytest.approx(512 - x, abs=12)
    for picture in (left, left[:, ::-1].copy()):
        assert cascades.detect(picture)[0].found_by == PROFILE


@pytest.mark.parametrize("kind", list(Detector))
def test_missing_cascades_are_error_2(tmp_path: Path, kind: Detector) -> None:
    with pytest.raises(CascadesMissing) as raised:
        FaceDetector(kind, tmp_path)
    assert raised.value.message.startswith("ERROR: cannot load cascades from: ... ")
    assert str(tmp_path) in raised.value.message


@pytest.mark.parametrize("content", [b"", b"<html><body>404</body></html>", b"\x00\x01\x02"])
def test_a_file_that_is_no_cascade_is_error_2(tmp_path: Path, content: bytes) -> None:
    (tmp_path / PROFILE).write_bytes(content)
    with pytest.raises(CascadesMissing) as raised:
        load_cascade(PROFILE, tmp_path)
    assert raised.value.reason == "not-a-cascade"
