"""Computes the metrics of explanations from the records of explained photos."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from brain.core.parts import is_pair
from brain.evaluation.journal import Record

MAPS = ("cam", "evidence", "random", "inverted", "centre")
BASELINES = ("random", "inverted", "centre")


@dataclass(frozen=True)
class BaselineWinRate:
    """The share of photos on which the evidence map is better than all three baselines."""

    deletion: float
    insertion: float
    both: float


@dataclass(frozen=True)
class ReasonMetrics:
    """How often a reason is named, and holds.

    Attributes:
        named: the share of results that name a reason.
        sets: the share of results whose reason is a set of features, neither a single one nor a pair.
        holds: the share of first-named reasons whose effect exceeds that of every fresh control.
    """

    named: float
    sets: float
    holds: float


@dataclass(frozen=True)
class Spread:
    """Mean and tenth percentile over photos."""

    mean: float
    percentile_10: float


@dataclass(frozen=True)
class ExplanationMetrics:
    """How well explanations hold.

    Attributes:
        photos, without_face: how many were explained, and in how many no face was found.
        areas: mean deletion and insertion area of each map.
        jpeg, mirrored, other_label: rank correlation of the evidence map with that of the re-encoded photo,
            of the mirrored photo (mirrored back), and with the map of the second name.
        randomized: by the layer down to which the weights were randomised, the mean rank correlation of each
            map with its original.
        randomized_photos: on how many photos that was measured.
        outside: mean share of the evidence that lies on no named feature.
        seconds: median time of an explanation on one thread.
        passes: mean cost of an explanation in forward passes.
    """

    photos: int
    without_face: int
    areas: dict[str, tuple[float, float]]
    win_rate: BaselineWinRate
    reasons: ReasonMetrics
    jpeg: Spread
    mirrored: Spread
    other_label: Spread
    randomized: dict[str, dict[str, float]]
    randomized_photos: int
    outside: float
    seconds: float
    passes: float


def explanation_metrics(records: Sequence[Record]) -> ExplanationMetrics:
    """Sum up the records of a set.

    Args:
        records: of `ExplanationEvaluatorFactory`; at least one without a problem.
    """
    explained = [record for record in records if "problem" not in record]
    randomized = [record["randomized"] for record in explained if "randomized" in record]
    return ExplanationMetrics(
        photos=len(explained),
        without_face=len(records) - len(explained),
        areas={
            role: (mean_area(explained, role, "deletion"), mean_area(explained, role, "insertion"))
            for role in MAPS
        },
        win_rate=win_rate(explained),
        reasons=reason_metrics(explained),
        jpeg=spread(explained, "jpeg"),
        mirrored=spread(explained, "mirrored"),
        other_label=spread(explained, "other_label"),
        randomized={
            layer: {role: float(np.mean([record[layer][role] for record in randomized])) for role in MAPS[:2]}
            for layer in (randomized[0] if randomized else {})
        },
        randomized_photos=len(randomized),
        outside=float(np.mean([record["outside"] for record in explained])),
        seconds=float(np.median([record["seconds"] for record in explained])),
        passes=float(np.mean([record["passes"] for record in explained])),
    )


def mean_area(explained: Sequence[Record], role: str, curve: str) -> float:
    """The mean area of a map under its deletion or insertion curve."""
    return float(np.mean([record["areas"][role][curve] for record in explained]))


def win_rate(explained: Sequence[Record]) -> BaselineWinRate:
    """How often the evidence map is better than every map that ignores the photo."""
    lower, higher = [], []
    for areas in (record["areas"] for record in explained):
        own = areas["evidence"]
        lower.append(all(own["deletion"] < areas[role]["deletion"] for role in BASELINES))
        higher.append(all(own["insertion"] > areas[role]["insertion"] for role in BASELINES))
    both = np.logical_and(lower, higher)
    return BaselineWinRate(float(np.mean(lower)), float(np.mean(higher)), float(np.mean(both)))


def reason_metrics(explained: Sequence[Record]) -> ReasonMetrics:
    """How often a reason is named, and holds."""
    named = [record for record in explained if record["reason"]]
    return ReasonMetrics(
        named=len(named) / len(explained),
        sets=sum(is_set(record["reason"]) for record in named) / len(explained),
        holds=sum(record["holds"] for record in named) / max(1, len(named)),
    )


def is_set(features: Sequence[str]) -> bool:
    """Whether a reason's features are neither a single one nor a left and right pair."""
    return len(features) > 1 and not is_pair(features)


def spread(explained: Sequence[Record], field: str) -> Spread:
    """The distribution of a rank correlation."""
    values = [record[field] for record in explained]
    return Spread(float(np.mean(values)), float(np.quantile(values, 0.1)))
