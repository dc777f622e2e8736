"""The evidence map: LayerCAM as a prior, corrected by what was measured with occlusion windows.

LayerCAM (see `activation_maps`) is sharp but only derived: it linearises the network at this very input. So
a soft window on a regular grid is blurred out (Zeiler, Fergus, "Visualizing and Understanding Convolutional
Networks", arXiv 1311.2901), and by how much each candidate's logit falls is measured. One forward pass
answers for all candidates. A rise counts as zero.

The map of a candidate is

    relative(prior) + WINDOWS_WEIGHT * relative(falls)

with `relative` dividing by the largest value. The prior is blurred; the falls are interpolated between the
windows' centres. The constants were chosen once, on photos other than those that figures are reported for.
"""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from torch import Tensor

from brain.explanation.activation_maps import ClassActivationMaps
from brain.explanation.masks import occlusion_windows
from brain.explanation.perturbation import PerturbationRunner
from brain.explanation.view import FaceView
from brain.recognition.classifier import Classifier

EXPERIMENT = "evidence"
# Side of the map. It holds what the windows and the prior can tell.
MAP_SIZE = 35
# Side of a window as a share of the input's, and number of windows in a row.
WINDOW = 0.18
GRID = 7
# Along the border these windows are measured, and the others interpolated.
BORDER = (0, 3, 6)
WINDOWS_WEIGHT = 0.5
# Standard deviation of the prior's blur, as a share of the side.
PRIOR_BLUR = 0.05


def measure_evidence(
    runner: PerturbationRunner, layercam: np.ndarray, logits: Tensor, labels: Sequence[int]
) -> np.ndarray:
    """Measure the evidence for identities.

    Args:
        layercam: (k, h, w) LayerCAM of the identities.
        logits: (K,) of the unaltered input.
        labels: k identities, 0-based.

    Returns:
        (k, MAP_SIZE, MAP_SIZE) float32, zero or greater, in no unit.
    """
    falls = window_falls(runner, logits, labels)
    return relative(prior_of(layercam)) + WINDOWS_WEIGHT * relative(falls)


def prior_of(layercam: np.ndarray) -> np.ndarray:
    """(k, h, w) LayerCAM, enlarged and blurred: (k, MAP_SIZE, MAP_SIZE)."""
    deviation = PRIOR_BLUR * MAP_SIZE
    enlarged = [cv2.resize(each, (MAP_SIZE, MAP_SIZE)) for each in layercam]
    return np.stack(
        [cv2.GaussianBlur(each, (0, 0), deviation, borderType=cv2.BORDER_REPLICATE) for each in enlarged]
    )


def window_falls(runner: PerturbationRunner, logits: Tensor, labels: Sequence[int]) -> np.ndarray:
    """By how much each logit falls without the window at a place, (k, MAP_SIZE, MAP_SIZE)."""
    measured, chosen = measured_windows(), list(labels)
    masks = occlusion_windows(WINDOW, GRID, runner.size)[measured.ravel()]
    falls = (logits[chosen] - runner.logits(EXPERIMENT, masks)[:, chosen]).clamp(min=0)  # (n, k)
    grids = np.zeros((len(chosen), GRID, GRID), np.float32)
    grids[:, measured] = falls.T.numpy()
    return np.stack([interpolated(with_border(grid), WINDOW) for grid in grids])


def measured_windows() -> np.ndarray:
    """(GRID, GRID) bool: all windows but those along the border, of which every third one."""
    measured = np.zeros((GRID, GRID), bool)
    measured[1:-1, 1:-1] = True
    for edge in (0, GRID - 1):
        measured[edge, BORDER] = measured[BORDER, edge] = True
    return measured


def with_border(grid: np.ndarray) -> np.ndarray:
    """(GRID, GRID) falls with those along the border interpolated where they were not measured."""
    filled, every = grid.copy(), np.arange(GRID)
    for edge in (0, GRID - 1):
        filled[edge] = np.interp(every, BORDER, grid[edge, BORDER])
        filled[:, edge] = np.interp(every, BORDER, grid[BORDER, edge])
    return filled


def interpolated(grid: np.ndarray, window: float) -> np.ndarray:
    """(n, n) values at the windows' centres -> (MAP_SIZE, MAP_SIZE), the border repeated, not below zero.

    Args:
        window: side of a window, as a share of the input's.
    """
    first, step = window / 2, (1 - window) / (len(grid) - 1)
    centres = (np.arange(MAP_SIZE) + 0.5) / MAP_SIZE
    at = ((centres - first) / step).astype(np.float32)
    across, down = np.meshgrid(at, at)
    cubic = cv2.remap(grid.astype(np.float32), across, down, cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(cubic.clip(min=0))


def relative(maps: np.ndarray) -> np.ndarray:
    """(k, H, W), each divided by its largest value; all zero where there is none."""
    largest = maps.max((1, 2), keepdims=True)
    return np.asarray(np.divide(maps, largest, out=np.zeros_like(maps), where=largest > 0))


def evidence_for(classifier: Classifier, view: FaceView, labels: Sequence[int]) -> np.ndarray:
    """The evidence maps of identities in a view, from the first forward pass on; see `measure_evidence`."""
    activations = classifier.forward_with_activations(view.pixels)
    layercam = ClassActivationMaps(classifier, activations, labels).maps("layercam")
    runner = PerturbationRunner(classifier, view)
    return measure_evidence(runner, layercam, activations.forward_logits, labels)
