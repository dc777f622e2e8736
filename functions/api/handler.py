"""Lambda entry point of the HTTP API: API Gateway (payload format 2.0) -> Mangum -> FastAPI."""

from __future__ import annotations

import logging
from functools import cache
from typing import TYPE_CHECKING, Any

from brain.core.gc import gc_frozen

with gc_frozen():
    from aws_lambda_powertools import Logger
    from aws_lambda_powertools.logging import correlation_paths, utils
    from mangum import Mangum
    from mangum.adapter import DEFAULT_TEXT_MIME_TYPES
    from mangum.types import LambdaContext

    from brain.cloud.logs import log_line
    from brain.cloud.people_directory import PeopleDirectory
    from brain.cloud.repository import AwsResultRepository
    from brain.core.settings import Settings

    if TYPE_CHECKING or __package__:
        from functions.api.app import create_app
    else:  # SAM zips this folder alone, so in the deployed function its modules are top-level
        from app import create_app

logger = Logger(service="api", json_serializer=log_line)
utils.copy_config_to_registered_loggers(source_logger=logger, include={"brain"})
# Mangum logs paths, and the id in a path is all that is needed to read or delete a result.
logging.getLogger("mangum").setLevel(logging.WARNING)


@cache
def bootstrap() -> Mangum:
    """The composition root: called at the first request, then cached."""
    with gc_frozen():
        settings = Settings.from_environment()
        people = None if settings.people == "embedded" else PeopleDirectory.connect(settings)
        app = create_app(settings, AwsResultRepository.connect(settings), people)
    return Mangum(app, lifespan="off", text_mime_types=[*DEFAULT_TEXT_MIME_TYPES, "application/problem+json"])


@logger.inject_lambda_context(correlation_id_path=correlation_paths.API_GATEWAY_HTTP, clear_state=True)
def lambda_handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Handle one API Gateway event."""
    return bootstrap()(event, context)
