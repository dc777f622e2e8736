"""Computes the metrics of the maps of pairs from the records of explained pairs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

import numpy as np

from brain.evaluation.corrrise import MASKS
from brain.evaluation.journal import Record

MAPS = ("map", "corrrise", "centre", "random", "inverted")


@dataclass(frozen=True)
class Gain:
    """By how much one map is better than another.

    Attributes:
        mean: over the pairs, in units of the similarity.
        standard_error: of the mean of the paired differences.
    """

    mean: float
    standard_error: float


@dataclass(frozen=True)
class PairExplanationMetrics:
    """How well the maps of compared photos hold.

    Attributes:
        same, different: how many pairs of one and of two people were explained.
        without_face: how many further pairs have a photo without a face.
        areas: by the kind of pair and the map, the mean area under the similarity while the map's first
            pixels are blurred out (deletion), and while they come back first (insertion); for `all` pairs the
            dissimilarity, 1 - similarity, takes its place in those of two people, so that it is always low
            deletion and high insertion that are good.
        gains: by the kind of pair and the map that `map` is compared with, by how much `map` is better in
            deletion and in insertion.
        planted: in how many photos with a patch of another face the map is measured, and `found` the share
            of them whose map against has its maximum in the patch; `patch_share` is the patch's share of the
            area.
        passes: mean forward passes for the maps of one photo; `corrrise_passes` those of CorrRISE.
    """

    same: int
    different: int
    without_face: int
    areas: dict[str, dict[str, tuple[float, float]]]
    gains: dict[str, dict[str, tuple[Gain, Gain]]]
    planted: int
    found: float | None
    patch_share: float | None
    passes: float
    corrrise_passes: int


def pair_explanation_metrics(records: Sequence[Record]) -> PairExplanationMetrics:
    """Sum up records of `PairExplanationFactory`; at least one without a problem."""
    explained = [record for record in records if "problem" not in record]
    kinds = {
        "same": [record for record in explained if record["same"]],
        "different": [record for record in explained if not record["same"]],
    }
    favourable = {
        **{kind: [in_favour(record) for record in own] for kind, own in kinds.items() if own},
        "all": [in_favour(record) for record in explained],
    }
    planted = [record["planted"] for record in explained if "planted" in record]
    return PairExplanationMetrics(
        same=len(kinds["same"]),
        different=len(kinds["different"]),
        without_face=len(records) - len(explained),
        areas={
            **{kind: mean_areas(own) for kind, own in kinds.items() if own},
            "all": mean_areas(favourable["all"]),
        },
        gains={kind: gains(own) for kind, own in favourable.items()},
        planted=len(planted),
        found=float(np.mean([each["found"] for each in planted])) if planted else None,
        patch_share=float(np.mean([each["share"] for each in planted])) if planted else None,
        passes=float(np.mean([record["passes"] for record in explained])) / 2,
        corrrise_passes=MASKS,
    )


def in_favour(record: Record) -> Record:
    """A record with areas such that low deletion and high insertion are good."""
    if record["same"]:
        return record
    areas = {name: [1 - area for area in own] for name, own in record["areas"].items()}
    return {**record, "areas": areas}


def mean_areas(records: Sequence[Record]) -> dict[str, tuple[float, float]]:
    """The mean deletion and insertion area of each map."""
    means = {name: np.mean([record["areas"][name] for record in records], 0) for name in MAPS}
    return {name: (float(deletion), float(insertion)) for name, (deletion, insertion) in means.items()}


def gains(records: Sequence[Record]) -> dict[str, tuple[Gain, Gain]]:
    """How much better `map` is than each other map in deletion and insertion.

    Args:
        records: records from `in_favour`.
    """
    areas = {name: np.array([record["areas"][name] for record in records]) for name in MAPS}  # (n, 2)
    return {
        name: (gain(other[:, 0] - areas["map"][:, 0]), gain(areas["map"][:, 1] - other[:, 1]))
        for name, other in areas.items()
        if name != "map"
    }


def gain(differences: np.ndarray) -> Gain:
    """The mean of paired differences and its standard error, which is 0 for a single pair."""
    count = len(differences)
    spread = float(np.std(differences, ddof=1)) if count > 1 else 0.0
    return Gain(float(differences.mean()), spread / sqrt(count))
