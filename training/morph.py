"""Faces that nobody photographed: two photos, laid over each other eye on eye, melt into one.

There are only some thousand photos to learn from, and a student that sees them long enough learns them
by heart. But the teacher has an opinion of any face. Mixed inputs with the teacher's answer to the very
mixture are what makes distillation from few photos general (Beyer et al., arXiv 2106.05237; mixup: Zhang
et al., arXiv 1710.09412).
"""

from __future__ import annotations

import cv2
import numpy as np

from training.teacher import MIRRORED, similarity

HALF_BLENDED = 0.5
FEATHER = (3.0, 12.0)  # pixels of a context
WANDERING = 8.0  # pixels of a context


def morphed(
    context: np.ndarray,
    landmarks: np.ndarray,
    other: np.ndarray,
    its_landmarks: np.ndarray,
    random: np.random.Generator,
) -> np.ndarray:
    """A face between two, in the place of the first: (S, S, 3) uint8 BGR.

    Half of them are blends of both everywhere, half have a part of one and the rest of the other, with a soft
    straight seam through the face. The other is mirrored half of the time.

    Args:
        context, other: (S, S, 3) uint8 BGR.
        landmarks, its_landmarks: (5, 2) x and y, as `training.teacher.Landmarks.find`.
    """
    if random.random() < 0.5:
        other, its_landmarks = mirrored(other, its_landmarks)
    size = context.shape[0]
    matrix = similarity(its_landmarks.astype(np.float64), landmarks.astype(np.float64))
    laid = cv2.warpAffine(
        other, matrix, (size, size), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )
    if random.random() < HALF_BLENDED:
        share = np.full((1, 1, 1), random.uniform(0.3, 0.7), np.float32)
    else:
        share = _side(size, landmarks.mean(0) + random.normal(0, WANDERING, 2), random)
    return (context * share + laid * (1 - share)).astype(np.uint8)


def mirrored(context: np.ndarray, landmarks: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The picture and its landmarks, left and right exchanged."""
    moved = landmarks * (-1, 1) + (context.shape[1] - 1, 0)
    return np.ascontiguousarray(context[:, ::-1]), moved[MIRRORED]


def _side(size: int, middle: np.ndarray, random: np.random.Generator) -> np.ndarray:
    """(S, S, 1) float32, from 0 on one side of a line through the middle to 1 on the other."""
    angle, feather = random.uniform(0, 2 * np.pi), random.uniform(*FEATHER)
    along = np.arange(size, dtype=np.float32)
    across = (along[None, :] - middle[0]) * np.cos(angle) + (along[:, None] - middle[1]) * np.sin(angle)
    return (1 / (1 + np.exp(-across / feather))).astype(np.float32)[:, :, None]
