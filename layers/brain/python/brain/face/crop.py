"""The square around a face, cut out of the photo and resampled without aliasing."""

from __future__ import annotations

import cv2
import numpy as np

from brain.core.geometry import Rectangle, square_around

CROP_SCALE = 1.5
MIN_CROP = 224
MAX_CROP = 512


def crop(pixels: np.ndarray, box: Rectangle, scale: float = CROP_SCALE) -> tuple[np.ndarray, Rectangle]:
    """Cut out the square around a face.

    The square is `scale` times the box. The result is resized so that its side lies between `MIN_CROP` and
    `MAX_CROP` pixels.

    Args:
        pixels: (H, W, 3) uint8.
        box: the face, in pixels of `pixels`.

    Returns:
        The (S, S, 3) uint8 crop and the square it shows, in pixels of `pixels`.
    """
    square = square_around(box, scale)
    size = int(min(max(round(square.width), MIN_CROP), MAX_CROP))
    return sample(pixels, square, size), square


def sample(pixels: np.ndarray, square: Rectangle, size: int) -> np.ndarray:
    """What a square shows, (size, size, 3) uint8; where it leaves the picture the border is repeated.

    Args:
        pixels: (H, W, 3) uint8.
        square: in pixels of `pixels`.
    """
    if size < square.width:
        pixels, square = _shrunk(pixels, square, size)
    zoom = size / square.width
    # Pixel centres lie at half-integers, hence the halves on both sides.
    matrix = np.array(
        [
            [zoom, 0, (0.5 - square.x) * zoom - 0.5],
            [0, zoom, (0.5 - square.y) * zoom - 0.5],
        ]
    )
    return cv2.warpAffine(
        pixels, matrix, (size, size), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )


def _shrunk(pixels: np.ndarray, square: Rectangle, size: int) -> tuple[np.ndarray, Rectangle]:
    """Area-average the picture around a large face first, since bilinear sampling alone would alias."""
    height, width = pixels.shape[:2]
    x0, y0 = max(0, int(square.x)), max(0, int(square.y))
    x1, y1 = min(width, int(square.x + square.width) + 2), min(height, int(square.y + square.height) + 2)
    factor = size / square.width
    target = max(1, round((x1 - x0) * factor)), max(1, round((y1 - y0) * factor))
    part = cv2.resize(pixels[y0:y1, x0:x1], target, interpolation=cv2.INTER_AREA)
    return part, square.moved(-x0, -y0).scaled(factor)
