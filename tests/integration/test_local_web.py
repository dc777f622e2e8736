"""The local stack's page server over HTTP."""

from __future__ import annotations

import time

import requests
from starlette.responses import PlainTextResponse

from infra.local.environment import HOST
from infra.local.web import create_server
from tests.integration.local_stack import PATIENCE, serving_site

UPLOAD_SECONDS = 6  # more than uvicorn's own limit of 5 seconds


def test_a_connection_outlives_the_upload_between_two_requests() -> None:
    with (
        serving_site(create_server(PlainTextResponse("here"), HOST, 0)) as url,
        requests.Session() as visitor,
    ):
        with visitor.get(url, timeout=PATIENCE, stream=True) as answer:
            first = answer.raw.connection.sock
            assert answer.text == "here"
        time.sleep(UPLOAD_SECONDS)
        with visitor.get(url, timeout=PATIENCE, stream=True) as answer:
            assert answer.raw.connection.sock is first
