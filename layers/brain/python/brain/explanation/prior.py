"""The prior of the evidence map: LayerCAM; for the named identity, at several layers and inputs.

LayerCAM of a late layer is coarse; that of an earlier layer is fine but noisy. The finest map is the gradient
with respect to the mask that blurs the input out: how much blurring each pixel costs, to first order. The
mirror image shows the same face to the network once more.

A gradient only describes the network at one input, and while the whole face is visible, its parts can replace
each other. So gradients are computed at two more inputs: without the strongest part of the map so far, and
with little else. That follows I-GOS, which moves a mask along such gradients step by step (Qi, Khorram,
Fuxin, "Visualizing Deep Networks by Optimizing with Integrated Gradients", AAAI 2020).

All gradients are those of the log-odds, which compare the identity's logit with those of the others. Each map
is blurred and divided by its largest value, and maps of the same kind are averaged.
"""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
import torch
from torch import Tensor

from brain.explanation.perturbation import PerturbationRunner
from brain.recognition.classifier import Classifier

EXPERIMENT = "prior"
# Side of the map, which is fine enough for the windows and the prior.
MAP_SIZE = 35
# Standard deviations of the blur, as shares of the side: for a single LayerCAM, for several that are
# averaged, and for gradients with respect to the mask.
PRIOR_BLUR = 0.05
AVERAGED_BLUR = 0.015
MASK_BLUR = 0.02
MASK_WEIGHT = 0.8
# The strongest shares of the input: what is blurred out, and what is kept, when gradients are computed again.
REMOVED, KEPT = 0.05, 0.3
# Blur of the edge between these shares and the rest.
EDGE = 1 / 75


def named_prior(runner: PerturbationRunner, label: int, falls: np.ndarray) -> np.ndarray:
    """The prior of the named identity, for a network with `evidence_layers`.

    Args:
        label: the named identity, 0-based.
        falls: (MAP_SIZE, MAP_SIZE) what windows found, as it will be added to the prior.

    Returns:
        (MAP_SIZE, MAP_SIZE) float32, 0 to 1 + MASK_WEIGHT.
    """
    nothing = np.zeros((1, runner.size, runner.size), np.float32)
    (whole,) = layercam_and_mask_gradient(runner, label, nothing, mirrored=True)
    so_far = weighted(whole) + falls
    removed, kept = (strongest(so_far, share, runner.size) for share in (REMOVED, KEPT))
    parts = layercam_and_mask_gradient(runner, label, np.stack([removed, 1 - kept]), mirrored=False)
    return weighted(relative(whole + parts.sum(0)))


def weighted(maps: np.ndarray) -> np.ndarray:
    """(2, H, W) LayerCAM and the mask's gradient -> (H, W)."""
    return np.asarray(maps[0] + MASK_WEIGHT * maps[1])


def strongest(values: np.ndarray, share: float, size: int) -> np.ndarray:
    """The mask of the pixels where a map is strongest, (size, size) float32 with soft edges.

    Args:
        values: (h, w).
        share: of the pixels, 0 to 1.
    """
    enlarged = cv2.resize(values, (size, size))
    mask = (enlarged > np.quantile(enlarged, 1 - share)).astype(np.float32)
    return np.asarray(cv2.GaussianBlur(mask, (0, 0), EDGE * size))


def layercam_and_mask_gradient(
    runner: PerturbationRunner, label: int, masks: np.ndarray, *, mirrored: bool
) -> np.ndarray:
    """LayerCAM, averaged over the `evidence_layers` and `cam_layer`, and the mask's gradient.

    Args:
        masks: (n, S, S) float32, what is blurred out of the input.
        mirrored: average over the mirror image as well.

    Returns:
        (n, 2, MAP_SIZE, MAP_SIZE) float32, 0 to 1.
    """
    classifier = runner.classifier
    x = runner.compose(masks)  # (n, 3, S, S)
    inputs = torch.cat([x, x.flip(3)]) if mirrored else x
    runner.count(EXPERIMENT, 2 * len(inputs))
    layers = (*classifier.evidence_layers, classifier.cam_layer)
    pixels, *layercams = (
        upright(each, len(x)) for each in pixel_gradient_and_layercams(classifier, inputs, label, layers)
    )
    lost = (pixels * runner.lost).sum(1).clamp(min=0)  # (n or 2n, S, S)
    shrunk = np.stack(
        [cv2.resize(each, (MAP_SIZE, MAP_SIZE), interpolation=cv2.INTER_AREA) for each in lost.numpy()]
    )
    averaged = sum(relative(prior_of(each.numpy(), AVERAGED_BLUR)) for each in layercams)
    maps = np.stack([np.asarray(averaged), relative(prior_of(shrunk, MASK_BLUR))], 1)
    return relative(maps.reshape(-1, len(x), *maps.shape[1:]).sum(0))


def upright(maps: Tensor, count: int) -> Tensor:
    """Maps of `count` inputs and, where there are more, of their mirror images turned back: (B, ..., W)."""
    return torch.cat([maps[:count], maps[count:].flip(-1)])


def pixel_gradient_and_layercams(
    classifier: Classifier, x: Tensor, label: int, layers: Sequence[str]
) -> list[Tensor]:
    """The gradient of an identity's log-odds at the input, and its LayerCAM at layers, from one pass.

    Args:
        x: (B, 3, S, S), preprocessed.
        label: 0-based.
        layers: their names, from the input to the output.

    Returns:
        (B, 3, S, S) float32, and (B, h, w) for each layer.
    """
    with torch.inference_mode(False), torch.enable_grad():
        features = [x.clone().requires_grad_(True)]
        for start, layer in zip((None, *layers), layers, strict=False):
            features.append(classifier.forward_features(features[-1], layer, start))
        odds = log_odds(classifier.forward_head(features[-1], layers[-1]), label)
        pixels, *gradients = torch.autograd.grad(odds.sum(), features)
        maps = [
            (gradient.clamp(min=0) * each.detach()).sum(1)
            for gradient, each in zip(gradients, features[1:], strict=True)
        ]
    return [pixels, *maps]


def log_odds(logits: Tensor, label: int) -> Tensor:
    """The log-odds of an identity's probability: (B, K) logits -> (B,). The logit if it is the only one.

    Their gradient has the direction of the probability's gradient, which vanishes if the name is certain.
    """
    others = torch.cat([logits[:, :label], logits[:, label + 1 :]], 1)
    return logits[:, label] - others.logsumexp(1) if others.shape[1] else logits[:, label]


def prior_of(layercam: np.ndarray, blur: float = PRIOR_BLUR) -> np.ndarray:
    """(k, h, w) LayerCAM, enlarged and blurred: (k, MAP_SIZE, MAP_SIZE)."""
    deviation = blur * MAP_SIZE
    enlarged = [cv2.resize(each, (MAP_SIZE, MAP_SIZE)) for each in layercam]
    return np.stack(
        [cv2.GaussianBlur(each, (0, 0), deviation, borderType=cv2.BORDER_REPLICATE) for each in enlarged]
    )


def relative(maps: np.ndarray) -> np.ndarray:
    """(..., H, W), each map divided by its largest value; all zero where there is none."""
    largest = maps.max((-2, -1), keepdims=True)
    return np.asarray(np.divide(maps, largest, out=np.zeros_like(maps), where=largest > 0))
