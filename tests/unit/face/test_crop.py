from __future__ import annotations

import cv2
import numpy as np
import pytest

from brain.core.errors import FaceNotFound
from brain.core.results import Face
from brain.face.affine import quarter_turn, transform_points
from brain.face.alignment import Template
from brain.face.crop import FaceCrop, FaceCropper, landmarks_in_crop
from brain.face.detector import FaceDetector
from brain.face.photo import FINEST_PIXELS, Photo, decode
from tests import pictures

DLIB = Template(((0.315, 0.301), (0.685, 0.305), (0.498, 0.515), (0.343, 0.675), (0.662, 0.677)), 1.4)


@pytest.fixture(scope="module")
def cropper(detector: FaceDetector) -> FaceCropper:
    return FaceCropper(detector, DLIB)


def photo_of(pixels: np.ndarray, scale: int = 1) -> Photo:
    height, width = pixels.shape[:2]
    return Photo(pixels, width * scale, height * scale)


def test_the_crop_is_what_its_jpeg_decodes_to(cropper: FaceCropper, astronaut: np.ndarray) -> None:
    crop = cropper.crop(photo_of(astronaut))
    assert np.array_equal(decode(crop.jpeg).pixels, crop.pixels)


def test_a_stored_face_says_where_everything_is(cropper: FaceCropper, astronaut: np.ndarray) -> None:
    crop = cropper.crop(photo_of(astronaut))
    face = Face.model_validate_json(crop.face.model_dump_json())
    expected = np.array(DLIB.points) * crop.field.width + crop.field.x
    assert landmarks_in_crop(face) == pytest.approx(expected, abs=0.05 * crop.field.width)
    assert np.array_equal(landmarks_in_crop(face), crop.landmarks)


def test_the_stored_face_is_in_pixels_of_the_full_photo(cropper: FaceCropper, astronaut: np.ndarray) -> None:
    small, large = (cropper.crop(photo_of(astronaut, scale)) for scale in (1, 3))
    assert np.array(large.face.landmarks) == pytest.approx(3 * np.array(small.face.landmarks), abs=0.02)
    assert large.face.box.x == pytest.approx(3 * small.face.box.x, abs=2)
    assert large.landmarks == pytest.approx(small.landmarks, abs=0.02)


def test_a_small_face_in_a_large_photo_is_cut_out_of_a_finer_copy(
    cropper: FaceCropper, astronaut: np.ndarray
) -> None:
    scene = np.full((1000, 4400, 3), 120, np.uint8)
    scene[200:712, 1600:2112] = astronaut
    photo = decode(pictures.with_orientation(scene, 6))
    assert photo.pixels.shape == (500, 2200, 3)
    assert photo.finer().pixels.shape == scene.shape
    fine, direct = cropper.crop(photo), cropper.crop(photo_of(scene))
    coarse = cropper.crop(Photo(photo.pixels, photo.width, photo.height))
    assert fine.face.box == coarse.face.box
    assert fine.landmarks == pytest.approx(coarse.landmarks, abs=0.5)
    assert fine.pixels.shape == direct.pixels.shape

    def detail(crop: FaceCrop) -> float:
        return float(cv2.Laplacian(crop.pixels, cv2.CV_32F).std())

    assert detail(coarse) < 0.7 * detail(direct)
    assert detail(fine) == pytest.approx(detail(direct), rel=0.1)


def test_a_finer_copy_stays_within_its_limit(astronaut: np.ndarray) -> None:
    large = decode(pictures.encode(pictures.to_image(astronaut).resize((8200, 4000)), "JPEG"))
    finer = large.finer()
    assert (large.scale, finer.scale) == (4.0, 2.0)
    assert finer.pixels.shape[0] * finer.pixels.shape[1] <= FINEST_PIXELS
    assert finer.finer() is finer


def test_the_crop_of_a_turned_photo_is_upright(cropper: FaceCropper, astronaut: np.ndarray) -> None:
    turned = cropper.crop(photo_of(np.ascontiguousarray(np.rot90(astronaut, 2))))
    assert turned.face.rotation == 180
    eyes, mouth = turned.landmarks[:2].mean(0), turned.landmarks[3:].mean(0)
    assert mouth[1] - eyes[1] > 3 * abs(mouth[0] - eyes[0])
    upright = cropper.crop(photo_of(astronaut)).face
    back = transform_points(quarter_turn(180, 512, 512), np.array(turned.face.landmarks))
    assert back == pytest.approx(np.array(upright.landmarks), abs=3)


def test_a_face_that_is_not_there_cannot_be_asked_for(cropper: FaceCropper, astronaut: np.ndarray) -> None:
    for index in (1, -1):
        with pytest.raises(FaceNotFound) as raised:
            cropper.crop(photo_of(astronaut), index)
        assert raised.value.reason == "no-such-face"
        assert "Found 1" in raised.value.hint


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_metadata_changes_no_crop(cropper: FaceCropper, astronaut: np.ndarray, kind: str) -> None:
    plain = pictures.encode(
        pictures.to_image(astronaut), kind, **({"lossless": True} if kind == "WEBP" else {})
    )
    assert cropper.crop(decode(plain)).jpeg == cropper.crop(photo_of(astronaut)).jpeg
