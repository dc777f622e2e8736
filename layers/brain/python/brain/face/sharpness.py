"""How sharp a face is, independent of its size in the photo."""

from __future__ import annotations

import cv2
import numpy as np

from brain.face.affine import similarity_transform, warp
from brain.face.landmarks import UPRIGHT

# The pupils are then 56 pixels apart, as in dlib's chips.
SIZE = 174
INNER = slice(54, 164), slice(32, 142)
# Blurred by a Gaussian of 4 % of the face's width, 96 % of LFW's pairs are still told apart, and 1 in 100
# faces lies below this; at 8 %, 77 % and every third; at 10 %, 65 % and every second.
SHARP_ENOUGH = 0.02
# Of 150 LFW photos the least sharp face has 0.059.
SURELY_SHARP = 0.03


def sharpness(pixels: np.ndarray, landmarks: np.ndarray) -> float:
    """The share of a face's contrast that lies in its fine detail.

    The face is resampled to one size. The share is the standard deviation of a difference of Gaussians (of 1
    and 2 pixels), divided by the standard deviation of the face.

    Args:
        pixels: (H, W, 3) uint8 BGR.
        landmarks: (5, 2) in pixels of the picture.

    Returns:
        0 to 1; 0.06 to 0.17 for sharp faces.
    """
    face = warp(pixels, similarity_transform(landmarks, UPRIGHT * SIZE), SIZE)
    grey = cv2.cvtColor(face, cv2.COLOR_BGR2GRAY)[INNER].astype(np.float32)
    detail = cv2.GaussianBlur(grey, (0, 0), 1) - cv2.GaussianBlur(grey, (0, 0), 2)
    return float(detail.std() / max(float(grey.std()), 1e-6))
