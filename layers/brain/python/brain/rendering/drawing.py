"""The pictures beside a result."""

from __future__ import annotations

from typing import NamedTuple

import cv2
import numpy as np

from brain.explanation.findings import Findings
from brain.explanation.gradcam import to_colour

BLEND_QUALITY = 90
BLEND = 0.45


class Picture(NamedTuple):
    """A file beside `result.json`."""

    name: str
    data: bytes


def draw(crop: np.ndarray, crop_jpeg: bytes, found: Findings) -> dict[str, Picture]:
    """The artifacts by role, under the design's names; the evidence map where it was measured.

    Args:
        crop: (S, S, 3) uint8 BGR, and `crop_jpeg` the same as it is stored.
    """
    label = found.identity.label
    heat_map = to_colour(found.gc_map)
    blended = cv2.addWeighted(heat_map, BLEND, crop, 1 - BLEND, 0)
    pictures = {
        "cropped": Picture("cropped.jpg", crop_jpeg),
        "gc_map": Picture(f"gc_map_{label}.png", encode(".png", found.gc_map)),
        "heat_map": Picture(f"heat_map_{label}.png", encode(".png", heat_map)),
        "blended": Picture(f"blended_{label}.jpg", encode(".jpg", blended, BLEND_QUALITY)),
    }
    if found.evidence is not None:
        pictures["evidence"] = Picture(f"evidence_{label}.png", encode(".png", found.evidence))
    return pictures


def encode(suffix: str, pixels: np.ndarray, quality: int | None = None) -> bytes:
    """Encode pixels as PNG or, with a quality of 0 to 100, as JPEG."""
    options = [] if quality is None else [cv2.IMWRITE_JPEG_QUALITY, quality]
    _, data = cv2.imencode(suffix, pixels, options)
    return data.tobytes()


def decode(data: bytes) -> np.ndarray:
    """Decode a picture that `encode` made: (S, S, 3) uint8 BGR, or (S, S) uint8 for a grey PNG.

    What is no picture gives an array without dimensions.
    """
    return np.asarray(cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED))
