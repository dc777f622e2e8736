"""Two maps of a compared photo: where it is like the other one, and where it is unlike it.

As the evidence map of a name (`evidence`), each combines LayerCAM with occlusion windows, here of the
likeness: the log-odds that both photos show one person. LayerCAM keeps the positive gradients for the one map
and the negative ones for the other. A window counts for the one where the likeness falls without it, and for
the other where it rises.
"""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from brain.explanation.evidence import interpolated
from brain.explanation.masks import occlusion_windows
from brain.explanation.perturbation import PerturbationRunner
from brain.explanation.prior import prior_of
from brain.recognition.classifier import Activations, Classifier
from brain.recognition.pair_network import SAME

EXPERIMENT = "evidence"
WINDOW = 0.25
GRID = 5
WINDOWS_WEIGHT = 1.0


def signed_layercam(paired: Classifier, activations: Activations) -> np.ndarray:
    """LayerCAM of the likeness and of its negative, (2, h, w), from one gradient."""
    gradient = paired.logit_gradients(activations, [SAME])[0]  # (C, h, w)
    signed = torch.stack([gradient, -gradient]).clamp(min=0)
    return torch.einsum("kchw,chw->khw", signed, activations.features).numpy()


def measure_pair_evidence(runner: PerturbationRunner, layercam: np.ndarray, logits: Tensor) -> np.ndarray:
    """Where a photo is like the other one, and where it is unlike it.

    Args:
        runner: shows the pair network the photo.
        layercam: (2, h, w) of `signed_layercam`.
        logits: (2,) of the unaltered photo.

    Returns:
        (2, MAP_SIZE, MAP_SIZE) float32 of one scale, 0 to 1.
    """
    masks = occlusion_windows(WINDOW, GRID, runner.size)
    falls = (logits[SAME] - runner.logits(EXPERIMENT, masks)[:, SAME]).reshape(GRID, GRID).numpy()
    windows = np.stack([interpolated((sign * falls).clip(min=0), WINDOW) for sign in (1, -1)])
    return relative(relative(prior_of(layercam)) + WINDOWS_WEIGHT * relative(windows))


def relative(maps: np.ndarray) -> np.ndarray:
    """(2, H, W), both divided by the largest value in either; all zero where there is none."""
    return np.asarray(maps / (maps.max() or 1.0))
