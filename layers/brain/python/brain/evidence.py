"""The evidence map: measured, not derived. How far a logit falls when a soft window is blurred out there.

One batch of windows answers for every identity at once, since each variant's forward pass gives all logits.
"""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from torch import Tensor

from brain.faces import Rectangle
from brain.network import Network
from brain.occlusion import Canvas, soft_box

GRID = 7
WINDOW = 0.25


def windows(size: int) -> np.ndarray:
    """The masks of a regular grid of overlapping windows, row by row.

    Args:
        size: side of the network's input, in pixels.

    Returns:
        (GRID * GRID, size, size) float32.
    """
    side = WINDOW * size
    starts = np.linspace(0, size - side, GRID)
    return np.stack([soft_box(Rectangle(x, y, side, side), size) for y in starts for x in starts])


def evidence_maps(network: Network, canvas: Canvas, logits: Tensor, labels: Sequence[int]) -> np.ndarray:
    """Measure the evidence for the given identities.

    Args:
        logits: (K,) of the whole crop.
        labels: k identities, 0-based.

    Returns:
        (k, H, W) float32 of the network's map size, in units of the logit: the fall, a rise being 0.
    """
    chosen = list(labels)
    without = network.look_many(canvas.without(windows(canvas.size)))[:, chosen]  # (n, k)
    falls = (logits[chosen] - without).T.reshape(len(chosen), GRID, GRID).numpy()
    cells = network.spec.map_size
    return np.stack([_spread(fall, cells) for fall in falls]).clip(min=0)


def _spread(falls: np.ndarray, cells: int) -> np.ndarray:
    """Values at the windows' centres -> (cells, cells) by linear interpolation, the border repeated."""
    first, step = WINDOW / 2, (1 - WINDOW) / (GRID - 1)
    centres = (np.arange(cells) + 0.5) / cells
    at = ((centres - first) / step).astype(np.float32)
    across, down = np.meshgrid(at, at)
    return cv2.remap(
        falls.astype(np.float32), across, down, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )
