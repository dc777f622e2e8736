"""Converts the pixels that a network sees to its input tensor."""

from __future__ import annotations

import cv2
import numpy as np
import torch
from torch import Tensor

from brain.recognition.config import ModelConfig


def preprocess(field: np.ndarray, config: ModelConfig) -> Tensor:
    """Resize, order the channels and normalise.

    Args:
        field: the square that the network sees, (s, s, 3) uint8 BGR.

    Returns:
        (1, 3, S, S) float32, S being the network's input size.
    """
    size = config.input_size
    shrinks = field.shape[0] >= size
    resized = cv2.resize(field, (size, size), interpolation=cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR)
    if config.channel_order == "RGB":
        resized = cv2.cvtColor(resized, cv2.COLOR_BGR2RGB)
    normalised = (resized - np.asarray(config.mean, np.float32)) * np.float32(config.scale)
    return torch.from_numpy(normalised).permute(2, 0, 1).unsqueeze(0)
