"""Blurring parts of a crop out, to see what the network says without them.

A part is replaced by a strongly blurred copy of the crop through a mask with soft edges, at the
network's own input size. Blur keeps colour and brightness and adds no edge of its own, so that what is
measured is the absence of the part and not the presence of a patch (Fong and Vedaldi, "Interpretable
Explanations of Black Boxes by Meaningful Perturbation", arXiv 1704.03296; the window is that of Zeiler and
Fergus, "Visualizing and Understanding Convolutional Networks", arXiv 1311.2901).
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import torch
from torch import Tensor

from brain.core.geometry import Rectangle
from brain.recognition.classifier import Classifier

BLUR = 1 / 8
FEATHER = 0.3


@dataclass(frozen=True)
class Canvas:
    """A crop as the network sees it, (3, S, S) float32, and the same blurred beyond recognition."""

    sharp: Tensor
    blurred: Tensor

    @classmethod
    def of(cls, network: Classifier, crop: np.ndarray) -> Canvas:
        """Prepare an (s, s, 3) uint8 BGR crop for the network."""
        sharp = network.preprocess(crop)[0]  # (3, S, S)
        pixels = sharp.permute(1, 2, 0).contiguous().numpy()
        deviation = BLUR * pixels.shape[0]
        soft = cv2.GaussianBlur(pixels, (0, 0), deviation, borderType=cv2.BORDER_REPLICATE)
        return cls(sharp, torch.from_numpy(soft).permute(2, 0, 1))

    @property
    def size(self) -> int:
        """S, the side of the network's input in pixels."""
        return self.sharp.shape[-1]

    def without(self, masks: np.ndarray) -> Tensor:
        """The crop with each mask blurred out.

        Args:
            masks: (n, S, S) float32, 0 where the crop stays sharp to 1 where it is blurred.

        Returns:
            (n, 3, S, S) float32, as `Classifier.predict_batched` takes it.
        """
        share = torch.from_numpy(masks)[:, None]  # (n, 1, S, S)
        return torch.lerp(self.sharp, self.blurred, share)


def soft_box(box: Rectangle, size: int) -> np.ndarray:
    """The mask of a box with feathered edges; its sum is the box's area where it lies inside.

    Args:
        box: in pixels of the square that is `size` wide.

    Returns:
        (size, size) float32, 1 well inside and 0 well outside.
    """
    feather = FEATHER * min(box.width, box.height)
    across = _ramp(box.x, box.width, feather, size)
    down = _ramp(box.y, box.height, feather, size)
    return np.outer(down, across)


def soft_boxes(boxes: list[Rectangle], size: int) -> np.ndarray:
    """The mask of several boxes together, (size, size) float32."""
    return np.max([soft_box(box, size) for box in boxes], axis=0)


def _ramp(start: float, length: float, feather: float, size: int) -> np.ndarray:
    from_centre = np.abs(np.arange(size) + 0.5 - (start + length / 2))
    edge = (length / 2 + feather / 2 - from_centre) / max(feather, 1e-6)
    return edge.clip(0, 1).astype(np.float32)
