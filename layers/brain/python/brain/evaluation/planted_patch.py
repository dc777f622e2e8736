"""Ground truth by construction: a patch of another person's face in one of two photos of one person.

After the idea of Patch-LFW (Huber, Luu, Terhörst, Damer, "Efficient Explainable Face
Verification Based on Similarity Score Argument Backpropagation", WACV 2024): the two photos differ in the
patch, so the map of what speaks against one person should be brightest there.
"""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np

from brain.core.geometry import Rectangle
from brain.explanation.view import FaceView

# Side of the patch, and the range of its centre, as shares of the side of the field.
SIDE = 1 / 3
MIDDLE = (0.3, 0.7)


def with_patch(view: FaceView, donor: FaceView, rng: np.random.Generator) -> tuple[FaceView, Rectangle]:
    """Replace a square of a face by the same square of another face.

    Returns:
        The face, and the patch as shares of the field.
    """
    side = view.field_side
    length = round(SIDE * side)
    x, y = (round(float(centre) * side - length / 2) for centre in rng.uniform(*MIDDLE, 2))
    crop = view.crop.copy()
    other = cv2.resize(donor.pixels, (side, side), interpolation=cv2.INTER_AREA)
    view.field_of(crop)[y : y + length, x : x + length] = other[y : y + length, x : x + length]
    return replace(view, crop=crop), Rectangle(x, y, length, length).scaled(1 / side)


def is_found(heat: np.ndarray, patch: Rectangle) -> bool:
    """Whether a map has its maximum in the patch.

    Args:
        heat: (h, w) map of the field.
    """
    row, column = np.unravel_index(int(heat.argmax()), heat.shape)
    x, y = (column + 0.5) / heat.shape[1], (row + 0.5) / heat.shape[0]
    return bool(patch.x <= x < patch.x + patch.width and patch.y <= y < patch.y + patch.height)
