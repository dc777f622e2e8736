"""Draws the pictures of a result."""

from __future__ import annotations

from typing import NamedTuple

import cv2
import numpy as np

from brain.explanation.activation_maps import to_colour
from brain.explanation.findings import Findings
from brain.explanation.view import FaceView

BLEND_QUALITY = 90
# Rows as differences from the row above: smaller files in less time than with OpenCV's default.
PNG_OPTIONS = [cv2.IMWRITE_PNG_FILTER, cv2.IMWRITE_PNG_FILTER_UP]
BLEND = 0.45
# Width of the margin over which a map fades, as a share of the square that the network sees.
FADE = 0.08


class Picture(NamedTuple):
    """A file beside `result.json`."""

    name: str
    data: bytes


def draw_activation_maps(view: FaceView, crop_jpeg: bytes, findings: Findings) -> dict[str, Picture]:
    """The crop and the class activation map by role, under the file names of the original design.

    Outside the square that the network sees, the heat map and the blend show the crop as it is. The map fades
    towards the edges of the square, so that its end is not visible.

    Args:
        crop_jpeg: the crop as it is stored.
    """
    label = findings.identity.label
    colours = to_colour(view.field_of(findings.gc_map))
    opacity = field_opacity(view)
    heat_map, blended = (view.crop.copy() for _ in range(2))
    view.field_of(heat_map)[:] = mixed(colours, view.pixels, opacity)
    view.field_of(blended)[:] = mixed(colours, view.pixels, BLEND * opacity)
    return {
        "cropped": Picture("cropped.jpg", crop_jpeg),
        "gc_map": Picture(f"gc_map_{label}.png", encode(".png", findings.gc_map)),
        "heat_map": Picture(f"heat_map_{label}.png", encode(".png", heat_map)),
        "blended": Picture(f"blended_{label}.jpg", encode(".jpg", blended, BLEND_QUALITY)),
    }


def field_opacity(view: FaceView) -> np.ndarray:
    """Opacity of a map over the field, (f, f, 1): 0 at the edges, 1 inside; 1 if the field is the crop."""
    side = view.field_side
    if side == len(view.crop):
        return np.ones((side, side, 1))
    at = np.arange(side) + 0.5
    ramp = (np.minimum(at, side - at) / (FADE * side)).clip(max=1)
    opacity: np.ndarray = np.minimum.outer(ramp, ramp)[..., None]
    return opacity


def mixed(top: np.ndarray, bottom: np.ndarray, opacity: np.ndarray) -> np.ndarray:
    """Blend two (f, f, 3) uint8 pictures, the top one with an opacity (f, f, 1) of 0 to 1."""
    share = opacity[:, :, 0].astype(np.float32)
    return cv2.blendLinear(top, bottom, share, 1 - share)


def draw_evidence(findings: Findings) -> dict[str, Picture]:
    """The evidence map by role; nothing if it was not measured."""
    if findings.evidence is None:
        return {}
    name = f"evidence_{findings.identity.label}.png"
    return {"evidence": Picture(name, encode(".png", findings.evidence))}


def encode(suffix: str, pixels: np.ndarray, quality: int | None = None) -> bytes:
    """Encode pixels as PNG or, with a quality of 0 to 100, as JPEG."""
    options = PNG_OPTIONS if quality is None else [cv2.IMWRITE_JPEG_QUALITY, quality]
    _, data = cv2.imencode(suffix, pixels, options)
    return data.tobytes()


def decode(data: bytes) -> np.ndarray:
    """Decode the output of `encode`: (s, s, 3) uint8 BGR, or (s, s) uint8 for a grey PNG.

    Anything else gives an array without dimensions.
    """
    if not data:  # cv2 raises an error
        return np.zeros(())
    return np.asarray(cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED))
