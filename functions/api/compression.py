"""Compresses answers with gzip for clients that accept it."""

from __future__ import annotations

import gzip
import re

from starlette.datastructures import Headers
from starlette.middleware.gzip import GZipMiddleware
from starlette.types import ASGIApp, Receive, Scope, Send

COMPRESSED_FROM_BYTES = 1000
LEVEL = 6
NOT_ACCEPTABLE = re.compile(r"\s*q\s*=\s*0(\.0*)?\s*")


def accepts_gzip(accept_encoding: str) -> bool:
    """Whether an `Accept-Encoding` header names gzip, with a weight above zero (RFC 9110, section 12.5.3)."""
    for entry in accept_encoding.lower().split(","):
        coding, _, weight = entry.partition(";")
        if coding.strip() == "gzip":
            return NOT_ACCEPTABLE.fullmatch(weight) is None
    return False


def compressed(body: bytes) -> bytes:
    """A body in gzip format; equal bodies give equal bytes."""
    return gzip.compress(body, LEVEL, mtime=0)


class CompressionMiddleware:
    """ASGI middleware that compresses long answers, except those that are compressed already.

    CloudFront compresses only what it may cache. Starlette's middleware regards gzip as accepted even with
    weight 0.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._plain = app
        self._compressing = GZipMiddleware(app, minimum_size=COMPRESSED_FROM_BYTES, compresslevel=LEVEL)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        header = Headers(scope=scope).get("accept-encoding", "") if scope["type"] == "http" else ""
        await (self._compressing if accepts_gzip(header) else self._plain)(scope, receive, send)
