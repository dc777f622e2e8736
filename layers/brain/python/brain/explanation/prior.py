"""What the evidence map starts from: LayerCAM at several layers, of the input and of its mirror image.

One layer's LayerCAM is coarse, an earlier one's fine but noisy; the mirror image shows the same face to the
network once more. Each map is blurred and divided by its largest value, and they are averaged.

The maps at other layers than the network's own, and those of the mirror image, are computed for the named
identity alone: at these layers, LayerCAM of two identities is much the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import cv2
import numpy as np
import torch
from torch import Tensor

from brain.explanation.perturbation import PerturbationRunner
from brain.recognition.classifier import Classifier

EXPERIMENT = "prior"
# Side of the map. It holds what the windows and the prior can tell.
MAP_SIZE = 35
# Standard deviations of the blur, as shares of the side: of one map alone, and of maps that are averaged.
PRIOR_BLUR = 0.05
AVERAGED_BLUR = 0.03


def evidence_prior(runner: PerturbationRunner, layercam: np.ndarray, label: int) -> np.ndarray:
    """The prior of k identities.

    Args:
        layercam: (k, h, w) at the network's `cam_layer`.
        label: the named identity, 0-based.

    Returns:
        (k, MAP_SIZE, MAP_SIZE) float32, 0 to 1.
    """
    further = further_maps(runner, label)
    if not further:
        return relative(prior_of(layercam))
    own = relative(prior_of(layercam, AVERAGED_BLUR))
    return relative(own + sum(relative(prior_of(each[None], AVERAGED_BLUR)) for each in further))


def further_maps(runner: PerturbationRunner, label: int) -> list[np.ndarray]:
    """LayerCAM of an identity at the network's `evidence_layers`, and of the mirror image at all layers.

    Returns:
        (h, w) float32 each; none for a network without such layers.
    """
    classifier = runner.classifier
    if not classifier.evidence_layers:
        return []
    x = classifier.preprocess(runner.view.pixels)  # (1, 3, S, S)
    runner.count(EXPERIMENT, round(2 * classifier.evidence_passes, 2))
    *finer, (_, mirrored) = layercam_at(
        classifier, torch.cat([x, x.flip(3)]), label, (*classifier.evidence_layers, classifier.cam_layer)
    )
    return [
        np.ascontiguousarray(each)
        for each in (
            mirrored[:, ::-1],
            *(each for first, second in finer for each in (first, second[:, ::-1])),
        )
    ]


def layercam_at(classifier: Classifier, x: Tensor, label: int, layers: Sequence[str]) -> list[np.ndarray]:
    """LayerCAM of one identity at several layers, from one forward and one backward pass.

    Args:
        x: (B, 3, S, S), preprocessed.
        label: 0-based.
        layers: their names, from the input to the output.

    Returns:
        (B, h, w) float32 for each layer.
    """
    with torch.inference_mode(False):
        with torch.no_grad():
            features = [classifier.forward_features(x, layers[0])]
        with torch.enable_grad():
            features[0].requires_grad_(True)
            for start, layer in pairwise(layers):
                features.append(classifier.forward_features(features[-1], layer, start))
            logits = classifier.forward_head(features[-1], layers[-1])
            gradients = torch.autograd.grad(logits[:, label].sum(), features)
        return [
            (gradient.clamp(min=0) * each.detach()).sum(1).numpy()
            for gradient, each in zip(gradients, features, strict=True)
        ]


def prior_of(layercam: np.ndarray, blur: float = PRIOR_BLUR) -> np.ndarray:
    """(k, h, w) LayerCAM, enlarged and blurred: (k, MAP_SIZE, MAP_SIZE)."""
    deviation = blur * MAP_SIZE
    enlarged = [cv2.resize(each, (MAP_SIZE, MAP_SIZE)) for each in layercam]
    return np.stack(
        [cv2.GaussianBlur(each, (0, 0), deviation, borderType=cv2.BORDER_REPLICATE) for each in enlarged]
    )


def relative(maps: np.ndarray) -> np.ndarray:
    """(k, H, W), each divided by its largest value; all zero where there is none."""
    largest = maps.max((1, 2), keepdims=True)
    return np.asarray(np.divide(maps, largest, out=np.zeros_like(maps), where=largest > 0))
