"""Errors as RFC 9457 problem documents, with two additional members.

`reason` is a stable slug for programs, `hint` tells a person what to do.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException
from starlette.routing import Match, Route

from brain.core.errors import BrainError

MEDIA_TYPE = "application/problem+json"

log = logging.getLogger("brain.api")


class ApiProblem(Exception):
    """An error to be returned as a problem document."""

    def __init__(self, status: int, detail: str, reason: str, hint: str) -> None:
        self.status = status
        self.detail = detail
        self.reason = reason
        self.hint = hint
        super().__init__(detail)

    def response(self, headers: Mapping[str, str] | None = None) -> JSONResponse:
        """The `application/problem+json` response."""
        body = {
            "type": "about:blank",
            "title": HTTPStatus(self.status).phrase,
            "status": self.status,
            "detail": self.detail,
            "reason": self.reason,
            "hint": self.hint,
        }
        return JSONResponse(body, self.status, headers, media_type=MEDIA_TYPE)


def unknown_result() -> ApiProblem:
    """The same 404 for ids that are malformed, never existed, expired or were deleted."""
    return ApiProblem(
        404, "There is no such result.", "unknown-result", "Check the link, or upload the photo again."
    )


def malformed_request(hint: str) -> ApiProblem:
    """The 422 for a request that does not conform to the OpenAPI document."""
    return ApiProblem(422, "The request is malformed.", "malformed-request", hint)


def internal_error() -> ApiProblem:
    """The 500 for unexpected exceptions, which does not reveal the cause."""
    return ApiProblem(500, "Something went wrong on our side.", "internal-error", "Try again later.")


def add_problem_handlers(app: FastAPI) -> None:
    """Return every error of the application as a problem document."""

    @app.exception_handler(ApiProblem)
    def api_problem(_: Request, problem: ApiProblem) -> Response:
        return problem.response()

    @app.exception_handler(HTTPException)
    def http_error(request: Request, error: HTTPException) -> Response:
        status = HTTPStatus(error.status_code)
        if status is HTTPStatus.BAD_REQUEST:  # FastAPI could not parse the body
            return malformed_request("body: The request body cannot be parsed.").response()
        reason = status.phrase.lower().replace(" ", "-")
        detail = f"{status.description or status.phrase}."
        problem = ApiProblem(status, detail, reason, "Check the address and the method.")
        headers = dict(error.headers or {})
        if status is HTTPStatus.METHOD_NOT_ALLOWED:
            headers["Allow"] = ", ".join(sorted(_allowed_methods(request)))
        return problem.response(headers)

    @app.exception_handler(RequestValidationError)
    def invalid_request(_: Request, error: RequestValidationError) -> Response:
        hint = "; ".join(f"{_location(entry)}: {entry['msg']}" for entry in error.errors())
        return malformed_request(hint).response()

    @app.exception_handler(BrainError)
    def brain_error(_: Request, error: BrainError) -> Response:
        log.error("%s (%s)", error.message, error.reason)
        return ApiProblem(500, error.message, error.reason, error.hint).response()


def _allowed_methods(request: Request) -> set[str]:
    """The methods of all routes for the path; the router's own `Allow` header has those of one route."""
    methods: set[str] = set()
    for route in request.app.routes:
        if isinstance(route, Route) and route.matches(request.scope)[0] is not Match.NONE:
            methods |= route.methods or set()
    return methods | ({"HEAD"} if "GET" in methods else set())


def _location(error: Mapping[str, Any]) -> str:
    """Where a request is malformed, such as `body.size`. The invalid value is not repeated."""
    return ".".join(str(part) for part in error["loc"])
