"""The measurements of recognisers that are compared side by side."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from brain.evaluation.disagreements import Disagreement, Explained
from brain.evaluation.explanation_metrics import ExplanationMetrics
from brain.evaluation.footprint import Footprint
from brain.evaluation.markdown import Report


@dataclass(frozen=True)
class Measured:
    """All measurements of one recogniser.

    Attributes:
        model: its name.
        explanations: by name of the set.
    """

    model: str
    report: Report
    explanations: Mapping[str, ExplanationMetrics]
    footprint: Footprint


@dataclass(frozen=True)
class Shown:
    """A disagreement and its explanation by each model; None if a model finds no face."""

    disagreement: Disagreement
    explained: Mapping[str, Explained | None]
