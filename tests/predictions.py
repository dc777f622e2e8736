"""Predictions for metrics, and the colours by which the planted network names people."""

from __future__ import annotations

import numpy as np

from brain.evaluation.predictions import Prediction

RED, GREEN, GREY = (0.2, 0.2, 1.0), (0.2, 1.0, 0.2), (1.0, 1.0, 1.0)
BLANK = np.full((40, 40, 3), 128, np.uint8)


def predicted(*above: int, label: int | None = 0, **changes: object) -> Prediction:
    """A prediction that ranks the labels `above` higher than the correct one."""
    first = above[0] if above else label or 0
    values: dict[str, object] = {
        "path": "/photos/a.jpg",
        "person": "somebody",
        "label": label,
        "seconds": 0.1,
        "labels": (first,),
        "probabilities": (0.75,),
        "ranked_above": above,
        "certainty": 0.8,
        "verdict": "strong",
        "left_out_certainty": None if label is None else 0.3,
        "left_out_verdict": None if label is None else "nobody",
    }
    return Prediction(**{**values, **changes})  # type: ignore[arg-type]


def undetected(label: int | None = 0) -> Prediction:
    """The prediction for a photo without a face."""
    return Prediction("/photos/blank.jpg", "somebody", label, problem="no-face")
