"""The request that the API function is timed with."""

from __future__ import annotations

from benchmarks import api
from benchmarks.child import run


def test_the_function_answers_without_a_stack() -> None:
    run(["-m", "benchmarks.api_process", api.EVENT], api.ENVIRONMENT)
