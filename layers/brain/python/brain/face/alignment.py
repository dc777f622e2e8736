"""Where the face sits in a cascade's box: a small network moves and resizes the box before the crop.

A cascade answers on a coarse grid, so two photos of one person are cut a few percent larger or further to
the left, and the network that names people sees two pictures. The box's regression is R-CNN's (Girshick et
al., arXiv 1311.2524, appendix C) with one scale for both sides, since the crop is a square:

    a square of VIEW boxes around the box, grey, (1, 1, 80, 80)
      | 5x5 convolution, stride 2, ReLU
    (1, 24, 40, 40)
      | 3 times: 3x3 convolution, ReLU, 2x2 max-pool
    (1, 64, 5, 5)
      | fully connected, ReLU
    (1, 128) -> how far to move across and down, in boxes, and the logarithm of how much larger to be

It looks twice, the second time around the box that the first look gave, where it errs less.
`training.alignment` fits it to landmarks: the result is the box of an average detection around a face
whose eyes and nose are there. It knows nobody, so it serves every model.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import torch
from safetensors.torch import load_file
from torch import Tensor, nn

from brain.core.geometry import Rectangle, square_around
from brain.face.crop import sample

WEIGHTS = Path(__file__).with_name("alignment.safetensors")
VIEW = 1.6
VIEW_SIDE = 80
FIRST = 24
WIDTHS = (32, 48, 64)
HIDDEN = 128
LOOKS = 2
# A face that is further off was found by chance; moving on would leave it.
FURTHEST = 0.35
LARGEST = 1.4


@dataclass(frozen=True)
class Placement:
    """How to change a box: moved by `across` and `down` of its sides, `scale` times as large."""

    across: float = 0.0
    down: float = 0.0
    scale: float = 1.0

    def of(self, box: Rectangle) -> Rectangle:
        """The square around the face in the box."""
        side = max(box.width, box.height)
        x, y = box.centre
        x, y, new = x + self.across * side, y + self.down * side, self.scale * side
        return Rectangle(x - new / 2, y - new / 2, new, new)


class AlignmentNetwork(nn.Module):
    """(B, 1, 80, 80) float32 -> (B, 3): across, down, logarithm of the scale."""

    def __init__(self) -> None:
        super().__init__()
        channels = FIRST
        layers: list[nn.Module] = [nn.Conv2d(1, FIRST, 5, stride=2, padding=2), nn.ReLU()]
        for width in WIDTHS:
            layers += [nn.Conv2d(channels, width, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2)]
            channels = width
        cells = (VIEW_SIDE // 2 ** (1 + len(WIDTHS))) ** 2
        self.convolutions = nn.Sequential(*layers)
        self.fully_connected = nn.Linear(channels * cells, HIDDEN)
        self.placement = nn.Linear(HIDDEN, 3)

    def forward(self, x: Tensor) -> Tensor:
        maps = self.convolutions(x).flatten(1)
        return self.placement(torch.relu(self.fully_connected(maps)))


class Aligner:
    """The network, loaded once.

    Args:
        weights: a safetensors file.
    """

    def __init__(self, weights: Path = WEIGHTS) -> None:
        self._network = AlignmentNetwork().eval()
        self._network.load_state_dict({name: t.float() for name, t in load_file(weights).items()})

    def align(self, pixels: np.ndarray, box: Rectangle) -> Rectangle:
        """The box, moved and resized to where the face is.

        Args:
            pixels: (H, W, 3) uint8 BGR.
            box: as a cascade found it.
        """
        return self.align_many([pixels], [box])[0]

    @torch.inference_mode()
    def align_many(
        self, pictures: Sequence[np.ndarray] | np.ndarray, boxes: Sequence[Rectangle]
    ) -> list[Rectangle]:
        """`align` for one box in each of several pictures."""
        aligned = list(boxes)
        for _ in range(LOOKS):
            views = [view(pixels, box) for pixels, box in zip(pictures, aligned, strict=True)]
            answers = self._network(to_input(views)).double().numpy()
            aligned = [placement(row).of(box) for row, box in zip(answers, aligned, strict=True)]
        return aligned


def view(pixels: np.ndarray, box: Rectangle) -> np.ndarray:
    """What the network looks at: (80, 80) uint8 grey.

    Args:
        pixels: (H, W, 3) uint8 BGR.
        box: the face, in pixels of `pixels`.
    """
    return cv2.cvtColor(sample(pixels, square_around(box, VIEW), VIEW_SIDE), cv2.COLOR_BGR2GRAY)


def to_input(views: Sequence[np.ndarray]) -> Tensor:
    """(B, 1, 80, 80) float32 of mean 0 and deviation 1, whatever the light, from (80, 80) uint8 greys."""
    x = torch.from_numpy(np.stack(views)[:, None]).float()
    deviation, mean = torch.std_mean(x, dim=(2, 3), correction=0, keepdim=True)
    return (x - mean) / (deviation + 1)


def placement(answer: np.ndarray) -> Placement:
    """The network's (3,) answer within what is plausible."""
    across, down = np.clip(answer[:2], -FURTHEST, FURTHEST)
    scale = np.clip(np.exp(answer[2]), 1 / LARGEST, LARGEST)
    return Placement(float(across), float(down), float(scale))
