"""The network while it learns: brain-mini's layers with batch norm, and an embedding on top.

Batch norm and the embedding are linear at inference, so both disappear on export: batch norm is folded
into the layer before it, and the embedding's matrix into fc8, whose rows are then built from the class
means. What ships is the design's plain network.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from brain.recognition.network import ModelConfig, Network
from training.resnet import EMBEDDING


class Student(nn.Module):
    """conv + batch norm + ReLU blocks, fc6, fc7, and a linear embedding.

    (B, 3, S, S) float32 -> (B, 128) float32.
    """

    def __init__(self, config: ModelConfig) -> None:
        super().__init__()
        self.config = config
        channels = 3
        stages: list[nn.Module] = []
        for widths in config.blocks:
            for width in widths:
                stages += [nn.Conv2d(channels, width, 3, padding=1, bias=False), nn.BatchNorm2d(width)]
                stages.append(nn.ReLU())
                channels = width
            stages.append(nn.MaxPool2d(2))
        self.convolutions = nn.Sequential(*stages)
        d6, d7 = config.fully_connected
        self.fc6 = nn.Linear(channels * (config.map_size // 2) ** 2, d6, bias=False)
        self.norm6 = nn.BatchNorm1d(d6)
        self.fc7 = nn.Linear(d6, d7, bias=False)
        self.norm7 = nn.BatchNorm1d(d7)
        self.embedding = nn.Linear(d7, EMBEDDING)
        # Targets have a mean square norm of one; a larger first answer would cost the first epochs.
        nn.init.normal_(self.embedding.weight, std=0.004)

    def forward(self, x: Tensor) -> Tensor:
        maps = self.convolutions(x).flatten(1)
        z6 = torch.relu(self.norm6(self.fc6(maps)))
        return self.embedding(torch.relu(self.norm7(self.fc7(z6))))


def fold(student: Student, rows: np.ndarray, biases: np.ndarray) -> dict[str, Tensor]:
    """The plain network's tensors, equal to the student followed by a linear classifier.

    Args:
        rows: (K, 128), the classifier's weights on the embedding.
        biases: (K,).

    Returns:
        A state dict for `brain.recognition.network.Network`.
    """
    student = student.eval()
    names = [name for block in Network(student.config).blocks for name in block]
    layers = list(student.convolutions)
    pairs = [(a, b) for a, b in pairwise(layers) if isinstance(b, nn.BatchNorm2d)]
    tensors: dict[str, Tensor] = {}
    for name, (layer, norm) in zip(names, pairs, strict=True):
        tensors |= folded(name, layer, norm)
    tensors |= folded("fc6", student.fc6, student.norm6) | folded("fc7", student.fc7, student.norm7)
    w = torch.from_numpy(rows).float()
    tensors["fc8.weight"] = w @ student.embedding.weight
    tensors["fc8.bias"] = w @ student.embedding.bias + torch.from_numpy(biases).float()
    return {name: tensor.detach().contiguous() for name, tensor in tensors.items()}


def folded(name: str, layer: Any, norm: Any) -> dict[str, Tensor]:
    """Ioffe & Szegedy, arXiv 1502.03167: y = gain * (Wx - mean) / std + shift is one affine map of x."""
    gain = norm.weight / torch.sqrt(norm.running_var + norm.eps)
    shape = (-1, *[1] * (layer.weight.dim() - 1))
    bias = 0 if layer.bias is None else layer.bias
    return {
        f"{name}.weight": layer.weight * gain.view(shape),
        f"{name}.bias": norm.bias + (bias - norm.running_mean) * gain,
    }
