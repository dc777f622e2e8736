"""Limits what others on the network can do with the local stack.

The storage server does not check signatures, so it only listens on the loopback interface. Through the page's
address, others can do two things with it: send a photo with a form of the API, and load the pictures of a
result whose id they know. All writing requires a token.
"""

from __future__ import annotations

import hmac
import re
from collections.abc import Mapping
from http.cookies import CookieError, SimpleCookie

import urllib3
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import URL, Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from brain.core.settings import Settings
from functions.api.problems import ApiProblem

# Below /api/, of which the page's service worker keeps no copies.
PREFIX = "/api/storage"
COOKIE = "brain_token"
READING = ("GET", "HEAD", "OPTIONS")
FORM_BYTES = 64 * 1024  # the fields of a form beside the photo
PASSED_HEADERS = ("content-type", "content-disposition", "etag")


class Gateway:
    """ASGI application in front of page and API.

    Args:
        site: page and API.
        endpoint: URL of the storage server, without a trailing slash.
        token: required for writing.
        settings: names the buckets and limits the size of photos.
    """

    def __init__(self, site: ASGIApp, endpoint: str, token: str, settings: Settings) -> None:
        self._site = site
        self._endpoint = endpoint
        self._token = token
        self._form = f"/{settings.uploads_bucket}"
        self._picture = re.compile(rf"/{re.escape(settings.results_bucket)}/results/[0-9a-f]{{32}}/[\w.-]+")
        self._largest_body = settings.max_bytes + FORM_BYTES
        self._storage = urllib3.PoolManager(maxsize=8, retries=False)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        if scope["type"] != "http":
            await self._site(scope, receive, send)
            return
        request = Request(scope, receive)
        if request.method in READING and "token" in request.query_params:
            await self._welcome(request)(scope, receive, send)
        elif request.method not in READING and not self._may_write(request.headers):
            await _token_needed().response()(scope, receive, send)
        elif scope["path"].startswith(PREFIX + "/"):
            await (await self._pass(request))(scope, receive, send)
        elif scope["path"].startswith("/api/"):
            await self._site(_uncompressed(scope), receive, self._with_public_addresses(request, send))
        else:
            await self._site(scope, receive, send)

    def _welcome(self, request: Request) -> Response:
        """Exchange the token in an address for a cookie."""
        response = RedirectResponse(request.url.remove_query_params("token"), status_code=303)
        if self._is_token(request.query_params["token"]):
            is_secure = request.url.scheme == "https"
            response.set_cookie(COOKIE, self._token, httponly=True, samesite="strict", secure=is_secure)
        return response

    def _may_write(self, headers: Headers) -> bool:
        scheme, _, bearer = headers.get("authorization", "").partition(" ")
        if scheme.lower() == "bearer":
            return self._is_token(bearer)
        try:
            morsel = SimpleCookie(headers.get("cookie", "")).get(COOKIE)
        except CookieError:
            return False
        return morsel is not None and self._is_token(morsel.value)

    def _is_token(self, text: str) -> bool:
        return hmac.compare_digest(text.encode(), self._token.encode())

    async def _pass(self, request: Request) -> Response:
        """Pass an upload or the request for a picture to the storage server."""
        path = request.url.path.removeprefix(PREFIX)
        if request.method == "POST" and path == self._form:
            body = await self._body(request)
            if body is None:
                return _too_large().response()
            content_type = {"content-type": request.headers.get("content-type", "")}
            return await self._ask("POST", path, body, content_type)
        if request.method in ("GET", "HEAD") and self._picture.fullmatch(path):
            return await self._ask(request.method, f"{path}?{request.url.query}", b"", {})
        return _unknown().response()

    async def _body(self, request: Request) -> bytes | None:
        """The body of a request, or None if it is too large."""
        body = bytearray()
        async for chunk in request.stream():
            body += chunk
            if len(body) > self._largest_body:
                return None
        return bytes(body)

    async def _ask(self, method: str, path: str, body: bytes, headers: Mapping[str, str]) -> Response:
        answer = await run_in_threadpool(
            self._storage.request, method, self._endpoint + path, body=body, headers=headers, redirect=False
        )
        passed = {name: answer.headers[name] for name in PASSED_HEADERS if name in answer.headers}
        return Response(answer.data, answer.status, passed)

    def _with_public_addresses(self, request: Request, send: Send) -> Send:
        """Replace the storage server's address in the API's responses by one that others can reach."""
        public = str(URL(scope=request.scope).replace(path=PREFIX, query="", fragment=""))
        start: Message = {}
        body = bytearray()

        async def send_replaced(message: Message) -> None:
            if message["type"] == "http.response.start":
                start.update(message)
                return
            body.extend(message.get("body", b""))
            if not message.get("more_body"):
                replaced = bytes(body).replace(self._endpoint.encode(), public.encode())
                headers = MutableHeaders(scope=start)
                if replaced and "content-length" in headers:
                    headers["content-length"] = str(len(replaced))
                await send(start)
                await send({"type": "http.response.body", "body": replaced})

        return send_replaced


def _uncompressed(scope: Scope) -> Scope:
    """A request that accepts no compression, so that addresses can be found in the response."""
    headers = [(name, value) for name, value in scope["headers"] if name != b"accept-encoding"]
    return {**scope, "headers": headers}


def _token_needed() -> ApiProblem:
    hint = "Open the address with the token that was printed when BRAIN was started."
    return ApiProblem(401, "Uploading and deleting need a token here.", "token-needed", hint)


def _too_large() -> ApiProblem:
    return ApiProblem(413, "The photo is too large.", "too-large", "Choose a smaller photo.")


def _unknown() -> ApiProblem:
    return ApiProblem(404, "There is nothing here.", "not-found", "Check the address and the method.")
