"""Answers of a model as an evaluation sees them, and the colours that the planted network goes by."""

from __future__ import annotations

import numpy as np

from brain.evaluation.answers import Answer

RED, GREEN, GREY = (0.2, 0.2, 1.0), (0.2, 1.0, 0.2), (1.0, 1.0, 1.0)
BLANK = np.full((40, 40, 3), 128, np.uint8)


def said(*ahead: int, label: int | None = 0, **changes: object) -> Answer:
    """An answer that prefers the labels `ahead` to the right one."""
    first = ahead[0] if ahead else label or 0
    values: dict[str, object] = {
        "path": "/photos/a.jpg",
        "person": "somebody",
        "label": label,
        "seconds": 0.1,
        "labels": (first,),
        "probabilities": (0.75,),
        "ahead": ahead,
        "certainty": 0.8,
        "verdict": "strong",
    }
    return Answer(**{**values, **changes})  # type: ignore[arg-type]


def unseen(label: int | None = 0) -> Answer:
    """An answer about a photo without a face."""
    return Answer("/photos/blank.jpg", "somebody", label, 0.1, problem="no-face")
