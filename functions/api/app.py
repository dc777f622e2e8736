"""The HTTP API. Receives its repository as an argument and imports neither torch nor cv2."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from functools import cache
from typing import TYPE_CHECKING, Annotated, Protocol

from fastapi import FastAPI, Header, Query, Request, Response

from brain import __version__
from brain.cloud.photos import PhotoDeclaration
from brain.cloud.repository import Upload
from brain.cloud.status_rows import StatusRow
from brain.cloud.uploads import is_id
from brain.core.formats import HEIF_HINTS, HEIF_TYPES
from brain.core.results import Result, Status
from brain.core.settings import MIB, Settings
from brain.recognition import names

if TYPE_CHECKING or __package__:
    from functions.api.caching import entity_tag, matches
    from functions.api.description import describe_with_problems
    from functions.api.head import HeadMiddleware
    from functions.api.problems import ApiProblem, add_problem_handlers, internal_error, unknown_result
    from functions.api.schemas import (
        CONTENT_TYPES,
        Form,
        Health,
        Identities,
        IdentityFound,
        UploadCreated,
        UploadRequest,
    )
else:  # SAM zips this folder alone, so in the deployed function its modules are top-level
    from caching import entity_tag, matches
    from description import describe_with_problems
    from head import HeadMiddleware
    from problems import ApiProblem, add_problem_handlers, internal_error, unknown_result
    from schemas import (
        CONTENT_TYPES,
        Form,
        Health,
        Identities,
        IdentityFound,
        UploadCreated,
        UploadRequest,
    )

UNFINISHED = (Status.WAITING, Status.PROCESSING, Status.NAMED)
RETRY_AFTER_SECONDS = "1"
NOT_MODIFIED = "The result has not changed since the response with this ETag."
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


class ApiRepository(Protocol):
    """Where uploads are created and results read; see `brain.cloud.repository.AwsResultRepository`."""

    def create_upload(self, photo: PhotoDeclaration) -> Upload:
        """Create a `waiting` row and a presigned POST for one photo."""

    def row(self, upload_id: str) -> StatusRow | None:
        """The status of a photo; None if the id is unknown."""

    def result_of(self, row: StatusRow) -> Result | None:
        """The result in the state of a row, with file names as artifacts; None if it was deleted."""

    def link(self, result: Result) -> Result:
        """The result with a presigned URL in place of each artifact's file name."""

    def delete(self, upload_id: str) -> bool:
        """Delete photo, files and row; False if the id is unknown."""


def create_app(settings: Settings, repository: ApiRepository) -> FastAPI:
    """Create the application."""
    # Behind CloudFront, a redirect to a path without its trailing slash would name API Gateway's host.
    app = FastAPI(
        title="BRAIN",
        version=__version__,
        docs_url=None,
        redoc_url=None,
        openapi_url="/api/openapi.json",
        redirect_slashes=False,
    )
    app.openapi = describe_with_problems(app, settings.max_bytes)  # type: ignore[method-assign]
    add_problem_handlers(app)
    app.middleware("http")(_add_headers)
    app.add_middleware(HeadMiddleware)
    _add_result_routes(app, settings, repository)
    _add_information_routes(app, settings)
    return app


def _add_result_routes(app: FastAPI, settings: Settings, repository: ApiRepository) -> None:
    @app.post("/api/uploads", status_code=201)
    def create_upload(request: UploadRequest) -> UploadCreated:
        _check_acceptable(request, settings.max_bytes)
        if request.compare_with is not None and repository.row(request.compare_with) is None:
            raise unknown_result()
        declared = PhotoDeclaration(request.content_type, request.size, request.face, request.compare_with)
        upload = repository.create_upload(declared)
        return UploadCreated(
            id=upload.id,
            status=Status.WAITING,
            upload=Form(url=upload.url, fields=upload.fields),
            result=f"/api/results/{upload.id}",
            expires_at=upload.expires_at,
            max_bytes=settings.max_bytes,
        )

    @app.get(
        "/api/results/{upload_id}", response_model=Result, responses={304: {"description": NOT_MODIFIED}}
    )
    def read_result(
        upload_id: str, response: Response, if_none_match: Annotated[str | None, Header()] = None
    ) -> Result | Response:
        row = repository.row(upload_id) if is_id(upload_id) else None
        if row is None:
            raise unknown_result()
        response.headers["ETag"] = tag = entity_tag(row, settings.url_seconds)
        if row.status in UNFINISHED:
            response.headers["Retry-After"] = RETRY_AFTER_SECONDS
        if matches(if_none_match, tag):
            return Response(status_code=304, headers=dict(response.headers))
        result = repository.result_of(row)
        if result is None:
            raise unknown_result()
        return repository.link(result)

    @app.delete("/api/results/{upload_id}", status_code=204)
    def delete_result(upload_id: str) -> None:
        if not is_id(upload_id) or not repository.delete(upload_id):
            raise unknown_result()


def _add_information_routes(app: FastAPI, settings: Settings) -> None:
    @cache
    def identities() -> tuple[names.Name, ...]:
        return names.read_names(settings.models_dir / settings.model / "names.txt")

    @app.get("/api/identities")
    def find_identities(
        q: Annotated[str, Query(max_length=100)] = "", limit: Annotated[int, Query(ge=1, le=100)] = 20
    ) -> Identities:
        matches = names.search(identities(), q)
        return Identities(
            model=settings.model,
            total=len(identities()),
            matches=len(matches),
            identities=[IdentityFound(label=match.label, name=match.name) for match in matches[:limit]],
        )

    @app.get("/api/health")
    def health() -> Health:
        return Health(status="ok", model=settings.model, version=__version__)


def _check_acceptable(request: UploadRequest, max_bytes: int) -> None:
    if request.content_type not in CONTENT_TYPES:
        kind = HEIF_TYPES.get(request.content_type.lower())
        raise ApiProblem(
            415,
            "Photos of this type are not accepted.",
            "unsupported-type",
            HEIF_HINTS[kind] if kind else "Choose a JPEG, PNG or WebP photo.",
        )
    if request.size > max_bytes:
        raise ApiProblem(
            413,
            f"The photo is larger than {max_bytes / MIB:g} MiB.",
            "too-large",
            "Choose a smaller photo, or save it at a smaller size.",
        )


async def _add_headers(request: Request, call_next: Callable[[Request], Awaitable[Response]]) -> Response:
    """Convert unexpected exceptions to problems, and add the API's headers to its own paths only.

    In the local stack a page is served beside the API, with headers of its own.
    """
    try:
        response = await call_next(request)
    except Exception:
        log.exception("a request failed")
        response = internal_error().response()
    if request.url.path.startswith("/api/"):
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
    return response
