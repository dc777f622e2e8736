"""What keeps an evaluation from being made, apart from the pipeline's own errors."""

from __future__ import annotations


class EvaluationError(Exception):
    """There is nothing to evaluate, or something is missing to do it; `hint` says what to do."""

    def __init__(self, message: str, hint: str) -> None:
        super().__init__(message)
        self.hint = hint
