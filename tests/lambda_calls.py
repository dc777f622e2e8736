"""Helpers for tests of the two functions: events, contexts, logs and a client."""

from __future__ import annotations

import asyncio
import base64
import gzip
import io
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import httpx

EVENTS = Path(__file__).parent / "events"


def raw_event(name: str) -> dict[str, Any]:
    """An event in AWS's format, from `tests/events`."""
    event: dict[str, Any] = json.loads((EVENTS / f"{name}.json").read_text(encoding="utf-8"))
    return event


def answered(answer: dict[str, Any]) -> Any:
    """The JSON in the API function's answer to API Gateway; None without a body."""
    body: Any = answer.get("body")
    compressed = answer["headers"].get("content-encoding") == "gzip"
    # API Gateway takes text, or base64.
    assert answer["isBase64Encoded"] == compressed
    if compressed:
        body = gzip.decompress(base64.b64decode(body))
    return json.loads(body) if body else None


@contextmanager
def logged(logger: Any) -> Iterator[io.StringIO]:
    """Capture the output of a Powertools logger and of the loggers that share its handler."""
    stream = io.StringIO()
    before = logger.registered_handler.setStream(stream)
    yield stream
    logger.registered_handler.setStream(before)


def lambda_context(seconds: float = 60) -> Any:
    """A Lambda context object."""
    return SimpleNamespace(
        function_name="brain",
        function_version="$LATEST",
        memory_limit_in_mb=1024,
        invoked_function_arn="arn:aws:lambda:eu-central-1:111122223333:function:brain",
        aws_request_id="52fdfc07-2182-454f-963f-5f0f9a621d72",
        get_remaining_time_in_millis=lambda: int(seconds * 1000),
    )


@dataclass(frozen=True)
class Client:
    """A synchronous HTTP client for an ASGI application, without a server."""

    app: Any

    def request(self, method: str, path: str, **options: Any) -> httpx.Response:
        """Send a request. Exceptions that the application does not handle are raised."""

        async def send() -> httpx.Response:
            transport = httpx.ASGITransport(self.app)
            async with httpx.AsyncClient(transport=transport, base_url="http://brain.test") as client:
                return await client.request(method, path, **options)

        loop = asyncio.new_event_loop()
        try:
            return loop.run_until_complete(send())
        finally:
            loop.close()

    def get(self, path: str, **options: Any) -> httpx.Response:
        return self.request("GET", path, **options)

    def post(self, path: str, **options: Any) -> httpx.Response:
        return self.request("POST", path, **options)

    def delete(self, path: str) -> httpx.Response:
        return self.request("DELETE", path)
