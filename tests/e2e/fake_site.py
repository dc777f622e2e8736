"""The page with its real headers over a fake API that follows a script: no storage, no queue, no model."""

from __future__ import annotations

import hashlib
import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Mount, Route

from infra.local import ports
from infra.local.deploy import load
from infra.local.headers import response_headers
from infra.local.web import create_site
from tests.e2e import fake_results

REPOSITORY = Path(__file__).resolve().parents[2]
CROPPED = "/api/fake/cropped.jpg"
PEOPLE = ("Ada Lovelace", "Grace Hopper", "Katherine Johnson")
SAMPLE = {"slug": "ada", "name": "Ada Lovelace", "credit": "Public domain"}

Result = dict[str, Any]
Stage = tuple[float, Result]
Script = Callable[[str], list[Stage]]


def quick(upload_id: str) -> list[Stage]:
    """A result that is there at once."""
    return [(0.0, fake_results.done(upload_id, CROPPED))]


def until_named(upload_id: str) -> list[Stage]:
    """A photo that waits, is processed and gets its name. The checks take until the script is another one."""
    return [
        (0.0, fake_results.without_result(upload_id, "waiting")),
        (0.4, fake_results.without_result(upload_id, "processing")),
        (0.8, fake_results.named(upload_id, CROPPED)),
    ]


@dataclass
class FakeApi:
    """Answers as docs/contracts.md says.

    Attributes:
        script: what an upload's result becomes, as (seconds since the upload, result).
        crop: the JPEG that stands for cropped.jpg.
        uploads: the JSON bodies of the requests for an upload form.
        photos: the multipart bodies that were uploaded.
        own: who of PEOPLE was enrolled instead of built in.
        broken: with how many forms, from the first on, an upload ends with a reset of its connection;
            Chromium may try twice with each.
    """

    script: Script = quick
    crop: bytes = b""
    uploads: list[dict[str, Any]] = field(default_factory=list)
    photos: list[bytes] = field(default_factory=list)
    own: tuple[str, ...] = ()
    broken: int = 0
    started: dict[str, float] = field(default_factory=dict)

    def reset(self) -> None:
        """Forget what happened; results are there at once."""
        self.__init__(crop=self.crop)  # type: ignore[misc]

    def app(self) -> Starlette:
        """The API as an ASGI application."""
        return Starlette(
            routes=[
                Route("/api/uploads", self.create_upload, methods=["POST"]),
                Route("/api/fake/photos", self.receive, methods=["POST"]),
                Route("/api/fake/cropped.jpg", self.cropped),
                Route("/api/results/{id}", self.delete, methods=["DELETE"]),
                Route("/api/results/{id}", self.read),
                Route("/api/identities", self.identities),
            ],
            middleware=[Middleware(GZipMiddleware)],
        )

    async def create_upload(self, request: Request) -> Response:
        self.uploads.append(await request.json())
        upload_id = f"{len(self.uploads):032x}"
        form = {"url": "/api/fake/photos", "fields": {"key": f"uploads/{upload_id}"}}
        return JSONResponse({"id": upload_id, "upload": form, "max_bytes": 20 << 20}, 201)

    async def receive(self, request: Request) -> Response:
        if len(self.uploads) <= self.broken:
            # What is unread then is answered with a TCP reset.
            request.receive.__self__.transport.abort()  # type: ignore[attr-defined]
            return Response()
        body = await request.body()
        self.photos.append(body)
        self.started[f"{len(self.uploads):032x}"] = time.monotonic()
        return Response(status_code=204)

    async def cropped(self, _: Request) -> Response:
        return Response(self.crop, media_type="image/jpeg")

    async def read(self, request: Request) -> Response:
        upload_id = request.path_params["id"]
        if upload_id == "0" * 32:
            return JSONResponse({"title": "Not found", "status": 404, "reason": "not-found"}, 404)
        started = self.started.setdefault(upload_id, time.monotonic())
        elapsed = time.monotonic() - started
        result = [found for after, found in self.script(upload_id) if elapsed >= after][-1]
        etag = f'"{hashlib.sha256(json.dumps(result).encode()).hexdigest()[:16]}"'
        final = result["status"] in ("done", "failed")
        headers = {"ETag": etag} if final else {"ETag": etag, "Retry-After": "1"}
        if request.headers.get("If-None-Match") == etag:
            return Response(status_code=304, headers=headers)
        return JSONResponse(result, headers=headers)

    async def delete(self, _: Request) -> Response:
        return Response(status_code=204)

    async def identities(self, request: Request) -> Response:
        query = request.query_params.get("q", "").lower()
        sources = {name: "own" if name in self.own else "embedded" for name in PEOPLE}
        wanted = request.query_params.get("source", "both")
        found = [name for name in PEOPLE if query in name.lower() and wanted in ("both", sources[name])]
        people = [{"label": n, "name": name, "source": sources[name]} for n, name in enumerate(found)]
        return JSONResponse({"model": "fake", "total": 5749, "matches": len(found), "identities": people})


async def sample_index(_: Request) -> Response:
    """The index that `python -m infra.samples` writes."""
    return JSONResponse({"samples": [SAMPLE]})


async def sample_result(_: Request) -> Response:
    """The sample's finished result."""
    return JSONResponse(fake_results.done("f" * 32, CROPPED))


@contextmanager
def serve(api: FakeApi) -> Iterator[str]:
    """Serve the page over this API; yields its address."""
    (port,) = ports.free(1)
    address = f"http://127.0.0.1:{port}"
    headers = response_headers(load(REPOSITORY / "template.yaml", address, address, {}))
    page = create_site(api.app(), REPOSITORY / "static_site", headers, address)
    # Whether this checkout has prepared samples makes no difference to the tests.
    samples = [
        Route("/samples/index.json", sample_index),
        Route("/samples/{slug}/result.json", sample_result),
        Route("/samples/{slug}/{picture}", api.cropped),
    ]
    site = Starlette(routes=[*samples, Mount("/", page)])
    server = uvicorn.Server(uvicorn.Config(site, port=port, lifespan="off", log_level="warning"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        assert thread.is_alive(), "the port was taken meanwhile"
        time.sleep(0.01)
    try:
        yield address
    finally:
        server.should_exit = True
        thread.join(10)
