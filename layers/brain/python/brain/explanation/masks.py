"""Masks: which pixels of the network's input an experiment blurs out.

A mask is (S, S) float32, S being the side of the network's input in pixels: 1 where the input is blurred
out, 0 where it stays sharp. Rectangles are in pixels of that input.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Sequence

import cv2
import numpy as np

from brain.core.geometry import Rectangle

# Width of a soft edge, as a share of the shorter side of the box.
FEATHER = 0.3
# Random masks: number of cells in a row, and the share of cells that is blurred out.
CELLS = 7
HIDDEN = 0.5
# Standard deviation of the blur that smooths noise, as a share of the input's side.
NOISE_WIDTH = 1 / 28


def soft_box(box: Rectangle, size: int) -> np.ndarray:
    """The mask of a box with feathered edges; its sum is the area of the box.

    Args:
        box: may extend beyond the input.
        size: side of the input, in pixels.

    Returns:
        (size, size) float32, 1 well inside and 0 well outside.
    """
    feather = FEATHER * min(box.width, box.height)
    across = _ramp(box.x, box.width, feather, size)
    down = _ramp(box.y, box.height, feather, size)
    mask: np.ndarray = np.outer(down, across)
    return mask


def soft_boxes(boxes: Sequence[Rectangle], size: int) -> np.ndarray:
    """The union of the masks of several boxes, (size, size) float32."""
    masks: np.ndarray = np.stack([soft_box(box, size) for box in boxes])
    return np.asarray(masks.max(0))


def occlusion_windows(share: float, grid: int, size: int) -> np.ndarray:
    """The masks of a regular grid of windows, row by row.

    Args:
        share: side of a window, as a share of the input's side.
        grid: number of windows in a row.
        size: side of the input, in pixels.

    Returns:
        (grid * grid, size, size) float32.
    """
    side = share * size
    starts = np.linspace(0, size - side, grid)
    return np.stack([soft_box(Rectangle(x, y, side, side), size) for y in starts for x in starts])


def top_pixels(saliency: np.ndarray, noise: np.ndarray, fraction: float) -> np.ndarray:
    """The mask of the most salient pixels, with hard edges.

    Args:
        saliency: (h, w) map over the whole input, in any unit.
        noise: (S, S) noise that breaks ties: of two equal pixels, that with less noise comes first.
        fraction: share of the pixels, 0 to 1.

    Returns:
        (S, S) float32.
    """
    size = noise.shape[0]
    values = cv2.resize(saliency.astype(np.float32), (size, size)).ravel()
    count = math.ceil(fraction * values.size)
    least = np.partition(values, -count)[-count] if count else np.inf
    chosen = values > least
    ties = np.flatnonzero(values == least)
    first = np.argsort(noise.ravel()[ties], kind="stable")[: count - np.count_nonzero(chosen)]
    chosen[ties[first]] = True
    return chosen.reshape(size, size).astype(np.float32)


def random_mask(noise: np.ndarray, area: float) -> np.ndarray:
    """The mask of the pixels with the strongest noise.

    Args:
        noise: (S, S), see `noise_map`.
        area: share of the pixels to cover, 0 to 1.

    Returns:
        (S, S) float32.
    """
    return top_pixels(noise, noise, area)


def random_masks(count: int, size: int, seed: int) -> np.ndarray:
    """Masks of coarse random cells, enlarged and shifted (RISE: Petsiuk, Das, Saenko, arXiv 1806.07421, 3.2).

    Returns:
        (count, size, size) float32, the same for the same `seed`.
    """
    rng = np.random.default_rng(seed)
    cell = -(-size // CELLS)
    masks = np.empty((count, size, size), np.float32)
    for mask in masks:
        cells = (rng.random((CELLS, CELLS)) < HIDDEN).astype(np.float32)
        enlarged = cv2.resize(cells, ((CELLS + 1) * cell,) * 2)
        x, y = rng.integers(0, cell, 2)
        mask[:] = enlarged[y : y + size, x : x + size]
    return masks


def noise_map(seed: np.ndarray, size: int) -> np.ndarray:
    """Blurred noise, (size, size) float32, the same for the same bytes of `seed`."""
    number = int.from_bytes(hashlib.sha256(seed.tobytes()).digest()[:8], "big")
    noise = np.random.default_rng(number).standard_normal((size, size)).astype(np.float32)
    return cv2.GaussianBlur(noise, (0, 0), NOISE_WIDTH * size)


def centre_map(size: int) -> np.ndarray:
    """A dot in the centre that fades towards the corners, (size, size) float32."""
    from_centre = np.arange(size, dtype=np.float32) - (size - 1) / 2
    squares = (from_centre / size) ** 2
    return np.exp(-8 * (squares[:, None] + squares[None, :]))


def _ramp(start: float, length: float, feather: float, size: int) -> np.ndarray:
    from_centre = np.abs(np.arange(size) + 0.5 - (start + length / 2))
    edge = (length / 2 + feather / 2 - from_centre) / max(feather, 1e-6)
    return np.asarray(edge.clip(0, 1), np.float32)
