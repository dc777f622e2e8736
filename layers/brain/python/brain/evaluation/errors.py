"""Why an evaluation cannot run, apart from the pipeline's own errors."""

from __future__ import annotations


class EvaluationError(Exception):
    """There is nothing to evaluate, or a library is missing; `hint` says what to do."""

    def __init__(self, message: str, hint: str) -> None:
        super().__init__(message)
        self.hint = hint
