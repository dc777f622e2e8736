"""Two maps of a compared photo: where it is like the other one, and where it is unlike it.

As the evidence map of a name (`evidence`), each combines gradients with occlusion windows, here of the
likeness: the log-odds that both photos show one person.

- LayerCAM keeps the positive gradients for the one map, and the negative ones for the other.
- Integrated gradients (Sundararajan, Taly, Yan, arXiv 1703.01365, equation 1) of the activations, from the
  blurred photo to the sharp one, add to the one map and take from the other.
- Where the likeness falls without a window, the window adds to the one map and takes from the other; where it
  rises, the other way round. Windows along the border show little of a face and are left out.

Both kinds of gradients are means over five blends of the photo and its blurred version: the similarity is
saturated, and its gradient at a single point says little. They are taken at the layer that makes evidence
maps finer, where a network has one. The constants were chosen on pairs of people and photos that figures are
not reported for.
"""

from __future__ import annotations

import numpy as np
import torch

from brain.explanation.evidence import GRID, INNER, WINDOW, interpolated
from brain.explanation.masks import occlusion_windows
from brain.explanation.perturbation import PerturbationRunner
from brain.explanation.prior import prior_of
from brain.recognition.pair_network import SAME

EXPERIMENT = "evidence"
# How much of the blurred photo is mixed in where gradients are taken.
BLURRED = (0.1, 0.3, 0.5, 0.7, 0.9)
LAYERCAM_WEIGHT = 0.5


def measure_pair_evidence(runner: PerturbationRunner, log_odds: float) -> np.ndarray:
    """Where a photo is like the other one, and where it is unlike it.

    Args:
        runner: shows a pair network the photo.
        log_odds: of the likeness of the unaltered photo.

    Returns:
        (2, MAP_SIZE, MAP_SIZE) float32 of one scale, 0 to 1.

    Raises:
        ForwardPassFailed: code 4.
    """
    layercam, integrated = gradient_maps(runner)
    evidence, against = LAYERCAM_WEIGHT * of_one_scale(prior_of(layercam))
    windows = of_one_scale(window_falls(runner, log_odds))
    signed = of_one_scale(prior_of(integrated[None])[0]) + windows
    return of_one_scale(np.stack([evidence + signed, against - signed]).clip(min=0))


def gradient_maps(runner: PerturbationRunner) -> tuple[np.ndarray, np.ndarray]:
    """LayerCAM of the likeness and of its negative, (2, h, w), and integrated gradients, (h, w)."""
    network = runner.classifier
    layer = (network.evidence_layers or (network.cam_layer,))[0]
    masks = np.stack([np.full((runner.size, runner.size), share, np.float32) for share in BLURRED])
    with torch.inference_mode(False), torch.no_grad():
        features = network.forward_features(runner.compose(masks), layer)  # (n, C, h, w)
    with torch.inference_mode(False), torch.enable_grad():
        seen = features.clone().requires_grad_(True)
        (gradients,) = torch.autograd.grad(network.forward_head(seen, layer)[:, SAME].sum(), seen)
    each = network.evidence_passes or 1 + network.gradient_passes / 2
    runner.count("cam", round(len(BLURRED) * each, 2))
    signed = torch.stack([gradients, -gradients]).clamp(min=0)
    layercam = torch.einsum("knchw,nchw->khw", signed, features)
    integrated = (gradients.mean(0) * (features[0] - features[-1])).sum(0)
    return layercam.numpy(), integrated.numpy()


def window_falls(runner: PerturbationRunner, log_odds: float) -> np.ndarray:
    """By how much the likeness falls without the window at a place, (MAP_SIZE, MAP_SIZE); it may rise."""
    inner = np.zeros((GRID, GRID), bool)
    inner[INNER, INNER] = True
    masks = occlusion_windows(WINDOW, GRID, runner.size)[inner.ravel()]
    falls = np.zeros((GRID, GRID), np.float32)
    falls[inner] = log_odds - runner.logits(EXPERIMENT, masks)[:, SAME].numpy()
    # Each sign by itself: cubic interpolation overshoots.
    down, up = (interpolated((sign * falls).clip(min=0), WINDOW) for sign in (1, -1))
    return np.asarray(down - up)


def of_one_scale(maps: np.ndarray) -> np.ndarray:
    """Maps of either sign divided by the largest magnitude in any; all zero where there is none."""
    return np.asarray(maps / (np.abs(maps).max() or 1.0))
