from __future__ import annotations

import numpy as np
import pytest

from brain.core.geometry import Rectangle
from brain.explanation.controls import (
    bounding_box,
    candidate_placements,
    control_region,
    overlap,
    same_place,
    top_placements,
)
from brain.explanation.view import FaceView
from brain.face.alignment import landmarks_in_box

FACE = Rectangle(40, 40, 160, 160)
FIELD = Rectangle(0, 0, 240, 240)
REGION = Rectangle(24, 24, 192, 192)
EYE = Rectangle(70, 90, 40, 30)
OTHER_EYE = Rectangle(140, 90, 40, 30)


def test_controls_stay_in_the_face_and_in_what_the_network_sees() -> None:
    crop = np.zeros((240, 240, 3), np.uint8)
    assert control_region(FaceView(crop, FACE, FIELD, landmarks_in_box(FACE))) == REGION
    assert control_region(
        FaceView(crop, FACE, Rectangle(50, 50, 100, 100), landmarks_in_box(FACE))
    ) == Rectangle(50, 50, 100, 100)


@pytest.mark.parametrize("boxes", [[EYE], [EYE, OTHER_EYE]])
def test_controls_have_the_features_shape_and_stay_in_the_face_and_off_the_feature(
    boxes: list[Rectangle],
) -> None:
    places = candidate_placements(boxes, boxes, REGION)
    assert places
    for place in places:
        assert [(box.width, box.height) for box in place] == [(box.width, box.height) for box in boxes]
        frame = bounding_box(place)
        assert frame.x >= 24
        assert frame.y >= 24
        assert frame.x + frame.width <= 216
        assert frame.y + frame.height <= 216
        assert all(overlap(box, own) <= 0.15 for box in place for own in boxes)


def test_what_is_taken_is_kept_off() -> None:
    nose = Rectangle(100, 110, 40, 50)
    places = list(candidate_placements([EYE], [EYE, nose], REGION))
    assert places
    assert all(overlap(place[0], nose) <= 0.15 for place in places)
    assert list(candidate_placements([EYE], [EYE, Rectangle(0, 0, 240, 240)], REGION)) == []


def test_there_is_no_place_for_what_is_larger_than_the_face() -> None:
    assert list(candidate_placements([Rectangle(0, 0, 230, 50)], [], REGION)) == []


def test_the_hottest_place_comes_first_and_the_next_one_lies_apart() -> None:
    heat = np.zeros((24, 24))
    heat[14:18, 12:16] = 1
    heat[6:8, 4:8] = 0.5
    places = candidate_placements([EYE], [EYE], REGION)
    first, second = top_placements(places, heat, FIELD, 2)
    assert overlap(first[0], Rectangle(120, 140, 40, 40)) > 0.8
    assert overlap(second[0], first[0]) <= 0.5
    assert top_placements(places[:0], heat, FIELD, 2) == []


def test_the_same_place_is_told_from_neighbours() -> None:
    assert same_place([EYE], [OTHER_EYE, EYE.moved(10, 0)])
    assert same_place([EYE], [Rectangle(60, 80, 100, 80)])
    assert not same_place([EYE], [OTHER_EYE, EYE.moved(30, 0)])
