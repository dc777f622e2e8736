"""The picture of a comparison: both photos side by side, each under the map that the verdict rests on."""

from __future__ import annotations

import cv2
import numpy as np

from brain.core.comparisons import Comparison
from brain.explanation.activation_maps import to_colour
from brain.explanation.view import FaceView
from brain.rendering.drawing import BLEND, BLEND_QUALITY, Picture, encode, field_opacity, mixed

SIDE = 448
GAP = 8
WHITE = 255


def draw_pair(comparison: Comparison, views: tuple[FaceView, FaceView]) -> Picture:
    """Both crops, blended with the maps of where they are alike, or unlike if they show two people.

    Args:
        views: in the order of `comparison.photos`.
    """
    halves = [
        half(view, photo.map_of(comparison.verdict).to_array())
        for view, photo in zip(views, comparison.photos, strict=True)
    ]
    gap = np.full((SIDE, GAP, 3), WHITE, np.uint8)
    return Picture("comparison.jpg", encode(".jpg", np.hstack([halves[0], gap, halves[1]]), BLEND_QUALITY))


def half(view: FaceView, heat: np.ndarray) -> np.ndarray:
    """A crop blended with a map of its field, (SIDE, SIDE, 3) uint8 BGR.

    Args:
        heat: (h, w) uint8.
    """
    colours = to_colour(view.field_of(view.placed(heat)))
    blended = view.crop.copy()
    view.field_of(blended)[:] = mixed(colours, view.pixels, BLEND * field_opacity(view))
    return cv2.resize(blended, (SIDE, SIDE), interpolation=cv2.INTER_AREA)
