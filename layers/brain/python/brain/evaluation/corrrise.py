"""CorrRISE, which explains the similarity of two faces by random masks, for comparison.

Lu, Xu, Ebrahimi, "Towards Visual Saliency Explanations of Face Verification", WACV 2024: the similarity is
measured many times with only random parts of a photo kept. Each pixel of the map is the correlation, over all
masks, between the similarity and whether the pixel was kept. Positive correlations show where the faces are
alike, negative ones where they are unlike. The masks are RISE's. As in all of BRAIN's experiments, what is
not kept is blurred.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from brain.explanation.masks import random_masks

MASKS = 300
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
    kept = random_masks(MASKS, size, SEED)
    measured = similarities(1 - kept)
    masks = kept.reshape(MASKS, -1) - kept.reshape(MASKS, -1).mean(0)
    deviations = measured - measured.mean()
    scale = np.sqrt((masks**2).sum(0) * (deviations**2).sum())
    correlations = np.divide(deviations @ masks, scale, out=np.zeros(size * size), where=scale > 0)
    return np.asarray(correlations.reshape(size, size), np.float32)
