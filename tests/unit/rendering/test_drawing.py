from __future__ import annotations

import numpy as np

from brain.core.geometry import Rectangle
from brain.explanation.view import FaceView
from brain.rendering.drawing import decode, encode, field_opacity, mixed

CROP = np.full((100, 100, 3), 90, np.uint8)


def view(field: Rectangle) -> FaceView:
    return FaceView(CROP, field, field, np.zeros((5, 2)))


def test_a_map_fades_towards_the_edges_of_what_the_network_sees() -> None:
    opacity = field_opacity(view(Rectangle(15, 15, 70, 70)))
    assert opacity.shape == (70, 70, 1)
    assert opacity[[0, -1]].max() < 0.1
    assert opacity[:, [0, -1]].max() < 0.1
    assert (opacity[7:-7, 7:-7] == 1).all()


def test_a_map_of_the_whole_crop_does_not_fade() -> None:
    assert (field_opacity(view(Rectangle(0, 0, 100, 100))) == 1).all()


def test_mixing_follows_the_opacity() -> None:
    red = np.zeros((2, 1, 3), np.uint8)
    red[..., 2] = 200
    opacity = np.array([[[0.0]], [[0.5]]])
    assert mixed(red, CROP[:2, :1], opacity).tolist() == [[[90, 90, 90]], [[45, 45, 145]]]


def test_pictures_survive_lossless_encoding_and_anything_else_is_none() -> None:
    assert np.array_equal(decode(encode(".png", CROP)), CROP)
    assert decode(b"no picture").ndim == 0
