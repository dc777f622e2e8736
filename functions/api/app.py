"""The HTTP API. Receives its repository as an argument and imports neither torch nor cv2."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Annotated, Protocol

from fastapi import FastAPI, Header, Response

from brain import __version__
from brain.cloud.announcement import Upload
from brain.cloud.photos import PhotoDeclaration
from brain.cloud.status_rows import StatusRow
from brain.cloud.uploads import is_id, shortened
from brain.core.clock import now
from brain.core.results import Result, Status
from brain.core.settings import Settings

if TYPE_CHECKING or __package__:
    from functions.api.caching import AnswerCache, entity_tag, matches
    from functions.api.compression import CompressionMiddleware, accepts_gzip, compressed
    from functions.api.description import describe_with_problems
    from functions.api.head import HeadMiddleware
    from functions.api.headers import HeadersMiddleware
    from functions.api.people import ApiPeople, add_enrolment_routes, add_identity_routes
    from functions.api.problems import add_problem_handlers, unknown_result
    from functions.api.schemas import Health, UploadCreated, UploadRequest
    from functions.api.uploading import check_acceptable, upload_created
else:  # SAM zips this folder alone, so in the deployed function its modules are top-level
    from caching import AnswerCache, entity_tag, matches
    from compression import CompressionMiddleware, accepts_gzip, compressed
    from description import describe_with_problems
    from head import HeadMiddleware
    from headers import HeadersMiddleware
    from people import ApiPeople, add_enrolment_routes, add_identity_routes
    from problems import add_problem_handlers, unknown_result
    from schemas import Health, UploadCreated, UploadRequest
    from uploading import check_acceptable, upload_created

UNFINISHED = (Status.WAITING, Status.PROCESSING, Status.NAMED)
RETRY_AFTER_SECONDS = "1"
NOT_MODIFIED = "The result has not changed since the response with this ETag."

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


def create_app(settings: Settings, repository: ApiRepository, people: ApiPeople | None = None) -> FastAPI:
    """Create the application.

    Args:
        settings: of the process.
        repository: where uploads are created and results read.
        people: the stack's own people; None if it has none.
    """
    # Behind CloudFront, a redirect to a path without its trailing slash would expose API Gateway's host.
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
    app.add_middleware(CompressionMiddleware)
    app.add_middleware(HeadersMiddleware)
    app.add_middleware(HeadMiddleware)
    _add_result_routes(app, settings, repository)
    add_identity_routes(app, settings, people)
    if settings.enrols and people is not None:
        add_enrolment_routes(app, settings, people)
    _add_health_route(app, settings)
    return app


def _add_result_routes(app: FastAPI, settings: Settings, repository: ApiRepository) -> None:
    answers = AnswerCache()

    @app.post("/api/uploads", status_code=201)
    def create_upload(request: UploadRequest) -> UploadCreated:
        check_acceptable(request.content_type, request.size, settings.max_bytes)
        if request.compare_with is not None and repository.row(request.compare_with) is None:
            raise unknown_result()
        declared = PhotoDeclaration(request.content_type, request.size, request.face, request.compare_with)
        upload = repository.create_upload(declared)
        log.info("announced", extra={"photo": shortened(upload.id)})
        return upload_created(upload, settings.max_bytes)

    @app.get(
        "/api/results/{upload_id}", response_model=Result, responses={304: {"description": NOT_MODIFIED}}
    )
    def read_result(
        upload_id: str,
        if_none_match: Annotated[str | None, Header()] = None,
        accept_encoding: Annotated[str, Header(include_in_schema=False)] = "",
    ) -> Response:
        row = repository.row(upload_id) if is_id(upload_id) else None
        if row is None:
            raise unknown_result()
        tag = entity_tag(row, settings.url_seconds, now())
        headers = {"ETag": tag}
        if row.status in UNFINISHED:
            headers["Retry-After"] = RETRY_AFTER_SECONDS
        if matches(if_none_match, tag):
            return Response(status_code=304, headers=headers)
        as_gzip = accepts_gzip(accept_encoding)
        if as_gzip:
            headers["Content-Encoding"] = "gzip"
        answer = answers.get((upload_id, as_gzip), tag)
        if answer is None:
            result = repository.result_of(row)
            if result is None:
                raise unknown_result()
            body = repository.link(result).model_dump_json(by_alias=True).encode()
            answer = compressed(body) if as_gzip else body
            answers.put((upload_id, as_gzip), tag, answer)
            log.info("answered", extra={"photo": shortened(upload_id), "status": row.status})
        return Response(answer, headers=headers, media_type="application/json")

    @app.delete("/api/results/{upload_id}", status_code=204)
    def delete_result(upload_id: str) -> None:
        if not is_id(upload_id) or not repository.delete(upload_id):
            raise unknown_result()
        log.info("deleted", extra={"photo": shortened(upload_id)})


def _add_health_route(app: FastAPI, settings: Settings) -> None:
    @app.get("/api/health")
    def health() -> Health:
        return Health(status="ok", model=settings.model, version=__version__)
