"""Affine transforms of points and pictures.

A transform is a (2, 3) float64 array. Points are continuous coordinates: (0, 0) is the top left corner of the
top left pixel, whose centre is (0.5, 0.5). Angles turn clockwise on the screen, since y points down.
"""

from __future__ import annotations

import cv2
import numpy as np


def similarity_transform(source: np.ndarray, target: np.ndarray) -> np.ndarray:
    """The rotation, scale and shift that map points onto others with the smallest squared error.

    Umeyama, "Least-squares estimation of transformation parameters between two point patterns", TPAMI 1991;
    in the plane, with points as complex numbers, this is the least-squares solution of `factor * source =
    target`.

    Args:
        source: (n, 2).
        target: (n, 2).

    Returns:
        The (2, 3) transform; it never mirrors.
    """
    source_mean, target_mean = source.mean(0), target.mean(0)
    source_centred = (source - source_mean) @ (1, 1j)
    target_centred = (target - target_mean) @ (1, 1j)
    squares = max(float(np.vdot(source_centred, source_centred).real), 1e-12)
    factor = complex(np.vdot(source_centred, target_centred)) / squares
    linear = np.array([[factor.real, -factor.imag], [factor.imag, factor.real]])
    return _transform(linear, target_mean - linear @ source_mean)


def rotation(angle: float, centre: np.ndarray) -> np.ndarray:
    """The (2, 3) transform that turns by `angle` degrees about a point."""
    cosine, sine = np.cos(np.deg2rad(angle)), np.sin(np.deg2rad(angle))
    linear = np.array([[cosine, -sine], [sine, cosine]])
    return _transform(linear, centre - linear @ centre)


def quarter_turn(angle: int, width: float, height: float) -> np.ndarray:
    """The (2, 3) transform that turns a picture of a size by 0, 90, 180 or 270 degrees."""
    turned = transform_points(rotation(angle, np.zeros(2)), np.array([(0, 0), (width, height)]))
    return compose(_transform(np.eye(2), -turned.min(0)), np.rint(rotation(angle, np.zeros(2))))


def mirror(width: float) -> np.ndarray:
    """The (2, 3) transform that swaps the left and right of a picture."""
    return np.array([[-1.0, 0.0, width], [0.0, 1.0, 0.0]])


def compose(second: np.ndarray, first: np.ndarray) -> np.ndarray:
    """The transform that applies `first`, then `second`."""
    return _transform(second[:, :2] @ first[:, :2], second[:, :2] @ first[:, 2] + second[:, 2])


def invert(transform: np.ndarray) -> np.ndarray:
    """The transform that undoes another."""
    linear = np.linalg.inv(transform[:, :2])
    return _transform(linear, -linear @ transform[:, 2])


def transform_points(transform: np.ndarray, points: np.ndarray) -> np.ndarray:
    """Apply a transform to points: (n, 2) -> (n, 2)."""
    return np.asarray(points @ transform[:, :2].T + transform[:, 2])


def scale_of(transform: np.ndarray) -> float:
    """The scale factor of a similarity transform."""
    return float(np.sqrt(abs(np.linalg.det(transform[:, :2]))))


def angle_of(transform: np.ndarray) -> float:
    """The angle of a similarity transform in degrees, -180 to 180."""
    return float(np.rad2deg(np.arctan2(transform[1, 0], transform[0, 0])))


def warp(pixels: np.ndarray, transform: np.ndarray, size: int) -> np.ndarray:
    """Resample a picture into a square.

    Bilinear sampling alone would alias where the picture shrinks, so the picture is averaged down first.

    Args:
        pixels: (H, W, 3) uint8.
        transform: a similarity from the picture to the square, (2, 3).
        size: side of the square in pixels.

    Returns:
        (size, size, 3) uint8. Beyond the picture, its border is repeated.
    """
    return sample(*shrunk(pixels, transform, size), size)


def sample(pixels: np.ndarray, transform: np.ndarray, size: int) -> np.ndarray:
    """The second half of `warp`: bilinear sampling, of a picture that is `shrunk`."""
    # In OpenCV's coordinates, the centre of the first pixel is at (0, 0).
    half = np.array([0.5, 0.5])
    linear, shift = transform[:, :2], transform[:, 2]
    matrix = _transform(linear, linear @ half + shift - half)
    return cv2.warpAffine(
        pixels, matrix, (size, size), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )


def shrunk(pixels: np.ndarray, transform: np.ndarray, size: int) -> tuple[np.ndarray, np.ndarray]:
    """The first half of `warp`: the part that the square shows, averaged down to the square's scale.

    Returns:
        The part, and the transform from it to the square. A picture that is not too large comes back whole.
    """
    height, width = pixels.shape[:2]
    scale = scale_of(transform)
    if scale >= 1:
        return pixels, transform
    square = np.array([(0, 0), (size, 0), (0, size), (size, size)], dtype=float)
    corners = transform_points(invert(transform), square)
    margin = 2 / scale
    x0, y0 = np.clip(np.floor(corners.min(0) - margin), 0, (width - 1, height - 1)).astype(int)
    x1, y1 = np.clip(np.ceil(corners.max(0) + margin), (x0 + 1, y0 + 1), (width, height)).astype(int)
    # Sides that can be halved as often as the scale allows. The margin is wide enough for cutting off the
    # rest.
    block = 2 ** int(np.log2(1 / scale))
    x1 -= (x1 - x0) % block if x1 - x0 > block else 0
    y1 -= (y1 - y0) % block if y1 - y0 > block else 0
    target = max(1, round((x1 - x0) * scale)), max(1, round((y1 - y0) * scale))
    part = shrink(pixels[y0:y1, x0:x1], target)
    back = np.array([[(x1 - x0) / target[0], 0.0, x0], [0.0, (y1 - y0) / target[1], y0]])
    return part, compose(transform, back)


def shrink(pixels: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    """Average a picture down to a size.

    OpenCV averages blocks of 2 x 2 pixels ten times as fast as areas of any other size, so those come first.

    Args:
        pixels: (H, W) or (H, W, C) uint8.
        size: width and height, at most those of the picture.

    Returns:
        uint8.
    """
    height, width = pixels.shape[:2]
    while width >= 2 * size[0] and height >= 2 * size[1] and width % 2 == height % 2 == 0:
        width, height = width // 2, height // 2
        pixels = cv2.resize(pixels, (width, height), interpolation=cv2.INTER_AREA)
    return cv2.resize(pixels, size, interpolation=cv2.INTER_AREA)


def _transform(linear: np.ndarray, shift: np.ndarray) -> np.ndarray:
    return np.column_stack([linear, shift])
