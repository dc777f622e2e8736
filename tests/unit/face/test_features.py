from __future__ import annotations

import shutil
from pathlib import Path

import cv2
import numpy as np
import pytest

from brain.core.errors import CascadesMissing
from brain.core.geometry import Rectangle
from brain.explanation.feature_scores import score, share_outside
from brain.face.affine import transform_points
from brain.face.alignment import align, landmarks_in_box, template_for
from brain.face.cascades import MOUTH_CASCADE
from brain.face.detector import FaceDetector
from brain.face.features import CASCADE, GEOMETRY, LANDMARKS, FeatureFinder, Located, nearest, place

WHOLE = Rectangle(0, 0, 100, 100)
EVERY = {
    "left eye", "right eye", "left brow", "right brow", "left cheek", "right cheek",
    "nose", "mouth", "chin", "forehead",
}  # fmt: skip


@pytest.fixture(scope="module")
def finder() -> FeatureFinder:
    return FeatureFinder()


@pytest.fixture(scope="module")
def face_crop(detector: FaceDetector, astronaut: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The astronaut's crop, and the landmarks in it."""
    landmarks = detector.detect(astronaut)[0].landmarks
    aligned = align(astronaut, landmarks, template_for(None, 1.5))
    return aligned.pixels, transform_points(aligned.transform, landmarks)


@pytest.fixture(scope="module")
def located(finder: FeatureFinder, face_crop: tuple[np.ndarray, np.ndarray]) -> dict[str, Located]:
    return {feature.name: feature for feature in finder.locate(*face_crop)}


def test_every_feature_is_located(located: dict[str, Located]) -> None:
    assert set(located) >= EVERY
    assert located["left eye"].located_by == CASCADE
    assert located["right eye"].located_by == CASCADE
    assert located["chin"].located_by == GEOMETRY


def test_a_larger_crop_has_the_same_features(
    finder: FeatureFinder, face_crop: tuple[np.ndarray, np.ndarray], located: dict[str, Located]
) -> None:
    crop, landmarks = face_crop
    large = cv2.resize(crop, None, fx=4, fy=4, interpolation=cv2.INTER_CUBIC)
    found = {feature.name: feature for feature in finder.locate(large, landmarks * 4)}
    assert {name: each.located_by for name, each in found.items()} == {
        name: each.located_by for name, each in located.items()
    }
    for name, each in found.items():
        box, expected = each.box, located[name].box.scaled(4)
        assert box.centre == pytest.approx(expected.centre, abs=0.1 * expected.width)
        assert box.width == pytest.approx(expected.width, rel=0.2)


def test_left_and_right_are_the_persons_own(located: dict[str, Located]) -> None:
    for part in ("eye", "brow", "cheek"):
        assert located[f"left {part}"].box.centre[0] > located[f"right {part}"].box.centre[0]


def test_features_follow_from_top_to_bottom(located: dict[str, Located]) -> None:
    names = ("forehead", "left brow", "left eye", "nose", "mouth", "chin")
    heights = [located[name].box.centre[1] for name in names]
    assert heights == sorted(heights)


def test_a_smile_is_seen_at_the_mouth(located: dict[str, Located]) -> None:
    (x, y), (x0, y0) = located["smile"].box.centre, located["mouth"].box.centre
    assert np.hypot(x - x0, y - y0) < located["mouth"].box.width / 2


def test_what_no_cascade_sees_is_located_by_the_landmarks(finder: FeatureFinder) -> None:
    landmarks = landmarks_in_box(Rectangle(37, 37, 150, 150))
    found = {f.name: f for f in finder.locate(np.full((224, 224, 3), 128, np.uint8), landmarks)}
    assert set(found) == EVERY
    by_landmarks = {name for name, feature in found.items() if feature.located_by == LANDMARKS}
    assert by_landmarks == {"left eye", "right eye", "nose", "mouth"}
    assert {found[name].located_by for name in EVERY - by_landmarks} == {GEOMETRY}
    assert found["right eye"].box.centre == pytest.approx(landmarks[0])
    assert found["mouth"].box.centre == pytest.approx(landmarks[3:].mean(0))
    nose = found["nose"].box
    assert nose.centre[1] < landmarks[2][1] < nose.y + nose.height


def test_a_mouth_aside_is_located_aside(finder: FeatureFinder) -> None:
    landmarks = landmarks_in_box(Rectangle(37, 37, 150, 150))
    landmarks[3:] += (12, 0)
    found = {f.name: f for f in finder.locate(np.full((224, 224, 3), 128, np.uint8), landmarks)}
    assert found["mouth"].box.centre[0] == pytest.approx(112 + 12)
    assert found["chin"].box.centre[0] == pytest.approx(112)


def test_geometry_turns_with_the_head() -> None:
    upright = place("mouth", np.array([(100, 100), (160, 100)])).centre
    tilted = place("mouth", np.array([(100, 100), (160, 130)])).centre
    assert upright == pytest.approx((130, 167.2))
    assert tilted[0] < upright[0]


def test_an_installed_cascade_locates_its_feature(
    tmp_path: Path, face_crop: tuple[np.ndarray, np.ndarray]
) -> None:
    shutil.copy(Path(cv2.data.haarcascades) / "haarcascade_smile.xml", tmp_path / MOUTH_CASCADE)
    found = {feature.name: feature for feature in FeatureFinder(extra=tmp_path).locate(*face_crop)}
    assert found["mouth"].located_by == CASCADE
    assert found["nose"].located_by == LANDMARKS


def test_missing_feature_cascades_are_reported(tmp_path: Path) -> None:
    with pytest.raises(CascadesMissing):
        FeatureFinder(tmp_path)


def test_the_nearest_plausible_box_wins() -> None:
    expected = Rectangle(100, 100, 40, 40)
    close, far, huge = Rectangle(104, 102, 38, 38), Rectangle(140, 140, 40, 40), Rectangle(60, 60, 120, 120)
    assert nearest([far, huge, close], expected) == close
    assert nearest([far, huge], expected) is None
    assert nearest([], expected) is None


def test_the_score_is_the_mean_of_the_map_inside_the_box() -> None:
    gc_map = np.zeros((100, 100), np.uint8)
    gc_map[20:40, 10:30] = 255
    boxes = [
        Located("nose", Rectangle(10, 20, 20, 20), GEOMETRY),
        Located("mouth", Rectangle(10, 30, 20, 20), GEOMETRY),
        Located("chin", Rectangle(60, 60, 20, 20), GEOMETRY),
    ]
    scored = score(boxes, gc_map, threshold=0.5, field=WHOLE)
    assert [(f.name, f.score, f.significant) for f in scored] == [
        ("nose", 1.0, True),
        ("mouth", 0.5, False),
        ("chin", 0.0, False),
    ]


def test_a_box_is_cut_at_the_crops_edge_and_dropped_beyond_it() -> None:
    gc_map = np.full((100, 100), 255, np.uint8)
    boxes = [
        Located("chin", Rectangle(40, 90, 20, 30), GEOMETRY),
        Located("forehead", Rectangle(40, -40, 20, 30), GEOMETRY),
    ]
    (chin,) = score(boxes, gc_map, threshold=0.5, field=WHOLE)
    assert (chin.box.y, chin.box.height) == (90, 10)


def test_the_share_outside_counts_what_no_feature_covers() -> None:
    gc_map = np.zeros((100, 100), np.uint8)
    gc_map[:, :50] = 200
    scored = score([Located("nose", Rectangle(0, 0, 50, 25), GEOMETRY)], gc_map, threshold=0.5, field=WHOLE)
    assert share_outside(scored, gc_map) == pytest.approx(0.75)
    assert share_outside([], gc_map) == 1.0
    assert share_outside(scored, np.zeros((100, 100), np.uint8)) == 0.0
