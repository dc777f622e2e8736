"""Records of explained photos -> the figures of the report."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from brain.core.explanations import Effect
from brain.evaluation.journal import Record
from brain.explanation.effects import exceeds_controls

MAPS = ("cam", "evidence", "random", "inverted", "centre")
BASELINES = ("random", "inverted", "centre")


@dataclass(frozen=True)
class BaselineWinRate:
    """The share of photos whose evidence map is better than all three baselines."""

    deletion: float
    insertion: float
    both: float


@dataclass(frozen=True)
class Reasons:
    """The share of results that name a reason, that name all features together, and of the first-named
    reasons that beat every fresh control.
    """

    named: float
    whole: float
    holds: float


@dataclass(frozen=True)
class Spread:
    """Mean and tenth percentile over photos."""

    mean: float
    low: float


@dataclass(frozen=True)
class ExplanationMetrics:
    """How well explanations hold.

    Attributes:
        photos: that were explained; `without_answer`: in which no face was found.
        areas: mean deletion and insertion of each map.
        jpeg, mirrored, other_label: rank correlation of the evidence map with that of the photo re-encoded,
            mirrored, and with the map of the second name.
        randomised: by the layer down to which weights were randomised, the mean rank correlation of each map
            with its original; `sanity_photos` of them.
        outside: mean share of the evidence on no named feature.
        seconds: median time of one explanation on one thread.
    """

    photos: int
    without_answer: int
    areas: dict[str, tuple[float, float]]
    beats: BaselineWinRate
    reasons: Reasons
    jpeg: Spread
    mirrored: Spread
    other_label: Spread
    randomised: dict[str, dict[str, float]]
    sanity_photos: int
    outside: float
    seconds: float


def holding(records: Sequence[Record]) -> ExplanationMetrics:
    """Sum up.

    Args:
        records: of `explaining`; at least one with an answer.
    """
    answered = [record for record in records if "problem" not in record]
    tried = [record["randomised"] for record in answered if "randomised" in record]
    return ExplanationMetrics(
        photos=len(answered),
        without_answer=len(records) - len(answered),
        areas={role: (mean(answered, role, "deletion"), mean(answered, role, "insertion")) for role in MAPS},
        beats=beats(answered),
        reasons=reasons(answered),
        jpeg=spread(answered, "jpeg"),
        mirrored=spread(answered, "mirrored"),
        other_label=spread(answered, "other_label"),
        randomised={
            layer: {role: float(np.mean([one[layer][role] for one in tried])) for role in MAPS[:2]}
            for layer in (tried[0] if tried else {})
        },
        sanity_photos=len(tried),
        outside=float(np.mean([record["outside"] for record in answered])),
        seconds=float(np.median([record["seconds"] for record in answered])),
    )


def mean(answered: Sequence[Record], role: str, figure: str) -> float:
    """Of a map's deletion or insertion."""
    return float(np.mean([record["areas"][role][figure] for record in answered]))


def beats(answered: Sequence[Record]) -> BaselineWinRate:
    """How often the evidence map is better than every map that knows nothing of the photo."""
    lower, higher = [], []
    for record in answered:
        areas = record["areas"]
        lower.append(all(areas["evidence"]["deletion"] < areas[one]["deletion"] for one in BASELINES))
        higher.append(all(areas["evidence"]["insertion"] > areas[one]["insertion"] for one in BASELINES))
    both = np.logical_and(lower, higher)
    return BaselineWinRate(float(np.mean(lower)), float(np.mean(higher)), float(np.mean(both)))


def reasons(answered: Sequence[Record]) -> Reasons:
    """How often a reason is named, and holds."""
    named = [record for record in answered if record["reason"]]
    return Reasons(
        named=len(named) / len(answered),
        whole=sum(len(record["reason"]) > 2 for record in named) / len(answered),
        holds=sum(holds(record) for record in named) / max(1, len(named)),
    )


def holds(record: Record) -> bool:
    """Whether the first reason exceeds every fresh control."""
    controls = [Effect(**control) for control in record["controls"]]
    return exceeds_controls(Effect(**record["effect"]), controls)


def spread(answered: Sequence[Record], field: str) -> Spread:
    """Of one correlation."""
    values = [record[field] for record in answered]
    return Spread(float(np.mean(values)), float(np.quantile(values, 0.1)))
