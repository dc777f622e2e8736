"""CorrRISE, which explains the similarity of two faces by random masks, for comparison.

Lu, Xu, Ebrahimi, "Towards Visual Saliency Explanations of Face Verification", WACV 2024: the similarity is
measured with many random parts of a photo kept, and each pixel of the map is the correlation, over all masks,
of whether the pixel was kept with the similarity. Positive correlations show where the faces are alike,
negative ones where they are unlike. Masks are those of RISE (Petsiuk, Das, Saenko, arXiv 1806.07421, section
3.2). As everywhere here, what is not kept is blurred.
"""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np

MASKS = 300
CELLS = 7
KEPT = 0.5
SEED = 0

Similarities = Callable[[np.ndarray], np.ndarray]


def corrrise(similarities: Similarities, size: int) -> np.ndarray:
    """The map of a photo.

    Args:
        similarities: (n, S, S) masks, 1 where the photo is blurred out -> (n,) similarity to the other photo.
        size: S.

    Returns:
        (S, S) float32 correlations, -1 to 1.
    """
    kept = random_masks(size)
    measured = similarities(1 - kept)
    masks = kept.reshape(MASKS, -1) - kept.reshape(MASKS, -1).mean(0)
    deviations = measured - measured.mean()
    scale = np.sqrt((masks**2).sum(0) * (deviations**2).sum())
    correlations = np.divide(deviations @ masks, scale, out=np.zeros(size * size), where=scale > 0)
    return np.asarray(correlations.reshape(size, size), np.float32)


def random_masks(size: int) -> np.ndarray:
    """RISE's masks, (MASKS, size, size) float32, always the same: coarse cells, enlarged and shifted."""
    rng = np.random.default_rng(SEED)
    cell = -(-size // CELLS)
    masks = np.empty((MASKS, size, size), np.float32)
    for mask in masks:
        cells = (rng.random((CELLS, CELLS)) < KEPT).astype(np.float32)
        enlarged = cv2.resize(cells, ((CELLS + 1) * cell,) * 2)
        x, y = rng.integers(0, cell, 2)
        mask[:] = enlarged[y : y + size, x : x + size]
    return masks
