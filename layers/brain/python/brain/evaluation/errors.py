"""Why an evaluation cannot run, apart from the pipeline's own errors."""

from __future__ import annotations

from brain.core.errors import HintedError


class EvaluationError(HintedError):
    """There is nothing to evaluate, or a library is missing."""
