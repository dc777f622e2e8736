"""The evidence map: LayerCAM as a prior (`prior`), corrected by what was measured with occlusion windows.

LayerCAM is sharp, but only derived from the network's linearisation at this input. So soft windows on a
regular grid are blurred out (Zeiler, Fergus, "Visualizing and Understanding Convolutional Networks", arXiv
1311.2901), and the fall of each candidate's logit is measured. One forward pass serves all candidates. A rise
counts as zero.

The map of a candidate is

    relative(prior) + WINDOWS_WEIGHT * relative(falls)

with `relative` dividing by the largest value. The falls are interpolated between the windows' centres. The
prior of the named identity is finer than that of the others where the network has `evidence_layers`. The
constants were chosen once, on other photos than those for which figures are reported.
"""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from torch import Tensor

from brain.explanation.activation_maps import ClassActivationMaps
from brain.explanation.masks import occlusion_windows
from brain.explanation.perturbation import PerturbationRunner
from brain.explanation.prior import MAP_SIZE, named_prior, prior_of, relative
from brain.explanation.view import FaceView
from brain.recognition.classifier import Classifier

EXPERIMENT = "evidence"
# Side of a window as a share of the input's side, and number of windows in a row.
WINDOW = 0.18
GRID = 7
# The same for a network whose passes take long: 9 windows in place of 21.
WINDOW_OF_LARGE_NETWORKS = 0.25
GRID_OF_LARGE_NETWORKS = 5
# Windows along the border, and in the corners of the remaining grid, are left out, because these places
# hardly ever matter. Their falls are taken as zero.
INNER = slice(1, -1)
CORNERS = (1, -2)  # rows and columns
WINDOWS_WEIGHT = 0.5


def measure_evidence(
    runner: PerturbationRunner, layercam: np.ndarray, logits: Tensor, labels: Sequence[int]
) -> np.ndarray:
    """Measure the evidence for identities.

    Args:
        layercam: (k, h, w) LayerCAM of the identities.
        logits: (K,) of the unaltered input.
        labels: k identities, 0-based, the named one first.

    Returns:
        (k, MAP_SIZE, MAP_SIZE) float32, zero or greater, in no unit.
    """
    falls = WINDOWS_WEIGHT * relative(window_falls(runner, logits, labels))
    priors = relative(prior_of(layercam))
    if runner.classifier.evidence_layers:
        priors[0] = named_prior(runner, labels[0], falls[0])
    return priors + falls


def window_falls(runner: PerturbationRunner, logits: Tensor, labels: Sequence[int]) -> np.ndarray:
    """How far each logit falls without the window at each place, (k, MAP_SIZE, MAP_SIZE)."""
    chosen = list(labels)
    side, grid = windows_for(runner.classifier)
    measured = measured_windows(grid)
    masks = occlusion_windows(side, grid, runner.size)[measured.ravel()]
    falls = (logits[chosen] - runner.logits(EXPERIMENT, masks)[:, chosen]).clamp(min=0)  # (n, k)
    grids = np.zeros((len(chosen), grid, grid), np.float32)
    grids[:, measured] = falls.T.numpy()
    return np.stack([interpolated(each, side) for each in grids])


def measured_windows(grid: int) -> np.ndarray:
    """Which windows of a grid are measured, (grid, grid) bool: the inner ones; of many, not their corners."""
    measured = np.zeros((grid, grid), bool)
    measured[INNER, INNER] = True
    if grid >= GRID:
        measured[np.ix_(CORNERS, CORNERS)] = False
    return measured


def windows_for(classifier: Classifier) -> tuple[float, int]:
    """The side of a window, as a share of the input's, and the number in a row that a network can afford."""
    if classifier.is_small:
        return WINDOW, GRID
    return WINDOW_OF_LARGE_NETWORKS, GRID_OF_LARGE_NETWORKS


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


def evidence_for(classifier: Classifier, view: FaceView, labels: Sequence[int]) -> np.ndarray:
    """The evidence maps of identities in a view, including the first forward pass; see `measure_evidence`."""
    activations = classifier.forward_with_activations(view.pixels)
    layercam = ClassActivationMaps(classifier, activations, labels).maps("layercam")
    runner = PerturbationRunner(classifier, view, activations.unaltered)
    return measure_evidence(runner, layercam, activations.forward_logits, labels)
