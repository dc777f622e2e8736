"""Serves the page's files like the deployed page: modules and styles are compressed beforehand."""

from __future__ import annotations

import os
from pathlib import Path

from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.staticfiles import NotModifiedResponse, StaticFiles
from starlette.types import Scope

from infra.media import compressed


class PageFiles(StaticFiles):
    """Static files, some of them compressed with Brotli for clients that accept it."""

    def file_response(
        self,
        full_path: str | os.PathLike[str],
        stat_result: os.stat_result,
        scope: Scope,
        status_code: int = 200,
    ) -> Response:
        """The response for a file that exists."""
        plain = super().file_response(full_path, stat_result, scope, status_code)
        accepted = Headers(scope=scope).get("accept-encoding", "")
        body = compressed(Path(full_path)) if "br" in accepted else None
        if body is None or isinstance(plain, NotModifiedResponse):
            return plain
        kept = {name: plain.headers[name] for name in ("content-type", "etag", "last-modified")}
        return Response(body, status_code, {**kept, "content-encoding": "br", "vary": "Accept-Encoding"})
