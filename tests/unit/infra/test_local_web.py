"""The local replacement for CloudFront: a single origin, security headers and the page's files."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import brotli
import pytest
from fastapi import FastAPI
from starlette.datastructures import Headers
from starlette.types import ASGIApp

from infra.local.web import create_site

PAGE = "http://127.0.0.1:8100"
HEADERS = {"Content-Security-Policy": "default-src 'none'", "X-Frame-Options": "DENY"}


@dataclass(frozen=True)
class Answer:
    status_code: int
    headers: Headers
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()

    def json(self) -> Any:
        return json.loads(self.text)


Get = Callable[..., Answer]


async def call(app: ASGIApp, path: str, host: str, headers: Mapping[str, str]) -> Answer:
    """Send a GET request with an unnormalized path, which a client library would normalize."""
    plain, _, query = path.partition("?")
    scope = {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.4"},
        "method": "GET",
        "scheme": "http",
        "path": unquote(plain),
        "raw_path": plain.encode(),
        "query_string": query.encode(),
        "root_path": "",
        "headers": [(name.encode(), value.encode()) for name, value in {"host": host, **headers}.items()],
        "server": ("127.0.0.1", 8100),
    }
    sent: list[Any] = []

    incoming = iter([{"type": "http.request", "body": b"", "more_body": False}])

    async def receive() -> Any:
        for message in incoming:
            return message
        # The client stays: there is nothing more to tell, and waiting has to let the answer proceed.
        return await asyncio.Event().wait()

    async def send(message: Any) -> None:
        sent.append(message)

    await app(scope, receive, send)
    body = b"".join(message.get("body", b"") for message in sent[1:])
    return Answer(sent[0]["status"], Headers(raw=sent[0]["headers"]), body)


@pytest.fixture
def get(tmp_path: Path) -> Get:
    (tmp_path / "secret.txt").write_text("secret", encoding="utf-8")
    page = tmp_path / "page"
    (page / "js").mkdir(parents=True)
    (page / "index.html").write_text("<title>BRAIN</title>", encoding="utf-8")
    for name in ("js/main.js", "style.css", "icon.svg", "site.webmanifest", "font.woff2"):
        (page / name).write_text("x", encoding="utf-8")
    api = FastAPI(docs_url=None, redoc_url=None)

    @api.get("/api/health")
    def health() -> dict[str, str]:
        return {"status": "ok"}

    site = create_site(api, page, HEADERS, PAGE)

    def answer(path: str, host: str = "127.0.0.1:8100", **headers: str) -> Answer:
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        return asyncio.run(call(site, path, host, sent))

    return answer


def test_api_and_page_share_an_origin(get: Get) -> None:
    assert get("/api/health").json() == {"status": "ok"}
    assert get("/").text == "<title>BRAIN</title>"


def test_unknown_api_paths_are_handled_by_the_api(get: Get) -> None:
    answer = get("/api/nothing")

    assert (answer.status_code, answer.json()) == (404, {"detail": "Not Found"})


@pytest.mark.parametrize("path", ["/", "/js/main.js", "/nothing", "/api/health", "/api/nothing"])
def test_every_response_has_the_security_headers(get: Get, path: str) -> None:
    answer = get(path)

    assert all(answer.headers[name] == value for name, value in HEADERS.items())


@pytest.mark.parametrize(
    ("path", "content_type"),
    [
        ("/", "text/html; charset=utf-8"),
        ("/js/main.js", "text/javascript; charset=utf-8"),
        ("/style.css", "text/css; charset=utf-8"),
        ("/icon.svg", "image/svg+xml"),
        ("/site.webmanifest", "application/manifest+json"),
        ("/font.woff2", "font/woff2"),
    ],
)
def test_content_types(get: Get, path: str, content_type: str) -> None:
    assert get(path).headers["Content-Type"] == content_type


@pytest.mark.parametrize(
    "path", ["/../secret.txt", "/%2e%2e/secret.txt", "/js/..%2f..%2fsecret.txt", "//../secret.txt"]
)
def test_files_outside_the_folder_are_not_served(get: Get, path: str) -> None:
    answer = get(path)

    assert answer.status_code == 404
    assert "secret" not in answer.text


def test_localhost_is_redirected_to_the_pages_address(get: Get) -> None:
    answer = get("/?a=b", "localhost:8100")

    assert (answer.status_code, answer.headers["Location"]) == (307, f"{PAGE}/?a=b")
    assert get("/api/health", "localhost:8100").status_code == 200


@pytest.mark.parametrize("path", ["/js/main.js", "/style.css"])
def test_modules_and_styles_are_compressed_for_those_who_accept_it(get: Get, path: str) -> None:
    packed = get(path, accept_encoding="gzip, br")

    assert (packed.headers["Content-Encoding"], packed.headers["Vary"]) == ("br", "Accept-Encoding")
    assert brotli.decompress(packed.body) == get(path).body == b"x"
    assert "Content-Encoding" not in get(path).headers
    assert packed.headers["Content-Type"] == get(path).headers["Content-Type"]
    assert get(path, accept_encoding="br", if_none_match=packed.headers["ETag"]).status_code == 304


def test_html_stays_readable_for_everybody(get: Get) -> None:
    assert "Content-Encoding" not in get("/", accept_encoding="br").headers
