"""The teacher: dlib's face recognition ResNet with its 5-point alignment (Davis King; CC0)."""

from __future__ import annotations

import warnings
from functools import cache
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import torch
from torch import Tensor

from brain.core.geometry import Rectangle
from training.resnet import CHIP, FaceResNet, read_resnet

PADDING = 0.25
# Where dlib wants the corners of the eyes and the base of the nose, in a face of size one
# (get_face_chip_details in dlib/image_transforms/interpolation.h).
MEAN_FACE = (
    (0.8595674595992, 0.2134981538014),
    (0.6460604764104, 0.2289674387677),
    (0.1205750620789, 0.2137274526848),
    (0.3340850613712, 0.2290642403242),
    (0.4901123135679, 0.6277975316475),
)
PLACES = (np.array(MEAN_FACE) + PADDING) / (1 + 2 * PADDING) * CHIP  # (5, 2) x and y in a chip
# The same points of the mirrored face.
MIRRORED = [2, 3, 0, 1, 4]


class Landmarks:
    """dlib's own detector and landmarks."""

    def __init__(self) -> None:
        import dlib

        self._dlib = dlib
        self._detect = dlib.get_frontal_face_detector()
        self._shape = dlib.shape_predictor(model_files().pose_predictor_five_point_model_location())

    def find(self, pixels: np.ndarray, box: Rectangle) -> np.ndarray:
        """(5, 2) float32 x and y of the corners of the eyes and the base of the nose.

        Args:
            pixels: (H, W, 3) uint8 BGR.
        """
        rgb = np.ascontiguousarray(pixels[:, :, ::-1])
        shape = self._shape(rgb, self._locate(rgb, box))
        return np.array([(point.x, point.y) for point in shape.parts()], dtype=np.float32)

    def _locate(self, rgb: np.ndarray, box: Rectangle) -> object:
        """Dlib's own box where it overlaps ours, since its landmarks were trained on such boxes."""
        x, y = box.centre
        for found in self._detect(rgb, 0):
            if found.contains(round(x), round(y)):
                return found
        edges = (box.x, box.y, box.x + box.width, box.y + box.height)
        return self._dlib.rectangle(*(round(edge) for edge in edges))


def model_files() -> Any:
    """The package that brings dlib's model files."""
    with warnings.catch_warnings():
        # It still finds its files through pkg_resources.
        warnings.simplefilter("ignore")
        import face_recognition_models
    return face_recognition_models


@cache
def network() -> FaceResNet:
    """Dlib's network, read once."""
    path = Path(model_files().face_recognition_model_location())
    return read_resnet(path).to(memory_format=torch.channels_last)  # type: ignore[call-overload]


def similarity(source: np.ndarray, target: np.ndarray) -> np.ndarray:
    """The (2, 3) matrix that turns, scales and moves (n, 2) points nearest to others.

    Least squares (Umeyama, 1991, in the plane and without mirroring).
    """
    middle, aim = source.mean(0), target.mean(0)
    a, b = source - middle, target - aim
    size = (a * a).sum()
    cosine = (a * b).sum() / size
    sine = (a[:, 0] * b[:, 1] - a[:, 1] * b[:, 0]).sum() / size
    turn = np.array([[cosine, -sine], [sine, cosine]])
    return np.column_stack([turn, aim - turn @ middle])


def chip(picture: np.ndarray, landmarks: np.ndarray) -> np.ndarray:
    """What the teacher looks at: (150, 150, 3) uint8 RGB, eyes level and in their place.

    Args:
        picture: (H, W, 3) uint8 BGR.
        landmarks: (5, 2), as `Landmarks.find`.
    """
    matrix = similarity(landmarks.astype(np.float64), PLACES)
    return cv2.warpAffine(picture, matrix, (CHIP, CHIP), flags=cv2.INTER_LINEAR)[:, :, ::-1]


@torch.no_grad()
def embed(resnet: FaceResNet, chips: np.ndarray) -> Tensor:
    """The teacher's embeddings, (n, 128).

    Args:
        chips: (n, 150, 150, 3) uint8 RGB.
    """
    x = torch.from_numpy(chips).permute(0, 3, 1, 2)  # (n, 3, 150, 150)
    return resnet(x.to(resnet.stem.weight.device).float())


def opinion(resnet: FaceResNet, chips: np.ndarray) -> Tensor:
    """`embed` at the speed of bfloat16: (n, 128) float32."""
    with torch.autocast(resnet.stem.weight.device.type, dtype=torch.bfloat16):
        return embed(resnet, chips).float()
