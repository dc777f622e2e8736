"""How well the maps of two compared photos hold: deletion, insertion, and a planted patch.

Deletion and insertion follow Lu, Xu, Ebrahimi (see `corrrise`). One photo's pixels are blurred out, or
restored, in the order of a map, while the other photo stays as it is, and the similarity is measured. For
photos of one person the map is `evidence`, and deletion should lower the similarity. For photos of two people
it is `against`, and deletion should raise it.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from torch import Tensor

from brain.core.settings import Settings
from brain.evaluation.corrrise import corrrise
from brain.evaluation.crops import with_problems
from brain.evaluation.journal import Record
from brain.evaluation.planted_patch import is_found, with_patch
from brain.explanation.likeness import PairedFace, PhotoExperiments, maps_of
from brain.explanation.masks import centre_map, noise_map, top_pixels
from brain.explanation.perturbation import PerturbationRunner
from brain.explanation.view import FaceView
from brain.face.photo import decode
from brain.pipeline.comparison import calibrated
from brain.pipeline.enrolment import central_face
from brain.pipeline.face_location import FaceLocator
from brain.recognition.descriptor_network import DescriptorNetwork
from brain.recognition.model import load_model
from brain.recognition.pair_network import SAME, pair_network
from brain.recognition.pairs import PairCalibration

FRACTIONS = (0.02, 0.05, 0.1, 0.2, 0.3, 0.5, 0.75)
THRESHOLD = 0.5
CURVES = "curves"


@dataclass(frozen=True)
class ExplainedPair:
    """A pair to explain.

    Attributes:
        same: whether the two photos show one person.
        donor: another person's photo, for the patch; None for a pair of two people.
    """

    first: Path
    second: Path
    same: bool
    donor: Path | None = None

    @property
    def key(self) -> str:
        """Identifies the pair's record in a journal."""
        return f"{self.first.resolve()} {self.second.resolve()}"


@dataclass(frozen=True)
class PairExplanationFactory:
    """Opens an evaluator in each process; `settings` name the model and the cascades."""

    settings: Settings

    def __call__(self) -> Callable[[ExplainedPair], Record]:
        """Load the model and the detector.

        Raises:
            BrainError: codes 1 (the model cannot compare), 2, 4 and 5.
        """
        model = load_model(self.settings.models_dir / self.settings.model)
        network, calibration = calibrated(model)
        evaluator = PairEvaluator(network, calibration, FaceLocator.load(self.settings, network.config))
        return with_problems(evaluator.measure)


class PairEvaluator:
    """Measures pairs.

    Args:
        network: computes descriptors.
        calibration: calibration of the network's similarities.
        faces: finds the face nearest to a photo's centre.
    """

    def __init__(self, network: DescriptorNetwork, calibration: PairCalibration, faces: FaceLocator) -> None:
        self._network = network
        self._calibration = calibration
        self._faces = faces

    def measure(self, pair: ExplainedPair) -> Record:
        """The record of a pair.

        Raises:
            BrainError: codes 1, 3 and 4.
        """
        views = [self._view(path) for path in (pair.first, pair.second)]
        first, second = self._experiments(views)
        areas = [
            photo_areas(photo.runner, maps[0 if pair.same else 1].to_array(), pair.same, self._similarity)
            for photo, maps in zip((first, second), maps_of(first, second), strict=True)
        ]
        record = {
            "same": pair.same,
            "similarity": float(self._similarity(first.logits[SAME])),
            "passes": sum(passes_of_maps(photo, self._network) for photo in (first, second)),
            "areas": {name: np.mean([each[name] for each in areas], 0).tolist() for name in areas[0]},
        }
        if pair.donor:
            record["planted"] = self._planted(pair, views)
        return record

    def _planted(self, pair: ExplainedPair, views: list[FaceView]) -> dict[str, object]:
        """Put a patch of another face into the first photo: is its map `against` brightest there?"""
        assert pair.donor
        rng = np.random.default_rng(zlib.crc32(f"{pair.first.name} {pair.second.name}".encode()))
        patched, patch = with_patch(views[0], self._view(pair.donor), rng)
        (_, against), _ = maps_of(*self._experiments([patched, views[1]]))
        return {"found": is_found(against.to_array(), patch), "share": patch.area}

    def _similarity(self, log_odds: Tensor) -> Tensor:
        """The cosine of the descriptors from which a likeness was computed."""
        return (log_odds - self._calibration.intercept) / self._calibration.slope

    def _view(self, path: Path) -> FaceView:
        return central_face(decode(path.read_bytes()), self._faces).view

    def _experiments(self, views: list[FaceView]) -> tuple[PhotoExperiments, PhotoExperiments]:
        """The experiments on either face, each against the other one."""
        seen = [self._network.forward_with_activations(view.pixels) for view in views]
        first, second = (
            PhotoExperiments(
                pair_network(self._network, self._network.descriptor(other), self._calibration),
                PairedFace(view, activations, []),
                THRESHOLD,
            )
            for view, activations, other in zip(views, seen, reversed(seen), strict=True)
        )
        return first, second


def passes_of_maps(photo: PhotoExperiments, network: DescriptorNetwork) -> float:
    """Forward passes for both maps of a photo, including its descriptor."""
    return network.naming_passes + sum(
        passes for experiment, passes in photo.runner.passes.items() if experiment != CURVES
    )


def photo_areas(
    runner: PerturbationRunner, heat: np.ndarray, same: bool, similarity: Callable[[Tensor], Tensor]
) -> dict[str, tuple[float, float]]:
    """Deletion and insertion area of each map of a photo, in units of the similarity.

    Args:
        runner: shows a pair network the photo.
        heat: the map that supports the true answer for the pair.
        same: whether the pair shows one person.
        similarity: of a likeness.
    """

    def similarities(masks: np.ndarray) -> np.ndarray:
        return np.asarray(similarity(runner.logits(CURVES, masks)[:, SAME]))

    maps = {
        "map": heat,
        "corrrise": (1 if same else -1) * corrrise(similarities, runner.size),
        "centre": centre_map(runner.size),
        "random": noise_map(runner.view.pixels, runner.size),
    }
    found = deletion_insertion(similarities, maps, noise_map(runner.view.crop, runner.size))
    # What a map deletes first, its inverse deletes last, so the curves of one are those of the other,
    # reversed.
    deletion, insertion = found["map"]
    return {**found, "inverted": (insertion, deletion)}


def deletion_insertion(
    similarities: Callable[[np.ndarray], np.ndarray], maps: Mapping[str, np.ndarray], noise: np.ndarray
) -> dict[str, tuple[float, float]]:
    """The areas under the similarity while pixels are blurred out, or restored, in the order of each map.

    Args:
        similarities: (n, S, S) masks -> (n,).
        maps: (h, w) each, over the input.
        noise: (S, S) noise that breaks ties.
    """
    deleted = np.stack([top_pixels(each, noise, share) for each in maps.values() for share in FRACTIONS])
    ends = np.stack([np.zeros_like(noise), np.ones_like(noise)])
    measured = similarities(np.concatenate([deleted, 1 - deleted, ends]))
    whole, blurred = measured[-2:]
    falling, rising = measured[:-2].reshape(2, len(maps), len(FRACTIONS))
    at = np.array([0.0, *FRACTIONS, 1.0])
    return {
        name: (
            float(np.trapezoid([whole, *down, blurred], at)),
            float(np.trapezoid([blurred, *up, whole], at)),
        )
        for name, down, up in zip(maps, falling, rising, strict=True)
    }
