"""How well a map finds the pixels that matter: deletion and insertion.

Petsiuk, Das, Saenko, "RISE", arXiv 1806.07421: blur out a map's most salient pixels, more of them each
time, and watch the probability of the named identity fall (deletion); or restore them first in a blurred
input and watch it rise (insertion). The area under either curve sums it up. Probabilities are relative to
that of the whole input, and at most 1, so that photos can be compared.

A figure alone says little, so three maps that ignore the photo are measured too: blurred noise, the shown map
inverted, and a dot in the centre, which is hard to beat because faces are centred.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import torch

from brain.core.explanations import Areas, Candidate, Fidelity
from brain.explanation.masks import centre_map, noise_map, random_mask, top_pixels
from brain.explanation.perturbation import PerturbationRunner
from brain.recognition.classifier import Classifier

EXPERIMENT = "fidelity"
# Shares of the pixels at which the curves are measured; every one of them takes seven forward passes.
FRACTIONS = (0.1, 0.3)
FRACTIONS_OF_LARGE_NETWORKS = (0.2,)
DIGITS = 4

Curves = tuple[np.ndarray, np.ndarray]


@dataclass(frozen=True)
class Target:
    """The named identity and its probability in the whole input."""

    label: int
    probability: float


def fractions_for(classifier: Classifier) -> tuple[float, ...]:
    """The fractions that a network of this size affords."""
    return FRACTIONS if classifier.is_small else FRACTIONS_OF_LARGE_NETWORKS


def measure_fidelity(
    runner: PerturbationRunner,
    target: Target,
    candidate: Candidate,
    fractions: Sequence[float] = FRACTIONS,
) -> Fidelity:
    """Deletion and insertion of a candidate's maps, and of the three that ignore the photo.

    Args:
        candidate: the named one, with its maps as they are stored.
        fractions: shares of the pixels at which the curves are measured, rising, between 0 and 1.
    """
    maps = {"cam": candidate.map.to_array()}
    if candidate.evidence is not None:
        maps["evidence"] = candidate.evidence.to_array()
    maps["centre"] = centre_map(runner.size)
    found = deletion_insertion(runner, target, maps, fractions, with_noise=True)
    shown = found.get("evidence", found["cam"])
    # What a map deletes first, its inverse deletes last, so the curves of one are those of the other,
    # reversed.
    inverted = Areas(deletion=shown.insertion, insertion=shown.deletion)
    return Fidelity(inverted=inverted, **found)


def deletion_insertion(
    runner: PerturbationRunner,
    target: Target,
    maps: Mapping[str, np.ndarray],
    fractions: Sequence[float],
    *,
    with_noise: bool = False,
) -> dict[str, Areas]:
    """The areas under the curves of several maps, measured in one batch.

    Args:
        maps: (h, w) each, over the input.
        fractions: see `measure_fidelity`.
        with_noise: add those of blurred noise, as `random`. Noise is as random backwards, so one curve
            serves for both figures.
    """
    noise = noise_map(runner.view.pixels, runner.size)
    deleted = np.stack([top_pixels(each, noise, share) for each in maps.values() for share in fractions])
    random = [random_mask(noise, share) for share in fractions if with_noise]
    everything = np.ones_like(deleted[:1])
    logits = runner.logits(
        EXPERIMENT, np.concatenate([deleted, 1 - deleted, everything, *(each[None] for each in random)])
    )
    falling, rising, (blurred, *noisy) = np.split(
        relative_probabilities(logits, target), [len(deleted), 2 * len(deleted)]
    )
    curves = {
        name: (np.array([1, *down, blurred]), np.array([blurred, *up, 1]))
        for name, down, up in zip(
            maps, *(each.reshape(len(maps), -1) for each in (falling, rising)), strict=True
        )
    }
    if with_noise:
        curves["random"] = (np.array([1, *noisy, blurred]),) * 2
    return {name: areas(each, fractions) for name, each in curves.items()}


def relative_probabilities(logits: torch.Tensor, target: Target) -> np.ndarray:
    """(n, K) -> (n,): the target's probability as a share of that in the whole input, 0 to 1."""
    probabilities = torch.softmax(logits.double(), 1)[:, target.label].numpy()
    return np.minimum(probabilities / target.probability, 1)


def areas(curves: Curves, fractions: Sequence[float]) -> Areas:
    """The areas under both curves, by the trapezoidal rule.

    Args:
        curves: deletion and insertion, (len(fractions) + 2,) each with their end points.
    """
    at = np.array([0.0, *fractions, 1.0])
    deletion, insertion = (round(float(np.trapezoid(curve, at)), DIGITS) for curve in curves)
    return Areas(deletion=deletion, insertion=insertion)
