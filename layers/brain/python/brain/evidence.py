"""The evidence map: measured, not derived. How far a logit falls when a soft window is blurred out there.

Two rounds, each a batch, and each of them answers for every identity at once, since each variant's forward
pass gives all logits:

1. The window is blurred out of the whole crop: is this place needed?
2. All but a larger window is blurred out: is this place enough?

The second round tells what the first cannot: in a whole face one eye makes up for the other. A change for the
other side counts as zero. Each round is taken relative to its largest change and interpolated between the
windows' centres.

There are two ways to read them: the first round, or the sum of both. Which one tells the pixels that count is
itself an experiment: both are drawn, and the one with the better deletion and insertion for the named
identity (`brain.fidelity`) is the map. A blurred copy on top hands some of what a window saw to its
surroundings, which it covered as well.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import torch
from torch import Tensor

from brain.faces import Rectangle
from brain.fidelity import FRACTIONS, areas, measure, noise_map, order
from brain.gradcam import to_grey
from brain.network import Network
from brain.occlusion import Canvas, soft_box
from brain.results import Areas

GRID = 7
NEEDED = 0.18
ENOUGH = 0.25
ENOUGH_GRID = 5
HALO = 0.3
HALO_WIDTH = 0.107


@dataclass(frozen=True)
class Evidence:
    """What was measured.

    Attributes:
        maps: (k, H, W) float32 of the network's map size, zero or greater, in no unit, one per identity.
        areas: deletion and insertion of the first one, as it is stored.
    """

    maps: np.ndarray
    areas: Areas


def measure_evidence(
    network: Network, canvas: Canvas, crop: np.ndarray, logits: Tensor, labels: Sequence[int]
) -> Evidence:
    """Measure the evidence for identities, and draw it in the way that holds better for the first of them.

    Args:
        crop: (s, s, 3) uint8, of which the canvas was made.
        logits: (K,) of the crop.
        labels: k identities, 0-based, the named one first.
    """
    first, second = needed(network, canvas, logits, labels), enough(network, canvas, labels)
    readings = [_with_halo(first), _with_halo(first + second)]
    noise = noise_map(crop, canvas.size)
    orders = {str(number): order(to_grey(maps[0]), noise) for number, maps in enumerate(readings)}
    before = float(torch.softmax(logits.double(), 0)[labels[0]])
    curves = measure(network, canvas, labels[0], before, orders, FRACTIONS)
    figures = [areas(curve, FRACTIONS) for curve in curves.values()]
    best = max(range(len(readings)), key=lambda number: figures[number].insertion - figures[number].deletion)
    return Evidence(readings[best], figures[best])


def needed(network: Network, canvas: Canvas, logits: Tensor, labels: Sequence[int]) -> np.ndarray:
    """The first round: (k, H, W) float32, 0 to 1."""
    chosen, probed = list(labels), probes()
    without = network.look_many(canvas.without(windows(NEEDED, canvas.size)[probed.ravel()]))
    whole = np.zeros((len(chosen), GRID, GRID), np.float32)
    whole[:, probed] = (logits[chosen] - without[:, chosen]).T.clip(min=0).numpy()
    cells = network.spec.map_size
    return _relative(np.stack([_spread(_filled(falls, probed), NEEDED, cells) for falls in whole]))


def enough(network: Network, canvas: Canvas, labels: Sequence[int]) -> np.ndarray:
    """The second round: (k, H, W) float32, 0 to 1."""
    kept = windows(ENOUGH, canvas.size, ENOUGH_GRID)
    blurred = np.concatenate([np.ones_like(kept[:1]), 1 - kept])
    seen = network.look_many(canvas.without(blurred))[:, list(labels)]  # (1 + n, k)
    rises = (seen[1:] - seen[:1]).T.clip(min=0).reshape(-1, ENOUGH_GRID, ENOUGH_GRID).numpy()
    return _relative(np.stack([_spread(one, ENOUGH, network.spec.map_size) for one in rises]))


def windows(share: float, size: int, grid: int = GRID) -> np.ndarray:
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
