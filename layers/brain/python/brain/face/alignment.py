"""Brings a face to an upright pose and a standard size, by its landmarks.

A similarity transform (rotation, scale, shift) brings the five landmarks as close as possible to where a
network expects them. The network sees a square field; `cropped.jpg` shows the field with some room around it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from brain.core.geometry import Rectangle
from brain.face.affine import scale_of, similarity_transform, transform_points, warp

# Where the landmarks lie in a box of the design's first cascade: medians over 491 LFW photos, made symmetric.
LANDMARKS_IN_BOX = np.array([(0.302, 0.396), (0.698, 0.396), (0.5, 0.616), (0.324, 0.791), (0.676, 0.791)])
SMALLEST_CROP = 224
LARGEST_CROP = 512


@dataclass(frozen=True)
class Template:
    """Where a network expects the landmarks.

    Attributes:
        points: (x, y) of the right eye, left eye, nose tip, right and left mouth corner, as fractions of the
            side of the square that the network sees. Right and left are the person's own.
        crop_scale: side of the stored crop in multiples of that square, at least 1.
    """

    points: tuple[tuple[float, float], ...]
    crop_scale: float


@dataclass(frozen=True)
class AlignedFace:
    """A face, upright and scaled.

    Attributes:
        pixels: (S, S, 3) uint8 BGR, the crop.
        transform: (2, 3) similarity from the picture to the crop, in pixels.
        field: the square of the crop that the network sees, in whole pixels.
    """

    pixels: np.ndarray
    transform: np.ndarray
    field: Rectangle


def template_for(points: Sequence[tuple[float, float]] | None, crop_scale: float) -> Template:
    """The template of a model's configuration.

    Args:
        points: the model's own template; None for a network that expects a square of `crop_scale` times the
            face's box, as in the original design. That square is then expressed in landmarks, so that faces
            are aligned in the same way for every network.
        crop_scale: see `ModelConfig`.
    """
    if points is not None:
        return Template(tuple(points), crop_scale)
    inside = (LANDMARKS_IN_BOX - 0.5) / crop_scale + 0.5
    return Template(tuple((float(x), float(y)) for x, y in inside), 1.0)


def align(pixels: np.ndarray, landmarks: np.ndarray, template: Template) -> AlignedFace:
    """Cut a face out of a picture, upright.

    The crop has about the resolution of the picture. Its side lies between `SMALLEST_CROP` and `LARGEST_CROP`
    pixels, up to rounding.

    Args:
        pixels: (H, W, 3) uint8 BGR.
        landmarks: (5, 2) in pixels of the picture.
        template: of the network.
    """
    to_unit = similarity_transform(landmarks, np.array(template.points))
    side = float(np.clip(template.crop_scale / scale_of(to_unit), SMALLEST_CROP, LARGEST_CROP))
    field = round(side / template.crop_scale)
    room = round((side - field) / 2)
    transform = similarity_transform(landmarks, np.array(template.points) * field + room)
    size = field + 2 * room
    return AlignedFace(warp(pixels, transform, size), transform, Rectangle(room, room, field, field))


def landmarks_in_box(box: Rectangle) -> np.ndarray:
    """Where the landmarks of an average face lie in its box, (5, 2)."""
    return np.asarray(np.array([box.x, box.y]) + LANDMARKS_IN_BOX * np.array([box.width, box.height]))


def box_around(landmarks: np.ndarray) -> Rectangle:
    """The box around an upright face, as the design's first cascade draws it on average.

    Args:
        landmarks: (5, 2).
    """
    from_box = similarity_transform(LANDMARKS_IN_BOX, landmarks)
    x, y = transform_points(from_box, np.array([[0.5, 0.5]]))[0].tolist()
    side = scale_of(from_box)
    return Rectangle(x - side / 2, y - side / 2, side, side)
