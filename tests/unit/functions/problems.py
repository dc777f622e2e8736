"""What every error of the API looks like."""

from __future__ import annotations

from typing import Any


def assert_problem(response: Any, status: int, reason: str) -> dict[str, Any]:
    """Check that a response is a complete problem document, and return the document."""
    assert response.status_code == status
    assert response.headers["content-type"] == "application/problem+json"
    body: dict[str, Any] = response.json()
    assert set(body) == {"type", "title", "status", "detail", "reason", "hint"}
    assert (body["status"], body["reason"]) == (status, reason)
    assert body["detail"]
    assert body["hint"]
    return body
