"""How well a map tells the pixels that count: deletion and insertion.

Petsiuk, Das, Saenko, "RISE", arXiv 1806.07421: blur a map's brightest pixels away, a few more each time, and
watch the probability of the named identity fall (deletion); or bring them back first to a blurred crop and
watch it rise (insertion). The area under either curve sums it up. Probabilities are relative to the whole
crop's, at most 1, so that photos can be compared.

A figure alone says little, so three maps that know nothing of the photo are measured beside: blurred noise,
the shown map turned upside down, and a dot in the middle, which is hard to beat where faces are centred.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence

import cv2
import numpy as np
import torch

from brain.core.explanations import Areas, Fidelity
from brain.explanation.occlusion import Canvas
from brain.recognition.classifier import Classifier

FRACTIONS = (0.02, 0.05, 0.1, 0.2, 0.4)
NOISE = 1 / 28
DIGITS = 4

Curves = tuple[np.ndarray, np.ndarray]


def fidelity(
    network: Classifier,
    canvas: Canvas,
    label: int,
    before: float,
    crop: np.ndarray,
    grad_cam: np.ndarray,
    evidence: np.ndarray | Areas | None,
    fractions: Sequence[float] = FRACTIONS,
) -> Fidelity:
    """Deletion and insertion of a result's maps and of the three that know nothing.

    Args:
        label: the named identity, and `before` its probability in the whole crop.
        crop: (s, s, 3) uint8; its bytes seed the noise.
        grad_cam, evidence: (h, w) uint8 as stored in the result; of the evidence its figures at these
            fractions will do, where they were measured before.
        fractions: shares of the pixels at which the curves are measured, rising, between 0 and 1.
    """
    noise = noise_map(crop, canvas.size)
    shown = {"grad_cam": grad_cam, "random": noise, "centre": centre_map(canvas.size)}
    if isinstance(evidence, np.ndarray):
        shown["evidence"] = evidence
    orders = {role: order(one, noise) for role, one in shown.items()}
    curves = measure(network, canvas, label, before, orders, fractions)
    found = {role: areas(curve, fractions) for role, curve in curves.items()}
    if isinstance(evidence, Areas):
        found["evidence"] = evidence
    best = found.get("evidence", found["grad_cam"])
    # What a map deletes first its inverse deletes last, so one's curves are the other's, read backwards.
    inverted = Areas(deletion=best.insertion, insertion=best.deletion)
    return Fidelity(inverted=inverted, **found)


def measure(
    network: Classifier,
    canvas: Canvas,
    label: int,
    before: float,
    orders: Mapping[str, np.ndarray],
    fractions: Sequence[float],
) -> dict[str, Curves]:
    """Both curves of each order, end points included, relative to the whole crop's probability.

    Args:
        orders: (S, S) each, 0 for the pixel that counts most to S * S - 1.

    Returns:
        role -> deletion and insertion, (len(fractions) + 2,) each, 0 to 1.
    """
    pixels = canvas.size * canvas.size
    steps = [rank < fraction * pixels for rank in orders.values() for fraction in fractions]
    first = np.stack(steps).astype(np.float32)  # (maps * fractions, S, S)
    everything = np.ones_like(first[:1])
    logits = network.predict_batched(canvas.without(np.concatenate([everything, first, 1 - first])))
    p = torch.softmax(logits.double(), 1)[:, label].numpy()
    p = np.minimum(p / before, 1)
    whole, blurred = np.ones(1), p[:1]
    deleted, inserted = p[1:].reshape(2, len(orders), len(fractions))
    return {
        role: (np.concatenate([whole, down, blurred]), np.concatenate([blurred, up, whole]))
        for role, down, up in zip(orders, deleted, inserted, strict=True)
    }


def areas(curves: Curves, fractions: Sequence[float]) -> Areas:
    """The areas under both curves, by the trapezoidal rule."""
    at = np.array([0.0, *fractions, 1.0])
    deletion, insertion = (round(float(np.trapezoid(curve, at)), DIGITS) for curve in curves)
    return Areas(deletion=deletion, insertion=insertion)


def order(shown: np.ndarray, noise: np.ndarray) -> np.ndarray:
    """(h, w) map -> (S, S) each pixel's place when they are sorted, brightest first; ties fall by chance.

    Args:
        noise: (S, S), which breaks ties.
    """
    size = noise.shape[0]
    values = cv2.resize(shown.astype(np.float32), (size, size))
    sorted_pixels = np.lexsort((noise.ravel(), -values.ravel()))
    places = np.empty(size * size, np.int64)
    places[sorted_pixels] = np.arange(size * size)
    return places.reshape(size, size)


def noise_map(crop: np.ndarray, size: int) -> np.ndarray:
    """(size, size) float32 of blurred noise, the same for the same crop."""
    seed = int.from_bytes(hashlib.sha256(crop.tobytes()).digest()[:8], "big")
    noise = np.random.default_rng(seed).standard_normal((size, size)).astype(np.float32)
    return cv2.GaussianBlur(noise, (0, 0), NOISE * size)


def random_mask(noise: np.ndarray, area: float) -> np.ndarray:
    """(S, S) noise -> (S, S) float32 mask of blots: 1 on the share of the pixels where it is brightest."""
    return (order(noise, noise) < area * noise.size).astype(np.float32)


def centre_map(size: int) -> np.ndarray:
    """(size, size) float32: a round dot in the middle, fading towards the corners."""
    from_centre = np.arange(size, dtype=np.float32) - (size - 1) / 2
    squares = (from_centre / size) ** 2
    return np.exp(-8 * (squares[:, None] + squares[None, :]))
