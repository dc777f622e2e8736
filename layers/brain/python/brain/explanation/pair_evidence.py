"""Two maps of a compared photo: where it is like the other one, and where it is unlike it.

Like the evidence map of a name (`evidence`), each combines gradients with occlusion windows; here, of the
likeness's log-odds that both photos show one person.

- LayerCAM keeps the positive gradients for the one map, and the negative ones for the other.
- Gradients times the difference between the sharp and the blurred photo's activations add to the one map and
  take from the other. They are means over photos of which random halves are blurred out: integrated
  gradients (Sundararajan, Taly, Yan, arXiv 1703.01365, equation 1) with the masks of RISE as points of the
  path. The similarity is saturated, and its gradient at the photo itself says little.
- Where the likeness falls without a window, the window adds to the one map and takes from the other; where it
  rises, the other way round. Windows along the border show little of a face and are left out.

Gradients are taken at the layer that makes evidence maps finer, where a network has one.

One of the maps speaks for the verdict, the other one against it. What speaks against it is weak compared with
the noise. So that map is supported by the measurements in the other photo, whose face is aligned in the same
way; they are blurred, and weighted towards the centre of the field, where the face is. The constants were
chosen on pairs for which no figures are reported.
"""

from __future__ import annotations

from itertools import product

import cv2
import numpy as np
import torch
from torch import Tensor

from brain.explanation.evidence import CORNERS, GRID, WINDOW, interpolated, measured_windows
from brain.explanation.masks import occlusion_windows, random_masks
from brain.explanation.perturbation import PerturbationRunner
from brain.explanation.prior import MAP_SIZE, prior_of
from brain.recognition.pair_network import SAME

EXPERIMENT = "evidence"
# Gradients are taken for this many random masks: with the masked part blurred out, and with the rest blurred
# out.
PARTS = 3
SEED = 11
LAYERCAM_WEIGHT = 0.5
# Of the map against the verdict: what the other photo's counts, standard deviation of the blur as a share of
# the map's side, and how fast the weight falls with the squared distance from the middle.
OTHER_WEIGHT = 0.7
WEAK_BLUR = 0.043
TO_THE_MIDDLE = 3.0


def measure_pair_evidence(runner: PerturbationRunner, log_odds: float) -> np.ndarray:
    """What makes a photo like the other one, and unlike it.

    Args:
        runner: shows a pair network the photo.
        log_odds: log-odds of the likeness of the unaltered photo.

    Returns:
        (2, MAP_SIZE, MAP_SIZE) float32 on one scale, -1 to 1; negative where a place has the opposite effect.

    Raises:
        ForwardPassFailed: code 4.
    """
    layercam, attributions = layercam_and_attributions(runner)
    evidence, against = LAYERCAM_WEIGHT * of_one_scale(prior_of(layercam))
    windows = of_one_scale(window_falls(runner, log_odds))
    signed = of_one_scale(prior_of(attributions[None])[0]) + windows
    return of_one_scale(np.stack([evidence + signed, against - signed]))


def pair_maps(own: np.ndarray, other: np.ndarray, verdict: int) -> np.ndarray:
    """The maps of a photo.

    Args:
        own, other: what `measure_pair_evidence` returns for this photo and for the other one.
        verdict: which of the two maps speaks for the verdict.

    Returns:
        (2, MAP_SIZE, MAP_SIZE) float32 on one scale, 0 to 1.
    """
    maps = own.copy()
    weak = 1 - verdict
    supported = (own[weak] + OTHER_WEIGHT * other[weak]) / (1 + OTHER_WEIGHT)
    blurred = cv2.GaussianBlur(supported, (0, 0), WEAK_BLUR * MAP_SIZE, borderType=cv2.BORDER_REPLICATE)
    from_middle = (np.arange(MAP_SIZE) + 0.5) / MAP_SIZE - 0.5
    weights = np.exp(-TO_THE_MIDDLE * from_middle**2)
    maps[weak] = blurred * weights[:, None] * weights
    return of_one_scale(maps.clip(min=0))


def layercam_and_attributions(runner: PerturbationRunner) -> tuple[np.ndarray, np.ndarray]:
    """LayerCAM of the likeness and of its negative, (2, h, w), and signed attributions, (h, w)."""
    network = runner.classifier
    layer = (network.evidence_layers or (network.cam_layer,))[0]
    parts = random_masks(PARTS, runner.size, SEED)
    ends = np.stack([np.zeros_like(parts[0]), np.ones_like(parts[0])])
    with torch.inference_mode(False), torch.no_grad():
        features = network.forward_features(runner.compose(np.concatenate([ends, parts, 1 - parts])), layer)
    sharp, blurred, seen = features[0], features[1], features[2:]
    gradients = likeness_gradients(runner, seen, layer)
    signed = torch.stack([gradients, -gradients]).clamp(min=0)
    layercam = torch.einsum("knchw,nchw->khw", signed, seen)
    attributions = (gradients.mean(0) * (sharp - blurred)).sum(0)
    return layercam.numpy(), attributions.numpy()


def likeness_gradients(runner: PerturbationRunner, features: Tensor, layer: str) -> Tensor:
    """Gradients of the likeness at a layer, (n, C, h, w); counts their passes and those of both ends."""
    network = runner.classifier
    with torch.inference_mode(False), torch.enable_grad():
        seen = features.clone().requires_grad_(True)
        (gradients,) = torch.autograd.grad(network.forward_head(seen, layer)[:, SAME].sum(), seen)
    each = network.evidence_passes or 1 + network.gradient_passes / 2
    # A gradient costs a pass forward, and one back to the layer. The two ends are only computed up to the
    # layer.
    runner.count("cam", round(len(features) * each + 2 * max(2 - each, 0), 2))
    return gradients


def window_falls(runner: PerturbationRunner, log_odds: float) -> np.ndarray:
    """How far the likeness falls without the window at each place, (MAP_SIZE, MAP_SIZE); it may rise."""
    measured = measured_windows(GRID)
    masks = occlusion_windows(WINDOW, GRID, runner.size)[measured.ravel()]
    falls = np.zeros((GRID, GRID), np.float32)
    falls[measured] = log_odds - runner.logits(EXPERIMENT, masks)[:, SAME].numpy()
    # The corners are not measured. Each is the mean of its two neighbours.
    for row, column in product(CORNERS, CORNERS):
        neighbours = falls[row + np.sign(row), column], falls[row, column + np.sign(column)]
        falls[row, column] = sum(neighbours) / 2
    # Each sign separately, because cubic interpolation overshoots.
    down, up = (interpolated((sign * falls).clip(min=0), WINDOW) for sign in (1, -1))
    return np.asarray(down - up)


def of_one_scale(maps: np.ndarray) -> np.ndarray:
    """Signed maps, divided by their largest magnitude; all zero if that is zero."""
    return np.asarray(maps / (np.abs(maps).max() or 1.0))
