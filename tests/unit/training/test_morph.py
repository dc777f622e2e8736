"""Faces between two."""

from __future__ import annotations

import numpy as np
import pytest

from training.morph import mirrored, morphed
from training.teacher import CHIP, MIRRORED, PLACES, chip, similarity

SIDE = 192


def face(colour: int, landmarks: np.ndarray) -> np.ndarray:
    """A plain picture with a bright dot on each landmark."""
    picture = np.full((SIDE, SIDE, 3), colour, np.uint8)
    for x, y in landmarks.round().astype(int):
        picture[y - 2 : y + 3, x - 2 : x + 3] = 255
    return picture


@pytest.fixture
def landmarks() -> np.ndarray:
    return (PLACES + 20).astype(np.float32)


def test_a_similarity_takes_points_where_they_belong(landmarks: np.ndarray) -> None:
    angle = 0.3
    turn = 1.7 * np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    moved = landmarks @ turn.T + (5, -9)
    matrix = similarity(landmarks, moved)
    np.testing.assert_allclose(landmarks @ matrix[:, :2].T + matrix[:, 2], moved, atol=1e-4)


def test_a_chip_has_the_eyes_in_their_place(landmarks: np.ndarray) -> None:
    seen = chip(face(0, landmarks), landmarks)
    assert seen.shape == (CHIP, CHIP, 3)
    for x, y in PLACES.round().astype(int):
        assert seen[y, x].min() > 200


def test_a_mirrored_face_keeps_its_landmarks_on_the_same_features(landmarks: np.ndarray) -> None:
    picture, places = mirrored(face(0, landmarks), landmarks)
    assert all(picture[round(y), round(x)].max() == 255 for x, y in places)
    assert (places[:, 0].argsort() == landmarks[:, 0].argsort()).all()
    assert sorted(MIRRORED) == list(range(5))


@pytest.mark.parametrize("seed", range(8))
def test_a_morph_lies_between_its_two_faces_eye_on_eye(landmarks: np.ndarray, seed: int) -> None:
    other = landmarks * 0.9 + 12
    morph = morphed(face(40, landmarks), landmarks, face(160, other), other, np.random.default_rng(seed))
    assert (morph.shape, morph.dtype) == ((SIDE, SIDE, 3), np.uint8)
    assert morph.min() >= 39
    for x, y in landmarks.round().astype(int):
        assert morph[y - 1 : y + 2, x - 1 : x + 2].max() > 190
    plain = morph[150:, 150:]
    assert plain.max() <= 160


def test_morphs_blend_everywhere_or_join_two_parts(landmarks: np.ndarray) -> None:
    dark, light = np.zeros((SIDE, SIDE, 3), np.uint8), np.full((SIDE, SIDE, 3), 200, np.uint8)
    spread = [
        int(np.ptp(morphed(dark, landmarks, light, landmarks, np.random.default_rng(seed))))
        for seed in range(40)
    ]
    blended = sum(range_ == 0 for range_ in spread)
    joined = sum(range_ > 180 for range_ in spread)
    assert blended + joined == 40
    assert min(blended, joined) > 8
