"""The overview of a group photo."""

from __future__ import annotations

import io
from itertools import combinations

import numpy as np
import pytest
from PIL import Image

from brain.core.geometry import Rectangle, intersection
from brain.rendering.overview import LabelledFace, draw_overview, drawable, load_font, place_labels

GREY = np.full((600, 900, 3), 128, np.uint8)


def opened(jpeg: bytes) -> np.ndarray:
    with Image.open(io.BytesIO(jpeg)) as image:
        return np.asarray(image.convert("RGB")).astype(int)


def changed(jpeg: bytes, grey: int = 128) -> np.ndarray:
    """Where a picture of grey was drawn on, (H, W) bool."""
    difference: np.ndarray = np.abs(opened(jpeg) - grey).max(2) > 60
    return difference


def test_a_box_and_a_label_are_drawn_and_nothing_else() -> None:
    drawn = changed(draw_overview(GREY, [LabelledFace(Rectangle(300, 200, 100, 100), "0  Ada Lovelace")]))

    assert drawn[200:202, 320:380].all()
    assert not drawn[215:285, 315:385].any(), "the face stays visible"
    assert drawn[300:330, 250:450].any()
    assert not drawn[:190].any()
    assert not drawn[350:].any()


def test_a_large_photo_is_scaled_down() -> None:
    pixels = np.full((2000, 3200, 3), 128, np.uint8)

    drawn = changed(draw_overview(pixels, [LabelledFace(Rectangle(1000, 800, 400, 400), "0")]))

    assert drawn.shape == (1000, 1600)
    assert drawn[400:402, 520:680].all()


def test_without_faces_the_photo_is_left_as_it_is() -> None:
    assert not changed(draw_overview(GREY, [])).any()


def test_labels_hide_neither_each_other_nor_faces_and_stay_inside() -> None:
    boxes = [Rectangle(x, 10, 60, 60) for x in range(0, 540, 90)] + [Rectangle(0, 330, 60, 60)]

    places = place_labels(boxes, [(150.0, 30.0)] * len(boxes), (600, 400))

    assert len(places) == len(boxes)
    for place in places:
        assert place.x >= 0
        assert place.y >= 0
        assert place.x + place.width <= 600
        assert place.y + place.height <= 400
    assert all(intersection(*pair).area == 0 for pair in combinations(places, 2))
    assert all(intersection(place, box).area == 0 for place in places for box in boxes)


@pytest.mark.parametrize("text", ["Ada Lovelace", "José Łukasz", "日本", ""])
def test_every_text_can_be_drawn(text: str) -> None:
    font = load_font(16)
    shown = drawable(text, font)
    assert len(shown) == len(text)
    assert bytes(font.getmask("\uffff")) not in [bytes(font.getmask(character)) for character in shown]
    if text.isascii():
        assert shown == text
