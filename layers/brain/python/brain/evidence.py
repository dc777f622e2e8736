"""The evidence map: measured, not derived. How far a logit falls when a soft window is blurred out there.

Two rounds of windows, each a batch, and each of them answers for every identity at once, since each variant's
forward pass gives all logits. Small windows tell places apart; large ones find what small ones miss, because
in a whole face one half of a nose makes up for the other. A rise counts as zero. Each round is taken relative
to its largest fall and interpolated between the windows' centres, and the map is their sum. A blurred copy on
top hands some of what a window saw to its surroundings, which it covered as well.
"""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from torch import Tensor

from brain.faces import Rectangle
from brain.network import Network
from brain.occlusion import Canvas, soft_box

# Side of a window as a share of the input's, and windows in a row.
SMALL = (0.18, 7)
LARGE = (0.25, 6)
HALO = 0.3
HALO_WIDTH = 0.107


def evidence_maps(network: Network, canvas: Canvas, logits: Tensor, labels: Sequence[int]) -> np.ndarray:
    """Measure the evidence for identities.

    Args:
        logits: (K,) of the crop.
        labels: k identities, 0-based.

    Returns:
        (k, H, W) float32 of the network's map size, zero or greater, in no unit.
    """
    small, large = (falls(network, canvas, logits, labels, *windows) for windows in (SMALL, LARGE))
    return _with_halo(small + large)


def falls(
    network: Network, canvas: Canvas, logits: Tensor, labels: Sequence[int], share: float, grid: int
) -> np.ndarray:
    """One round: (k, H, W) float32, 0 to 1.

    Args:
        share: side of a window, as a share of the input's.
        grid: windows in a row.
    """
    chosen, probed = list(labels), probes(grid)
    without = network.look_many(canvas.without(windows(share, canvas.size, grid)[probed.ravel()]))
    whole = np.zeros((len(chosen), grid, grid), np.float32)
    whole[:, probed] = (logits[chosen] - without[:, chosen]).T.clip(min=0).numpy()
    cells = network.spec.map_size
    return _relative(np.stack([_spread(_filled(one, probed), share, cells) for one in whole]))


def windows(share: float, size: int, grid: int) -> np.ndarray:
    """The masks of a regular grid of windows, row by row.

    Args:
        share: side of a window, as a share of the input's.
        size: side of the network's input, in pixels.

    Returns:
        (grid * grid, size, size) float32.
    """
    side = share * size
    starts = np.linspace(0, size - side, grid)
    return np.stack([soft_box(Rectangle(x, y, side, side), size) for y in starts for x in starts])


def probes(grid: int) -> np.ndarray:
    """(grid, grid) bool: where a round looks. Along the border of an odd grid every other window will do."""
    probed = np.ones((grid, grid), bool)
    if grid % 2:
        for border in (probed[0], probed[-1], probed[:, 0], probed[:, -1]):
            border[1::2] = False
    return probed


def _filled(falls: np.ndarray, probed: np.ndarray) -> np.ndarray:
    """(n, n) with the mean of both neighbours along the border where nothing was measured."""
    padded = np.pad(np.where(probed, falls, 0), 1)
    along = padded[:-2, 1:-1] + padded[2:, 1:-1]
    across = padded[1:-1, :-2] + padded[1:-1, 2:]
    on_side = np.zeros_like(probed)
    on_side[:, [0, -1]] = True
    return np.where(probed, falls, np.where(on_side, along, across) / 2)


def _spread(changes: np.ndarray, share: float, cells: int) -> np.ndarray:
    """(n, n) at the windows' centres -> (cells, cells), interpolated, the border repeated."""
    first, step = share / 2, (1 - share) / (len(changes) - 1)
    centres = (np.arange(cells) + 0.5) / cells
    at = ((centres - first) / step).astype(np.float32)
    across, down = np.meshgrid(at, at)
    grid = changes.astype(np.float32)
    return cv2.remap(grid, across, down, cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE).clip(min=0)


def _with_halo(maps: np.ndarray) -> np.ndarray:
    """(k, H, W) -> the same with a blurred copy on top."""
    deviation = HALO_WIDTH * maps.shape[-1]
    halos = [cv2.GaussianBlur(one, (0, 0), deviation, borderType=cv2.BORDER_REPLICATE) for one in maps]
    return maps + HALO * _relative(np.stack(halos))


def _relative(maps: np.ndarray) -> np.ndarray:
    """(k, H, W), each in shares of its largest value; all zero where there is none."""
    largest = maps.max((1, 2), keepdims=True)
    return np.divide(maps, largest, out=np.zeros_like(maps), where=largest > 0)
