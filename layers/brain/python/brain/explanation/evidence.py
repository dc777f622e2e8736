"""The evidence map: measured, not derived. How far a logit falls when a soft window is blurred out there.

Three rounds in one batch, and each of them answers for every identity at once, since each variant's forward
pass gives all logits:

1. A window is blurred out of the whole crop: is this place needed?
2. The same with smaller windows, closer together.
3. All but a larger window is blurred out: is this place enough?

The last round tells what the others cannot: in a whole face one eye makes up for the other. A change for the
other side counts as zero. Each round is taken relative to its largest change and interpolated between the
windows' centres.

There are three ways to read them: the first two rounds, the first and the last, or the second alone. Which
one tells the pixels that count is itself an experiment: all are drawn, and the one with the best deletion and
insertion for the named identity (see `fidelity`) is the map. A blurred copy on top hands some of
what a window saw to its surroundings, which it covered as well.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import torch
from torch import Tensor

from brain.core.explanations import Areas
from brain.core.geometry import Rectangle
from brain.explanation.fidelity import FRACTIONS, areas, measure, noise_map, order
from brain.explanation.gradcam import to_grey
from brain.explanation.occlusion import Canvas, soft_box
from brain.recognition.classifier import Classifier

# Side of a window as a share of the input's, and windows in a row.
NEEDED = (0.18, 7)
CLOSELY = (0.14, 9)
ENOUGH = (0.25, 6)
# Times what insertion does in the choice: its differences are about as many times smaller.
DELETION_COUNTS = 3
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
    network: Classifier, canvas: Canvas, crop: np.ndarray, logits: Tensor, labels: Sequence[int]
) -> Evidence:
    """Measure the evidence for identities, and draw it in the way that holds best for the first of them.

    Args:
        crop: (s, s, 3) uint8, of which the canvas was made.
        logits: (K,) of the crop.
        labels: k identities, 0-based, the named one first.
    """
    first, second, third = rounds(network, canvas, logits, labels)
    readings = [_with_halo(one) for one in (first + second, first + third, second)]
    noise = noise_map(crop, canvas.size)
    orders = {str(number): order(to_grey(maps[0]), noise) for number, maps in enumerate(readings)}
    before = float(torch.softmax(logits.double(), 0)[labels[0]])
    curves = measure(network, canvas, labels[0], before, orders, FRACTIONS)
    figures = [areas(curve, FRACTIONS) for curve in curves.values()]
    held = [one.insertion - DELETION_COUNTS * one.deletion for one in figures]
    best = held.index(max(held))
    return Evidence(readings[best], figures[best])


def rounds(
    network: Classifier, canvas: Canvas, logits: Tensor, labels: Sequence[int]
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """What each round found: (k, H, W) float32, 0 to 1."""
    masks = [windows(*one, canvas.size)[probes(one[1]).ravel()] for one in (NEEDED, CLOSELY, ENOUGH)]
    variants = [masks[0], masks[1], 1 - masks[2], np.ones_like(masks[0][:1])]
    seen = network.predict_batched(canvas.without(np.concatenate(variants)))[:, list(labels)]  # (n, k)
    needed, closely, enough, nothing = seen.split([len(one) for one in variants])
    whole, cells = logits[list(labels)], network.map_size
    return (
        _drawn(whole - needed, NEEDED, cells),
        _drawn(whole - closely, CLOSELY, cells),
        _drawn(enough - nothing, ENOUGH, cells),
    )


def windows(share: float, grid: int, size: int) -> np.ndarray:
    """The masks of a regular grid of windows, row by row.

    Args:
        share: side of a window, as a share of the input's.
        grid: windows in a row.
        size: side of the network's input, in pixels.

    Returns:
        (grid * grid, size, size) float32.
    """
    side = share * size
    starts = np.linspace(0, size - side, grid)
    return np.stack([soft_box(Rectangle(x, y, side, side), size) for y in starts for x in starts])


def probes(grid: int) -> np.ndarray:
    """(grid, grid) bool: where a round looks. Along the border of an odd grid every other window will do."""
    looked = np.ones((grid, grid), bool)
    if grid % 2:
        for border in (looked[0], looked[-1], looked[:, 0], looked[:, -1]):
            border[1::2] = False
    return looked


def _drawn(changes: Tensor, row: tuple[float, int], cells: int) -> np.ndarray:
    """(n, k) changes where a round looked -> (k, cells, cells), 0 to 1."""
    share, grid = row
    looked = probes(grid)
    whole = np.zeros((changes.shape[1], grid, grid), np.float32)
    whole[:, looked] = changes.T.clip(min=0).numpy()
    return _relative(np.stack([_spread(_filled(one, looked), share, cells) for one in whole]))


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
