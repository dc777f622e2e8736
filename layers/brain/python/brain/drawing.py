"""The pictures beside a result."""

from __future__ import annotations

import cv2
import numpy as np

from brain.gradcam import to_colour

BLEND_QUALITY = 90
BLEND = 0.45


def draw(cut: np.ndarray, cut_jpeg: bytes, gc_map: np.ndarray, label: int) -> dict[str, bytes]:
    """The four artifacts under the design's names, in the order cropped, gc_map, heat_map, blended.

    Args:
        cut: (S, S, 3) uint8 BGR, and `cut_jpeg` the same as it is stored.
        gc_map: (S, S) uint8.
    """
    heat_map = to_colour(gc_map)
    blended = cv2.addWeighted(heat_map, BLEND, cut, 1 - BLEND, 0)
    return {
        "cropped.jpg": cut_jpeg,
        f"gc_map_{label}.png": encode(".png", gc_map),
        f"heat_map_{label}.png": encode(".png", heat_map),
        f"blended_{label}.jpg": encode(".jpg", blended, BLEND_QUALITY),
    }


def encode(suffix: str, pixels: np.ndarray, quality: int | None = None) -> bytes:
    """Encode pixels as PNG or, with a quality of 0 to 100, as JPEG."""
    options = [] if quality is None else [cv2.IMWRITE_JPEG_QUALITY, quality]
    _, data = cv2.imencode(suffix, pixels, options)
    return data.tobytes()


def decode(data: bytes) -> np.ndarray:
    """Decode a picture that `encode` made: (S, S, 3) uint8 BGR, or (S, S) uint8 for a grey PNG."""
    return np.asarray(cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED))
