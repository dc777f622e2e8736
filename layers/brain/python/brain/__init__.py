"""BRAIN explains face recognition: a name, a picture and a few tested sentences for a photo of a face.

    import brain

    explanation = brain.explain("photo.jpg")
    print(explanation.name, explanation.probability, *explanation.sentences)

Importing `brain` loads nothing else; the names below are imported on first use.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from brain.core.errors import BrainError
    from brain.core.results import Result
    from brain.core.settings import Settings
    from brain.pipeline.every_face import ExplainedFaces, explain_faces
    from brain.pipeline.explainer import Explainer
    from brain.pipeline.library import Explanation, explain
    from brain.pipeline.own_people import OwnPeople
    from brain.pipeline.pair_library import compare

__version__ = "1.0.0"

__all__ = [
    "BrainError",
    "ExplainedFaces",
    "Explainer",
    "Explanation",
    "OwnPeople",
    "Result",
    "Settings",
    "compare",
    "explain",
    "explain_faces",
]

_MODULES = {
    "BrainError": "brain.core.errors",
    "ExplainedFaces": "brain.pipeline.every_face",
    "Explainer": "brain.pipeline.explainer",
    "Explanation": "brain.pipeline.library",
    "OwnPeople": "brain.pipeline.own_people",
    "Result": "brain.core.results",
    "Settings": "brain.core.settings",
    "compare": "brain.pipeline.pair_library",
    "explain": "brain.pipeline.library",
    "explain_faces": "brain.pipeline.every_face",
}


def __getattr__(name: str) -> object:
    """Import a public name on first use (PEP 562)."""
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value: object = getattr(import_module(_MODULES[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    """The module's names, including those that are not imported yet."""
    return sorted({*globals(), *__all__})
