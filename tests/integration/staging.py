"""Shortcuts for the two stages of a result."""

from __future__ import annotations

from typing import Any

from brain.cloud.repository import AwsResultRepository
from brain.cloud.service import Explainer, Service
from brain.cloud.status_rows import Claim, Outcome
from brain.cloud.uploads import id_of_object
from brain.core.results import Result
from functions.explain.handler import handle
from tests.fakes import PAGE_ID
from tests.integration.claims import place
from tests.lambda_calls import lambda_context, raw_event
from tests.results import done_result, named_result

ETAG = "d31c31542b128e8d3b1650a1eb26eaaf"
DROPPED = "inbox/My Photo +é.jpg"
DROPPED_ID = id_of_object("brain-uploads", DROPPED, ETAG)
NAMED_FILES = {"cropped.jpg": b"crop", "gc_map_12.png": b"map"}
NOTHING_FAILED: dict[str, Any] = {"batchItemFailures": []}


def run(
    repository: AwsResultRepository, explainer: Explainer, receive_count: int = 1, message: str = "message 1"
) -> dict[str, Any]:
    event = raw_event("sqs_s3_dropped")
    event["Records"][0]["messageId"] = message
    event["Records"][0]["attributes"]["ApproximateReceiveCount"] = str(receive_count)
    return handle(event, lambda_context(), Service(repository, lambda: explainer, max_receives=5))


def named(repository: AwsResultRepository, claim: Claim) -> Claim | None:
    result = named_result(done_result(claim.id, claim.created_at, place()))
    return repository.store_named(claim, result, NAMED_FILES)


def completed(repository: AwsResultRepository, claim: Claim) -> bool:
    result = done_result(claim.id, claim.created_at, place())
    return repository.finish(claim, Outcome(result, {"evidence_12.png": b"evidence"}))


def current(repository: AwsResultRepository, upload_id: str = PAGE_ID) -> Result:
    result = repository.read(upload_id)
    assert result is not None
    return result
