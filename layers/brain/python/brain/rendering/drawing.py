"""The pictures beside a result."""

from __future__ import annotations

from typing import NamedTuple

import cv2
import numpy as np

from brain.explanation.activation_maps import to_colour
from brain.explanation.findings import Findings
from brain.explanation.view import FaceView

BLEND_QUALITY = 90
BLEND = 0.45


class Picture(NamedTuple):
    """A file beside `result.json`."""

    name: str
    data: bytes


def draw_activation_maps(view: FaceView, crop_jpeg: bytes, findings: Findings) -> dict[str, Picture]:
    """The crop and the class activation map by role, under the names of the seed's design.

    Outside the square that the network sees, the heat map and the blend show the crop as it is.

    Args:
        crop_jpeg: the crop as it is stored.
    """
    label = findings.identity.label
    heat_map, blended = view.crop.copy(), view.crop.copy()
    colours = to_colour(view.field_of(findings.gc_map))
    view.field_of(heat_map)[:] = colours
    view.field_of(blended)[:] = cv2.addWeighted(colours, BLEND, view.pixels, 1 - BLEND, 0)
    return {
        "cropped": Picture("cropped.jpg", crop_jpeg),
        "gc_map": Picture(f"gc_map_{label}.png", encode(".png", findings.gc_map)),
        "heat_map": Picture(f"heat_map_{label}.png", encode(".png", heat_map)),
        "blended": Picture(f"blended_{label}.jpg", encode(".jpg", blended, BLEND_QUALITY)),
    }


def draw_evidence(findings: Findings) -> dict[str, Picture]:
    """The evidence map by role; nothing where it was not measured."""
    if findings.evidence is None:
        return {}
    name = f"evidence_{findings.identity.label}.png"
    return {"evidence": Picture(name, encode(".png", findings.evidence))}


def encode(suffix: str, pixels: np.ndarray, quality: int | None = None) -> bytes:
    """Encode pixels as PNG or, with a quality of 0 to 100, as JPEG."""
    options = [] if quality is None else [cv2.IMWRITE_JPEG_QUALITY, quality]
    _, data = cv2.imencode(suffix, pixels, options)
    return data.tobytes()


def decode(data: bytes) -> np.ndarray:
    """Decode a picture that `encode` made: (s, s, 3) uint8 BGR, or (s, s) uint8 for a grey PNG.

    Anything else gives an array without dimensions.
    """
    return np.asarray(cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED))
