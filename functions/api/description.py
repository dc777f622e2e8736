"""The API described for programs (OpenAPI), its errors included."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

PROBLEM = "application/problem+json"
SUMMARY = "A photo of a face goes in; a name, a picture of where the network looked and a few words come out."
MEANING = {
    "404": "There is no such result: it never was, it expired or it was deleted.",
    "413": "The photo is larger than is accepted.",
    "415": "Photos of this type are not accepted.",
    "422": "The request is malformed.",
    "500": "Something broke on our side.",
}
# What each operation can answer beside its success; whatever breaks is a 500.
ERRORS = {
    "create_upload": ("413", "415", "422"),
    "read_result": ("404",),
    "delete_result": ("404",),
    "find_identities": ("422",),
}


def describer(app: FastAPI) -> Callable[[], dict[str, Any]]:
    """What FastAPI's own `openapi` is replaced by: it does not know that errors are problem documents."""

    def describe() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = _with_problems(
                get_openapi(title=app.title, version=app.version, summary=SUMMARY, routes=app.routes)
            )
        return app.openapi_schema

    return describe


def _with_problems(document: dict[str, Any]) -> dict[str, Any]:
    schemas = document["components"]["schemas"]
    for unused in ("HTTPValidationError", "ValidationError"):
        schemas.pop(unused, None)
    schemas["ProblemDocument"] = _problem()
    for operations in document["paths"].values():
        for operation in operations.values():
            _describe_errors(operation)
    return document


def _describe_errors(operation: dict[str, Any]) -> None:
    name = operation["operationId"].partition("_api_")[0]
    operation["operationId"] = name
    operation["responses"].pop("422", None)
    content = {PROBLEM: {"schema": {"$ref": "#/components/schemas/ProblemDocument"}}}
    for status in (*ERRORS.get(name, ()), "500"):
        operation["responses"][status] = {"description": MEANING[status], "content": content}


def _problem() -> dict[str, Any]:
    text = {"type": "string"}
    members = {
        "type": {**text, "format": "uri-reference"},
        "title": text,
        "status": {"type": "integer"},
        "detail": text,
        "reason": {**text, "description": "A stable word for programs."},
        "hint": {**text, "description": "What a person can do."},
    }
    return {
        "type": "object",
        "title": "ProblemDocument",
        "description": "An error, as RFC 9457 describes it, with two members of our own.",
        "properties": members,
        "required": [*members],
    }
