"""Two photos whose likeness is planted: a network that describes a face by how much red and green is in it.

What makes two photos alike, and what speaks against one person, is known by construction: colour that both
have, and colour that only one has.
"""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from brain.core.explanations import Feature
from brain.core.geometry import Rectangle
from brain.explanation.feature_scores import score
from brain.explanation.likeness import PairedFace
from brain.explanation.view import FaceView
from brain.face.alignment import box_around
from brain.recognition.config import CamConfig, ModelConfig
from brain.recognition.descriptor_network import DescriptorNetwork
from brain.recognition.pairs import PairCalibration
from tests import tiny
from tests.planted import Scene

# Beside red and green, each descriptor has this much of a third component, which every photo shares.
COMMON = 0.004
CALIBRATION = PairCalibration(slope=12.0, intercept=-9.0, source="planted")


class ColourDescriptors(DescriptorNetwork):
    """Describes a face by the mean of its pure red and its pure green, wherever they are."""

    layers = ("colours",)

    def __init__(self, config: ModelConfig) -> None:
        super().__init__(config)
        self.gallery = nn.Linear(3, config.identities)

    def forward_features(self, x: Tensor, layer: str | None = None, start: str | None = None) -> Tensor:
        if start is not None:
            return x
        red, green, blue = x.unbind(1)
        colours = torch.stack([red - green - blue, green - red - blue], 1).relu()
        return functional.avg_pool2d(colours, 2)

    def describe(self, features: Tensor, layer: str | None = None) -> Tensor:
        means = features.mean((2, 3))
        return functional.normalize(torch.cat([means, torch.full_like(means[:, :1], COMMON)], 1))

    @property
    def map_size(self) -> int:
        return self.config.input_size // 2

    @property
    def gradient_passes(self) -> float:
        return 0.5


def network() -> ColourDescriptors:
    """The network, with a placeholder in its gallery."""
    config = tiny.config(
        input_size=56, mean=(0.0, 0.0, 0.0), scale=1 / 255, cam=CamConfig("layercam", "colours")
    )
    return ColourDescriptors(config).requires_grad_(False).eval()


def face(scene: Scene, picture: np.ndarray, known: DescriptorNetwork) -> PairedFace:
    """A picture of the scene as a photo of a pair."""
    whole = Rectangle(0, 0, scene.size, scene.size)
    view = FaceView(picture, box_around(scene.landmarks), whole, scene.landmarks)
    return PairedFace(view, known.forward_with_activations(view.pixels), features(scene, whole))


def features(scene: Scene, field: Rectangle) -> list[Feature]:
    """The scene's features, without scores."""
    return score(scene.located, np.zeros((scene.size, scene.size), np.uint8), 0.5, field)
