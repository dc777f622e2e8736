"""Visitors: upload a photo, poll for its result, look at its pictures."""

from __future__ import annotations

import asyncio
import json
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from infra.local.environment import HOST
from reliability.load.http_client import Connection, Response
from reliability.load.stack import LocalStack

POLL_SECONDS = 0.25  # as the page polls at first
SHOWN = 200  # bytes of a failed response
BOUNDARY = "brain-load"
FINISHED = ("done", "failed")


@dataclass
class Timings:
    """Durations of requests in seconds by kind, and the number of failures by kind and answer."""

    seconds: dict[str, list[float]] = field(default_factory=dict)
    failures: Counter[tuple[str, str]] = field(default_factory=Counter)

    def errors(self, kind: str) -> int:
        """The number of failed requests of a kind."""
        return sum(count for (failed, _), count in self.failures.items() if failed == kind)

    async def timed(
        self,
        kind: str,
        connection: Connection,
        method: str,
        path: str,
        body: bytes = b"",
        headers: Mapping[str, str] | None = None,
    ) -> Response | None:
        """Send a request and record its duration. Returns None if it failed."""
        start = time.perf_counter()
        try:
            response = await connection.request(method, path, body, headers)
            failure = _failure(response)
        except OSError as error:
            failure = repr(error)
        self.seconds.setdefault(kind, []).append(time.perf_counter() - start)
        if failure:
            self.failures[kind, failure] += 1
            return None
        return response


@dataclass
class Visitor:
    """A visitor with connections of its own, like a browser.

    Attributes:
        stack: the local stack.
        photo: a JPEG file.
        timings: where durations are recorded.
        upload_id: id of the photo, once it is uploaded.
    """

    stack: LocalStack
    photo: bytes
    timings: Timings
    upload_id: str | None = None

    async def visit(self) -> str:
        """Upload the photo, wait for its result and load its pictures. Returns how that ended."""
        start = time.perf_counter()
        async with Connection(HOST, self.stack.page) as api, Connection(HOST, self.stack.storage) as storage:
            self.upload_id = await self._upload(api, storage)
            result = await self._wait(api, self.upload_id) if self.upload_id else None
            for url in result["artifacts"].values() if result else ():
                parts = urlsplit(url)
                await self.timings.timed("look", storage, "GET", f"{parts.path}?{parts.query}")
        self.timings.seconds.setdefault("whole visit", []).append(time.perf_counter() - start)
        return str(result["status"]) if result else "error"

    async def _upload(self, api: Connection, storage: Connection) -> str | None:
        body = json.dumps({"content_type": "image/jpeg", "size": len(self.photo)}).encode()
        headers = {"Content-Type": "application/json"}
        created = await self.timings.timed("create", api, "POST", "/api/uploads", body, headers)
        if created is None:
            return None
        ticket = json.loads(created.body)
        form = _form(ticket["upload"]["fields"], self.photo)
        headers = {"Content-Type": f"multipart/form-data; boundary={BOUNDARY}"}
        path = urlsplit(ticket["upload"]["url"]).path
        sent = await self.timings.timed("upload", storage, "POST", path, form, headers)
        return str(ticket["id"]) if sent else None

    async def _wait(self, api: Connection, upload_id: str) -> dict[str, dict[str, str]] | None:
        """Poll like the page does, with the entity tag of the last answer."""
        headers: dict[str, str] = {}
        while True:
            answer = await self.timings.timed("poll", api, "GET", f"/api/results/{upload_id}", b"", headers)
            if answer is None:
                return None
            if answer.body and (result := json.loads(answer.body))["status"] in FINISHED:
                return dict(result)
            headers = {"If-None-Match": answer.headers["etag"]}
            await asyncio.sleep(POLL_SECONDS)


async def read_repeatedly(stack: LocalStack, path: str, seconds: float, timings: Timings) -> None:
    """Read one path again and again, each time after the last response has arrived."""
    end = time.perf_counter() + seconds
    async with Connection(HOST, stack.page) as connection:
        while time.perf_counter() < end:
            await timings.timed("read", connection, "GET", path)


def _failure(response: Response) -> str:
    """Status and beginning of a failed response in one line; empty if it did not fail."""
    if response.status < 400:
        return ""
    return " ".join([str(response.status), *response.body[:SHOWN].decode(errors="replace").split()])


def _form(fields: Mapping[str, str], photo: bytes) -> bytes:
    parts = [
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in fields.items()
    ]
    head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="photo.jpg"\r\n\r\n'
    return "".join([*parts, head]).encode() + photo + f"\r\n--{BOUNDARY}--\r\n".encode()
