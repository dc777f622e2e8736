"""Lambda entry point of the explain function: photo events in, stored results out.

An SQS message that must be delivered again is reported as a batch item failure. After a direct invocation has
tried all photos, it raises an error if any must be tried again, so that Lambda's own retries apply.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, Protocol

from brain.core.gc import gc_frozen

with gc_frozen():
    from aws_lambda_powertools import Logger
    from aws_lambda_powertools.utilities.typing import LambdaContext

    from brain.cloud.enrolment import EnrolmentService
    from brain.cloud.events import ParsedEvent, PhotoEvent, parse
    from brain.cloud.logs import log_line
    from brain.cloud.people_bucket import PeopleBucket
    from brain.cloud.repository import AwsResultRepository
    from brain.cloud.service import Service
    from brain.cloud.status_table import AlreadyClaimed
    from brain.cloud.uploads import id_of_object, shortened
    from brain.core.results import Result
    from brain.core.settings import Settings

    if TYPE_CHECKING or __package__:
        from functions.explain import report
    else:  # in the image the modules of this folder are top-level
        import report

if TYPE_CHECKING:
    from brain.pipeline.explainer import Explainer
    from brain.pipeline.people_embedder import PeopleEmbedder

logger = Logger(service="explain", json_serializer=log_line)


class Unfinished(Exception):
    """Some photos of a direct invocation must be tried again."""


class PhotoService(Protocol):
    """Processes photo events."""

    def process(self, event: PhotoEvent, stalled_after: float) -> Result | None:
        """Process one event; see `brain.cloud.service.Service.process`."""


@dataclass(frozen=True)
class Worker:
    """What is set up once per process.

    Attributes:
        service: processes events.
        explainer: returns the explainer, loading it on the first call.
    """

    service: PhotoService
    explainer: Callable[[], Explainer]


@cache
def bootstrap() -> Worker:
    """The composition root: called at the first event, then cached."""
    settings = Settings.from_environment()
    repository = AwsResultRepository.connect(settings)
    people = PeopleBucket.connect(settings)

    @cache
    def explainer() -> Explainer:
        with gc_frozen():
            from brain.pipeline.explainer import Explainer
            from brain.pipeline.people_embedder import StoredPeople

            return Explainer.load(settings, StoredPeople(people.current).people)

    @cache
    def embedder() -> PeopleEmbedder:
        with gc_frozen():
            from brain.pipeline.people_embedder import PeopleEmbedder

            return PeopleEmbedder.load(settings)

    photos = Service(repository, explainer, settings.max_receives)
    if settings.people == "embedded":
        return Worker(photos, explainer)
    return Worker(EnrolmentService(photos, people, embedder, repository.forget), explainer)


@logger.inject_lambda_context(clear_state=True)
def lambda_handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Process one event in any format that `brain.cloud.events` knows."""
    return handle(event, context, bootstrap().service)


def handle(event: dict[str, Any], context: LambdaContext, service: PhotoService) -> dict[str, Any]:
    """Process every photo of an event.

    At the start, the remaining time is the function's timeout, so an older claim is abandoned.

    Returns:
        The partial batch response for SQS.

    Raises:
        Unfinished: photos of a direct invocation must be tried again.
        MalformedEvent: a direct invocation in an unknown format.
    """
    timeout = context.get_remaining_time_in_millis() / 1000
    parsed = parse(event)
    memory = int(context.memory_limit_in_mb)
    failed = [photo for photo in parsed.photos if not _succeeds(photo, service, timeout, memory)]
    if parsed.malformed:
        logger.error("malformed messages", extra={"count": len(parsed.malformed)})
    if failed and not parsed.queued:
        raise Unfinished(f"{len(failed)} of {len(parsed.photos)} photos must be tried again")
    return {"batchItemFailures": _failures(parsed, failed)}


def _failures(parsed: ParsedEvent, failed: list[PhotoEvent]) -> list[dict[str, str]]:
    """One entry per message, no matter how many of its photos failed."""
    ids = [*parsed.malformed, *(photo.message_id for photo in failed if photo.message_id)]
    return [{"itemIdentifier": message_id} for message_id in dict.fromkeys(ids)]


def _succeeds(photo: PhotoEvent, service: PhotoService, timeout: float, memory: int) -> bool:
    start = time.perf_counter()
    logger.info("received", extra={**_about(photo), "message_id": photo.message_id})
    try:
        result = service.process(photo, timeout)
    except AlreadyClaimed:
        logger.info(
            "another worker is processing this photo, or its message failed for good", extra=_about(photo)
        )
        return False
    except Exception:
        logger.exception("a photo could not be processed", extra=_about(photo))
        return False
    finally:
        report.count_cost(time.perf_counter() - start, memory)
    if result is not None:
        _record(result)
    return True


def _about(photo: PhotoEvent) -> dict[str, Any]:
    upload_id = id_of_object(photo.bucket, photo.key, photo.etag)
    return {"photo": shortened(upload_id), "receive_count": photo.receive_count}


def _record(result: Result) -> None:
    """Log and count a stored result."""
    code, reason = (result.error.code, result.error.reason) if result.error else (0, None)
    about = {"photo": shortened(result.id), "status": result.status, "code": code, "reason": reason}
    logger.info("stored", extra=about)
    report.count_result(result)
