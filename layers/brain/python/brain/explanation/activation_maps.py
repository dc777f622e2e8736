"""Class activation maps: where in a layer the activations support an identity's logit.

With the activations A (C, H, W) of a layer and the gradient G (C, H, W) of a logit with respect to them:

    Grad-CAM   relu(sum_c mean(G_c) * A_c)     Selvaraju et al., arXiv 1611.07450, equations 1 and 2
    HiResCAM   relu(sum_c G_c * A_c)           Draelos, Carin, arXiv 2011.08891, equation 3
    LayerCAM   sum_c relu(G_c) * A_c           Jiang et al., "LayerCAM: Exploring Hierarchical Class
                                               Activation Maps for Localization", TIP 2021, equations 5 to 7

Grad-CAM and HiResCAM before their ReLU are linear in the logit, so the map of the difference of two logits
is the difference of their maps. LayerCAM is not; HiResCAM, which differs from it only in keeping the
negative gradients, stands in for its signed map.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

import cv2
import numpy as np
import torch
from torch import Tensor

from brain.core.schema import CamMethod
from brain.recognition.classifier import Activations, Classifier


class ClassActivationMaps:
    """The class activation maps of k identities at one layer, from one forward pass.

    Every map is (k, H, W) float32, in units of the logit.

    Args:
        classifier: the network that gave `activations`.
        activations: of one input.
        labels: the identities, 0-based.
    """

    def __init__(self, classifier: Classifier, activations: Activations, labels: Sequence[int]) -> None:
        self._classifier = classifier
        self._activations = activations
        self._labels = list(labels)

    def maps(self, method: CamMethod) -> np.ndarray:
        """The maps by a method, zero or greater."""
        if method == "layercam":
            # In a network without ReLU, activations may be negative.
            return self._weighted(self._gradients.clamp(min=0)).clip(min=0)
        return self.signed(method).clip(min=0)

    def signed(self, method: CamMethod) -> np.ndarray:
        """The signed maps, which are linear in the logit; HiResCAM's for LayerCAM."""
        if method == "gradcam":
            return torch.einsum("kc,chw->khw", self._mean_gradients, self._activations.features).numpy()
        return self._weighted(self._gradients)

    @cached_property
    def _gradients(self) -> Tensor:
        """(k, C, H, W) gradients of the logits."""
        return self._classifier.logit_gradients(self._activations, self._labels)

    @cached_property
    def _mean_gradients(self) -> Tensor:
        """(k, C), by the network's shortcut unless the gradients were computed anyway."""
        if "_gradients" in vars(self):
            return self._gradients.mean((2, 3))
        return self._classifier.mean_logit_gradients(self._activations, self._labels)

    def _weighted(self, gradients: Tensor) -> np.ndarray:
        """Sum over channels of weights times activations: (k, C, H, W) -> (k, H, W)."""
        return torch.einsum("kchw,chw->khw", gradients, self._activations.features).numpy()


def to_grey(activation_map: np.ndarray, size: int | None = None) -> np.ndarray:
    """Resize a map, then stretch it to the full range.

    Args:
        activation_map: (H, W) float32, zero or greater.
        size: side of the resulting square, in pixels; None keeps the map's size.

    Returns:
        (size, size) uint8. A map without contrast is all zero, never NaN.
    """
    resized = activation_map if size is None else cv2.resize(activation_map, (size, size))
    low, high = float(resized.min()), float(resized.max())
    if not high > low:
        return np.zeros(resized.shape, np.uint8)
    return np.rint((resized - low) * (255 / (high - low))).astype(np.uint8)


def to_colour(grey: np.ndarray) -> np.ndarray:
    """(H, W) uint8 -> (H, W, 3) uint8 BGR: blue where the map is low, red where it is high."""
    return cv2.applyColorMap(grey, cv2.COLORMAP_JET)
