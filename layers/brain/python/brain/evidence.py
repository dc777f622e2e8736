"""The evidence map: measured, not derived. How far a logit falls when a soft window is blurred out there.

Two rounds, each a batch, and each of them answers for every identity at once, since each variant's forward
pass gives all logits:

1. The window is blurred out of the whole crop: is this place needed?
2. All but the places that count most is blurred out already, and the window goes too: does this place still
   count when little else is left to stand in for it?

The second round tells what the first cannot: in a whole face one eye makes up for the other. A rise counts as
zero. The map is the sum of both rounds, each relative to its largest fall, interpolated between the windows'
centres; a blurred copy on top hands some of what a window saw to its surroundings, which it covered as well.
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
NEEDED = 0.18
STILL_COUNTS = 0.25
KEPT = 0.4
INSIDE = 0.5
HALO = 0.3
HALO_WIDTH = 0.107


def evidence_maps(network: Network, canvas: Canvas, logits: Tensor, labels: Sequence[int]) -> np.ndarray:
    """Measure the evidence for identities; the second round keeps what counts for the first of them.

    Args:
        logits: (K,) of the whole crop.
        labels: k identities, 0-based, the named one first.

    Returns:
        (k, H, W) float32 of the network's map size, zero or greater, in no unit.
    """
    chosen, cells = list(labels), network.spec.map_size
    probed = probes()
    without = network.look_many(canvas.without(windows(NEEDED, canvas.size)[probed.ravel()]))
    whole = np.zeros((len(chosen), GRID, GRID), np.float32)
    whole[:, probed] = (logits[chosen] - without[:, chosen]).T.clip(min=0).numpy()
    first = [_spread(_filled(falls, probed), NEEDED, cells) for falls in whole]

    kept = _kept(first[0], canvas.size)
    second_windows = windows(STILL_COUNTS, canvas.size)
    inside = (second_windows * kept).sum((1, 2)) >= INSIDE * second_windows.sum((1, 2))
    blurred = np.stack([1 - kept, *(1 - kept * (1 - window) for window in second_windows[inside])])
    reduced = network.look_many(canvas.without(blurred))[:, chosen]  # (1 + m, k)
    remaining = np.zeros((len(chosen), GRID, GRID), np.float32)
    remaining[:, inside.reshape(GRID, GRID)] = (reduced[:1] - reduced[1:]).T.clip(min=0).numpy()
    second = [_spread(falls, STILL_COUNTS, cells) for falls in remaining]
    return np.stack(
        [_with_halo(_relative(one) + _relative(other)) for one, other in zip(first, second, strict=True)]
    )


def windows(share: float, size: int) -> np.ndarray:
    """The masks of a regular grid of windows, row by row.

    Args:
        share: side of a window, as a share of the input's.
        size: side of the network's input, in pixels.

    Returns:
        (GRID * GRID, size, size) float32.
    """
    side = share * size
    starts = np.linspace(0, size - side, GRID)
    return np.stack([soft_box(Rectangle(x, y, side, side), size) for y in starts for x in starts])


def probes() -> np.ndarray:
    """(GRID, GRID) bool: where the first round looks. Along the border every other window will do."""
    probed = np.ones((GRID, GRID), bool)
    for border in (probed[0], probed[-1], probed[:, 0], probed[:, -1]):
        border[1::2] = False
    return probed


def _filled(falls: np.ndarray, probed: np.ndarray) -> np.ndarray:
    """(GRID, GRID) with the mean of both neighbours along the border where nothing was measured."""
    padded = np.pad(np.where(probed, falls, 0), 1)
    along = padded[:-2, 1:-1] + padded[2:, 1:-1]
    across = padded[1:-1, :-2] + padded[1:-1, 2:]
    on_side = np.zeros_like(probed)
    on_side[:, [0, -1]] = True
    return np.where(probed, falls, np.where(on_side, along, across) / 2)


def _kept(first: np.ndarray, size: int) -> np.ndarray:
    """(size, size) float32 mask of the share of the crop that counts most."""
    least = np.quantile(first, 1 - KEPT)
    return cv2.resize((first > least).astype(np.float32), (size, size))


def _spread(falls: np.ndarray, share: float, cells: int) -> np.ndarray:
    """(GRID, GRID) at the windows' centres -> (cells, cells), interpolated, the border repeated."""
    first, step = share / 2, (1 - share) / (GRID - 1)
    centres = (np.arange(cells) + 0.5) / cells
    at = ((centres - first) / step).astype(np.float32)
    across, down = np.meshgrid(at, at)
    grid = falls.astype(np.float32)
    return cv2.remap(grid, across, down, cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE).clip(min=0)


def _with_halo(evidence: np.ndarray) -> np.ndarray:
    deviation = HALO_WIDTH * len(evidence)
    halo = cv2.GaussianBlur(evidence, (0, 0), deviation, borderType=cv2.BORDER_REPLICATE)
    return evidence + HALO * _relative(halo)


def _relative(falls: np.ndarray) -> np.ndarray:
    """In shares of the largest fall; all zero where nothing falls."""
    largest = float(falls.max())
    return falls / largest if largest > 0 else np.zeros_like(falls)
