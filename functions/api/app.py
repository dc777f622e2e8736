"""The HTTP API. Knows the store by what it can do and imports neither torch nor cv2.

Every error is an RFC 9457 problem document, with two members of our own: `reason`, a stable slug
for programs, and `hint`, what a person can do.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from functools import cache
from http import HTTPStatus
from typing import TYPE_CHECKING, Annotated, Any, Protocol

from fastapi import FastAPI, Query, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field
from starlette.exceptions import HTTPException

from brain import __version__
from brain.cloud.store import Upload
from brain.cloud.uploads import is_id
from brain.core.errors import BrainError
from brain.core.results import Result, Status
from brain.core.settings import MIB, Settings
from brain.recognition import names

if TYPE_CHECKING or __package__:
    from functions.api.description import PROBLEM, describer
else:  # SAM zips this folder alone, so that its modules stand at the root of the deployed function
    from description import PROBLEM, describer

CONTENT_TYPES = ("image/jpeg", "image/png", "image/webp")
UNFINISHED = (Status.WAITING, Status.PROCESSING)
SHORTEST_WAIT = "1"
HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "Strict-Transport-Security": "max-age=63072000",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}

log = logging.getLogger("brain.api")


class Results(Protocol):
    """The part of `brain.cloud.store.Store` that the API needs."""

    def create_upload(self, content_type: str, face: int = 0) -> Upload: ...

    def read(self, upload_id: str) -> Result | None: ...

    def link(self, result: Result) -> Result: ...

    def delete(self, upload_id: str) -> bool: ...


class UploadRequest(BaseModel):
    """What the page says of a photo before it may send it. `size` is in bytes."""

    model_config = ConfigDict(extra="forbid", strict=True)

    content_type: str = Field(max_length=100)
    size: int = Field(gt=0)
    face: int = Field(default=0, ge=0, le=999)


class Form(BaseModel):
    """A presigned POST: every field as it stands, then the photo as `file`."""

    url: str
    fields: dict[str, str]


class UploadCreated(BaseModel):
    """Where to send the photo, until when, and where its result will be."""

    id: str
    status: Status
    upload: Form
    result: str
    expires_at: datetime
    max_bytes: int


class IdentityFound(BaseModel):
    """One line of names.txt; `label` is its 0-based number."""

    label: int
    name: str


class Identities(BaseModel):
    """`matches` counts all that were found, also beyond the limit."""

    model: str
    total: int
    matches: int
    identities: list[IdentityFound]


class Health(BaseModel):
    """That the API answers, and as which version."""

    status: str
    model: str
    version: str


class ApiProblem(Exception):
    """An error to be answered as a problem document."""

    def __init__(self, status: int, detail: str, reason: str, hint: str) -> None:
        self.status = status
        self.detail = detail
        self.reason = reason
        self.hint = hint
        super().__init__(detail)

    def response(self, headers: Mapping[str, str] | None = None) -> JSONResponse:
        """The `application/problem+json` answer."""
        body = {
            "type": "about:blank",
            "title": HTTPStatus(self.status).phrase,
            "status": self.status,
            "detail": self.detail,
            "reason": self.reason,
            "hint": self.hint,
        }
        return JSONResponse(body, self.status, headers, media_type=PROBLEM)


def unknown_result() -> ApiProblem:
    """One answer for ids that are malformed, never existed, expired or were deleted."""
    return ApiProblem(
        404, "There is no such result.", "unknown-result", "Check the link, or upload the photo again."
    )


def broken() -> ApiProblem:
    """The answer to everything unforeseen; says nothing of its cause."""
    return ApiProblem(500, "Something broke on our side.", "internal-error", "Try again later.")


def create_app(settings: Settings, store: Results) -> FastAPI:
    """The application, with everything it depends on passed in."""
    app = FastAPI(
        title="BRAIN", version=__version__, docs_url=None, redoc_url=None, openapi_url="/api/openapi.json"
    )
    app.openapi = describer(app)  # type: ignore[method-assign]
    _add_problems(app)
    app.middleware("http")(_guard)
    _add_results(app, settings, store)
    _add_information(app, settings)
    return app


def _add_results(app: FastAPI, settings: Settings, store: Results) -> None:
    @app.post("/api/uploads", status_code=201)
    def create_upload(wanted: UploadRequest) -> UploadCreated:
        _check(wanted, settings.max_bytes)
        upload = store.create_upload(wanted.content_type, wanted.face)
        return UploadCreated(
            id=upload.id,
            status=Status.WAITING,
            upload=Form(url=upload.url, fields=upload.fields),
            result=f"/api/results/{upload.id}",
            expires_at=upload.expires_at,
            max_bytes=settings.max_bytes,
        )

    @app.get("/api/results/{upload_id}")
    def read_result(upload_id: str, response: Response) -> Result:
        result = store.read(upload_id) if is_id(upload_id) else None
        if result is None:
            raise unknown_result()
        if result.status in UNFINISHED:
            response.headers["Retry-After"] = SHORTEST_WAIT
        return store.link(result)

    @app.delete("/api/results/{upload_id}", status_code=204)
    def delete_result(upload_id: str) -> None:
        if not is_id(upload_id) or not store.delete(upload_id):
            raise unknown_result()


def _add_information(app: FastAPI, settings: Settings) -> None:
    @cache
    def known() -> tuple[names.Name, ...]:
        return names.read_names(settings.models_dir / settings.model / "names.txt")

    @app.get("/api/identities")
    def find_identities(
        q: Annotated[str, Query(max_length=100)] = "", limit: Annotated[int, Query(ge=1, le=100)] = 20
    ) -> Identities:
        found = names.search(known(), q)
        shown = [IdentityFound(label=one.label, name=one.name) for one in found[:limit]]
        return Identities(model=settings.model, total=len(known()), matches=len(found), identities=shown)

    @app.get("/api/health")
    def health() -> Health:
        return Health(status="ok", model=settings.model, version=__version__)


def _check(wanted: UploadRequest, max_bytes: int) -> None:
    if wanted.content_type not in CONTENT_TYPES:
        raise ApiProblem(
            415,
            "Photos of this type are not accepted.",
            "unsupported-type",
            "Choose a JPEG, PNG or WebP photo.",
        )
    if wanted.size > max_bytes:
        raise ApiProblem(
            413,
            f"The photo is larger than {max_bytes / MIB:g} MiB.",
            "too-large",
            "Choose a smaller photo, or save it at a smaller size.",
        )


async def _guard(request: Request, follow: Callable[[Request], Awaitable[Response]]) -> Response:
    """Answer the unforeseen, and put our headers on our own paths, not on a page served beside them."""
    try:
        response = await follow(request)
    except Exception:
        log.exception("a request failed")
        response = broken().response()
    if request.url.path.startswith("/api/"):
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
    return response


def _add_problems(app: FastAPI) -> None:
    @app.exception_handler(ApiProblem)
    def refused(_: Request, problem: ApiProblem) -> Response:
        return problem.response()

    @app.exception_handler(HTTPException)
    def unrouted(_: Request, error: HTTPException) -> Response:
        status = HTTPStatus(error.status_code)
        reason = status.phrase.lower().replace(" ", "-")
        detail = f"{status.description or status.phrase}."
        problem = ApiProblem(status, detail, reason, "Check the address and the method.")
        return problem.response(error.headers)

    @app.exception_handler(RequestValidationError)
    def malformed(_: Request, error: RequestValidationError) -> Response:
        hint = "; ".join(f"{_place(one)}: {one['msg']}" for one in error.errors())
        return ApiProblem(422, "The request is malformed.", "malformed-request", hint).response()

    @app.exception_handler(BrainError)
    def unavailable(_: Request, error: BrainError) -> Response:
        log.error("%s (%s)", error.message, error.reason)
        return ApiProblem(500, error.message, error.reason, error.hint).response()


def _place(error: Mapping[str, Any]) -> str:
    """Where a request is malformed, as `body.size`; what stood there is not repeated."""
    return ".".join(str(part) for part in error["loc"])
