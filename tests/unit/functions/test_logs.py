"""What the functions log about errors of AWS, whose messages contain keys."""

from __future__ import annotations

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError, ConnectTimeoutError, EndpointConnectionError, ReadTimeoutError

from brain.core.results import Result
from functions.api.handler import logger as api_logger
from functions.explain.handler import logger as explain_logger
from tests.fakes import PAGE_ID
from tests.lambda_calls import logged

PHOTO = "https://brain-uploads.s3.eu-central-1.amazonaws.com/people/Ada%20Lovelace/1.jpg?Signature=secret"
RESULT = f"http://127.0.0.1:4000/brain-results/results/{PAGE_ID}/result.json"
SECRETS = (PAGE_ID, "Ada", "Lovelace", "1.jpg", "result.json", "secret")


def denied(key: str) -> ClientError:
    message = (
        "User: arn:aws:sts::111122223333:assumed-role/brain/api is not authorized to perform: s3:GetObject "
        f'on resource: "arn:aws:s3:::brain-uploads/{key}" because no policy allows the s3:GetObject action'
    )
    return ClientError({"Error": {"Code": "AccessDenied", "Message": message}}, "GetObject")


@pytest.mark.parametrize("logger", [api_logger, explain_logger], ids=["api", "explain"])
@pytest.mark.parametrize(
    "error",
    [
        EndpointConnectionError(endpoint_url=PHOTO),
        ConnectTimeoutError(endpoint_url=PHOTO, error="timed out"),
        ReadTimeoutError(endpoint_url=RESULT, error="timed out"),
        denied("people/Ada Lovelace/1.jpg"),
        denied('people/A "Ada" B/1.jpg'),
        denied(f"uploads/{PAGE_ID}"),
        KeyError(f"results/{PAGE_ID}/cropped.jpg"),
    ],
    ids=lambda error: type(error).__name__,
)
def test_no_key_and_no_complete_id_is_logged(logger: Any, error: Exception) -> None:
    with logged(logger) as stream:
        try:
            raise RuntimeError("while storing") from error
        except RuntimeError:
            logger.exception("a request failed", extra={"photo": PAGE_ID[:8]})

    (line,) = map(json.loads, stream.getvalue().splitlines())
    assert (line["message"], line["photo"]) == ("a request failed", PAGE_ID[:8])
    assert type(error).__name__ in line["exception"]
    assert [secret for secret in SECRETS if secret in stream.getvalue()] == []


def test_a_result_that_cannot_be_read_is_not_quoted() -> None:
    stored = {"id": PAGE_ID, "status": "done", "created_at": "2026-01-01", "identity": {"name": "Ada"}}
    with logged(api_logger) as stream:
        try:
            Result.model_validate(stored)
        except ValueError:
            api_logger.exception("a request failed")

    assert "identity.label" in stream.getvalue()
    assert "Ada" not in stream.getvalue()


def test_what_helps_to_find_the_cause_stays() -> None:
    with logged(api_logger) as stream:
        try:
            raise denied("uploads/x")
        except ClientError:
            api_logger.exception("a request failed")

    (line,) = map(json.loads, stream.getvalue().splitlines())
    assert (line["exception_name"], line["service"]) == ("ClientError", "api")
    assert "arn:aws:s3:::brain-uploads/..." in line["exception"]
    assert "because no policy allows the s3:GetObject action" in line["exception"]
    assert line["stack_trace"]["frames"]
