"""Lambda entry point: photo events in, stored results out.

From the queue, a message that has to come again is reported as a batch item failure. Without a
queue the function raises once everything was tried, so that Lambda's own retry comes into play.
"""

from __future__ import annotations

import time
from functools import cache
from typing import TYPE_CHECKING, Any

from brain.core.gc import gc_frozen

with gc_frozen():
    from aws_lambda_powertools import Logger
    from aws_lambda_powertools.utilities.typing import LambdaContext

    from brain.cloud.events import Parsed, PhotoEvent, parse
    from brain.cloud.rows import Busy
    from brain.cloud.service import Service
    from brain.cloud.store import Store
    from brain.core.results import Result
    from brain.core.settings import Settings

    if TYPE_CHECKING or __package__:
        from functions.explain import report
    else:  # in the image this folder's modules stand at the root of the deployed function
        import report

if TYPE_CHECKING:
    from brain.pipeline.explainer import Explainer

logger = Logger(service="explain")


class Unfinished(Exception):
    """Some photos of an event without a queue have to be tried again."""


@cache
def bootstrap() -> Service:
    """The composition root: built at the first event, kept for all that follow."""
    settings = Settings.from_environment()

    @cache
    def explainer() -> Explainer:
        with gc_frozen():
            from brain.pipeline.explainer import Explainer

            return Explainer.load(settings)

    return Service(Store.connect(settings), explainer, settings.max_receives)


@logger.inject_lambda_context(clear_state=True)
def lambda_handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Process one event of any of the shapes that `brain.cloud.events` knows."""
    return handle(event, context, bootstrap())


def handle(event: dict[str, Any], context: LambdaContext, service: Service) -> dict[str, Any]:
    """Process every photo of an event.

    The time left at the start is the function's timeout: whoever holds a photo for longer is dead.

    Raises:
        Unfinished, MalformedEvent: only without a queue.
    """
    timeout = context.get_remaining_time_in_millis() / 1000
    parsed = parse(event)
    memory = int(context.memory_limit_in_mb)
    failed = [photo for photo in parsed.photos if not _succeeds(photo, service, timeout, memory)]
    if parsed.malformed:
        logger.error("messages that are no photo events", extra={"count": len(parsed.malformed)})
    if failed and not parsed.queued:
        raise Unfinished(f"{len(failed)} of {len(parsed.photos)} photos have to be tried again")
    return {"batchItemFailures": _failures(parsed, failed)}


def _failures(parsed: Parsed, failed: list[PhotoEvent]) -> list[dict[str, str]]:
    """Each message once, however many of its photos failed."""
    ids = [*parsed.malformed, *(photo.message_id for photo in failed if photo.message_id)]
    return [{"itemIdentifier": one} for one in dict.fromkeys(ids)]


def _succeeds(photo: PhotoEvent, service: Service, timeout: float, memory: int) -> bool:
    start = time.perf_counter()
    try:
        result = service.process(photo, timeout)
    except Busy:
        logger.info("another worker has this photo", extra={"receive_count": photo.receive_count})
        return False
    except Exception:
        logger.exception("a photo could not be processed", extra={"receive_count": photo.receive_count})
        return False
    finally:
        report.charge(time.perf_counter() - start, memory)
    if result is not None:
        _record(result)
    return True


def _record(result: Result) -> None:
    """Log and count a stored result. Only the start of the id: the whole of it opens the result."""
    code, reason = (result.error.code, result.error.reason) if result.error else (0, None)
    logger.info(
        "stored", extra={"photo": result.id[:8], "status": result.status, "code": code, "reason": reason}
    )
    report.count(result)
