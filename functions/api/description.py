"""Describes the API's errors in the OpenAPI document."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

if TYPE_CHECKING or __package__:
    from functions.api.problems import MEDIA_TYPE
else:  # SAM zips this folder alone, so in the deployed function its modules are top-level
    from problems import MEDIA_TYPE

SUMMARY = "A photo of a face in; a name, a picture of what decided it and a few tested sentences out."
DESCRIPTIONS = {
    "404": "There is no such result, or no such person: it never existed, has expired or was deleted.",
    "413": "The photo is too large.",
    "415": "Photos of this type are not accepted.",
    "422": "The request is malformed.",
    "500": "Something went wrong on our side.",
}
# The errors of each operation. Every operation can also return 500.
ERRORS = {
    "create_upload": ("404", "413", "415", "422"),
    "read_result": ("404",),
    "delete_result": ("404",),
    "find_identities": ("422",),
    "enrol_photo": ("413", "415", "422"),
    "forget_person": ("404", "422"),
}


def describe_with_problems(app: FastAPI, max_bytes: int) -> Callable[[], dict[str, Any]]:
    """A replacement for `FastAPI.openapi`, which does not know that errors are problem documents.

    Args:
        app: the application.
        max_bytes: maximum size of a photo.
    """

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            document = get_openapi(title=app.title, version=app.version, summary=SUMMARY, routes=app.routes)
            schemas = document["components"]["schemas"]
            for name in ("UploadRequest", "EnrolmentRequest"):
                if name in schemas:
                    schemas[name]["properties"]["size"]["maximum"] = max_bytes
            app.openapi_schema = _with_problems(document)
        return app.openapi_schema

    return openapi


def _with_problems(document: dict[str, Any]) -> dict[str, Any]:
    schemas = document["components"]["schemas"]
    for unused in ("HTTPValidationError", "ValidationError"):
        schemas.pop(unused, None)
    schemas["ProblemDocument"] = _problem_schema()
    for operations in document["paths"].values():
        for operation in operations.values():
            _describe_errors(operation)
    return document


def _describe_errors(operation: dict[str, Any]) -> None:
    name = operation["operationId"].partition("_api_")[0]
    operation["operationId"] = name
    operation["responses"].pop("422", None)
    content = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/ProblemDocument"}}}
    for status in (*ERRORS.get(name, ()), "500"):
        operation["responses"][status] = {"description": DESCRIPTIONS[status], "content": content}


def _problem_schema() -> dict[str, Any]:
    text = {"type": "string"}
    members = {
        "type": {**text, "format": "uri-reference"},
        "title": text,
        "status": {"type": "integer"},
        "detail": text,
        "reason": {**text, "description": "A stable slug for programs."},
        "hint": {**text, "description": "What a person can do about it."},
    }
    return {
        "type": "object",
        "title": "ProblemDocument",
        "description": "An RFC 9457 problem document with two additional members.",
        "properties": members,
        "required": [*members],
    }
