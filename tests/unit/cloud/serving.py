"""A service over fakes, and what it stored."""

from __future__ import annotations

from brain.cloud.events import PhotoEvent
from brain.cloud.service import Explainer, Service
from brain.core.results import Problem, Result, Status
from tests.fakes import (
    PAGE_ID,
    FakeExplainer,
    FakeRepository,
)

FIRST = PhotoEvent("brain-uploads", f"uploads/{PAGE_ID}", "etag", "message", 1)


def service(repository: FakeRepository, explainer: Explainer | None = None) -> Service:
    chosen = explainer or FakeExplainer()
    return Service(repository, lambda: chosen, max_receives=5)


def stored(repository: FakeRepository) -> tuple[Result, Problem, bool]:
    """The only stored result, which must be a failed one."""
    [outcome] = repository.finished
    assert outcome.result.status is Status.FAILED
    assert outcome.result.error is not None
    assert outcome.files == {}
    return outcome.result, outcome.result.error, outcome.retryable
