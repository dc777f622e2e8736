"""From one prepared photo, endless others: what cameras, crops and networks of friends do to a face.

LFW's frames are all centred and alike, so nothing may depend on that: the crop is scaled, moved, turned
and sometimes cut tight, and the picture is relit, tinted, blurred, shrunk, compressed and partly covered.
"""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np

from brain.core.geometry import Rectangle

Picture = np.ndarray  # (S, S, 3) uint8 BGR
Random = np.random.Generator


def plain(context: Picture, box: Rectangle, size: int, crop_scale: float) -> Picture:
    """The crop as inference cuts it, (size, size, 3).

    Args:
        box: the aligned face, in pixels of the context.
    """
    return _cut(context, box, size, crop_scale, np.eye(2), np.zeros(2))


def augmented(
    context: Picture, box: Rectangle, size: int, crop_scale: float, random: Random, strength: float = 1.0
) -> Picture:
    """A random variation of the crop, (size, size, 3).

    Args:
        box: the aligned face, in pixels of the context.
        strength: 0 to 1, multiplies the chance of each change of the picture; half of how far the crop
            is scaled, moved and turned follows it too.
    """
    far = 0.5 + 0.5 * strength
    angle = np.deg2rad(random.normal(0, 6 * far))
    stretch = np.exp(random.normal(0, 0.03 * far))
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    shape = turn @ np.diag([stretch * random.choice((-1, 1)), 1 / stretch])
    scale = crop_scale * np.exp(np.clip(random.normal(0, 0.045 * far), -0.22, 0.22))
    offset = random.normal(0, 0.0225 * far, 2)
    picture = _cut(context, box, size, scale, shape, offset)
    return changed(picture, random, strength)


def changed(picture: Picture, random: Random, strength: float = 1.0) -> Picture:
    """The picture relit, tinted, blurred, shrunk, compressed or covered: each by chance times `strength`."""
    for chance, change in CHANGES:
        if random.random() < strength * chance:
            picture = change(picture, random)
    return picture


def _cut(
    context: Picture, box: Rectangle, size: int, scale: float, shape: np.ndarray, offset: np.ndarray
) -> Picture:
    """Sample a square of `scale` boxes, moved by `offset` boxes and mapped by the 2x2 matrix `shape`."""
    to_context = shape * (scale * box.width / size)
    centre = np.array(box.centre) + offset * box.width
    origin = centre - to_context @ np.full(2, size / 2)
    # cv2 counts pixel corners, the arithmetic above pixel centres.
    shift = origin + to_context @ np.full(2, 0.5) - 0.5
    matrix = np.column_stack([to_context, shift])
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    return cv2.warpAffine(context, matrix, (size, size), flags=flags, borderMode=cv2.BORDER_REPLICATE)


def _tight(picture: Picture, random: Random) -> Picture:
    """Cut all sides off and repeat the border, as happens to photos that are themselves tight crops."""
    size = picture.shape[0]
    # Tight photos are mostly cut alike on all sides, so the sides share most of what they lose.
    common, own = random.uniform(0, 0.14) * size, random.uniform(-0.05, 0.06, 4) * size
    left, top, right, bottom = np.clip(common + own, 0, 0.2 * size).astype(int)
    part = picture[top : size - bottom, left : size - right]
    return cv2.copyMakeBorder(part, top, bottom, left, right, cv2.BORDER_REPLICATE)


def _relit(picture: Picture, random: Random) -> Picture:
    """Gamma, contrast, brightness and, half the time, a light from one side."""
    x = picture.astype(np.float32) / 255
    x = x ** np.exp(random.normal(0, 0.25))
    x = (x - 0.5) * np.exp(random.normal(0, 0.2)) + 0.5 + random.normal(0, 0.08)
    if random.random() < 0.5:
        size = picture.shape[0]
        ramp = np.linspace(-1, 1, size, dtype=np.float32)
        across, down = random.normal(0, 0.15, 2)
        x += (across * ramp[None, :] + down * ramp[:, None])[:, :, None]
    return _to_uint8(x * 255)


def _tinted(picture: Picture, random: Random) -> Picture:
    gains = np.exp(random.normal(0, 0.1, 3)).astype(np.float32)
    return _to_uint8(picture * gains)


def _grey(picture: Picture, random: Random) -> Picture:
    grey = cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY)
    return cv2.cvtColor(grey, cv2.COLOR_GRAY2BGR)


def _low_resolution(picture: Picture, random: Random) -> Picture:
    size = picture.shape[0]
    small = round(size * random.uniform(0.25, 0.8))
    shrunk = cv2.resize(picture, (small, small), interpolation=cv2.INTER_AREA)
    return cv2.resize(shrunk, (size, size), interpolation=cv2.INTER_LINEAR)


def _blurred(picture: Picture, random: Random) -> Picture:
    return cv2.GaussianBlur(picture, (0, 0), random.uniform(0.4, 1.6))


def _noisy(picture: Picture, random: Random) -> Picture:
    noise = random.standard_normal(picture.shape, dtype=np.float32) * random.uniform(2, 12)
    return _to_uint8(picture + noise)


def _compressed(picture: Picture, random: Random) -> Picture:
    quality = int(random.integers(20, 90))
    _, data = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, quality])
    return np.asarray(cv2.imdecode(data, cv2.IMREAD_COLOR))


def _covered(picture: Picture, random: Random) -> Picture:
    """A rectangle of one colour over a part, as a hand, a microphone or a caption."""
    size = picture.shape[0]
    width, height = (random.uniform(0.15, 0.4, 2) * size).astype(int)
    x, y = int(random.integers(0, size - width)), int(random.integers(0, size - height))
    covered = picture.copy()
    covered[y : y + height, x : x + width] = random.integers(0, 256, 3)
    return covered


def _to_uint8(x: np.ndarray) -> Picture:
    return np.clip(x, 0, 255).astype(np.uint8)


CHANGES: tuple[tuple[float, Callable[[Picture, Random], Picture]], ...] = (
    (0.25, _tight),
    (0.15, _covered),
    (0.5, _relit),
    (0.25, _tinted),
    (0.15, _grey),
    (0.1, _blurred),
    (0.2, _low_resolution),
    (0.1, _noisy),
    (0.25, _compressed),
)
