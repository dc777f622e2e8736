"""Process: the API and the page on one origin, as CloudFront serves them."""

from __future__ import annotations

import mimetypes
import sys
from collections.abc import Mapping
from pathlib import Path

import uvicorn
from starlette.applications import Starlette
from starlette.datastructures import URL, Headers, MutableHeaders
from starlette.responses import RedirectResponse
from starlette.routing import Mount
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from brain.cloud.store import Store
from brain.core.settings import Settings
from functions.api.app import create_app
from infra.local import lifeline
from infra.local.description import Description
from infra.local.environment import HOST, REPOSITORY
from infra.media import CONTENT_TYPES

SHUTDOWN_SECONDS = 2


def create_site(api: ASGIApp, folder: Path, headers: Mapping[str, str], address: str) -> ASGIApp:
    """`/api/*` from the API, everything else from the folder, the headers on all of it.

    Args:
        headers: replace what API or page set under the same name, as the distribution's policy does.
        address: the page's own, without a slash at the end. Asked for as `localhost`, the page sends
            the browser there, because the uploads bucket takes photos from this one origin only.
    """
    for suffix, content_type in CONTENT_TYPES.items():
        mimetypes.add_type(content_type, suffix)
    page = Starlette(routes=[Mount("/", StaticFiles(directory=folder, html=True))])
    alias = f"localhost:{address.rpartition(':')[2]}"

    async def site(scope: Scope, receive: Receive, send: Send) -> None:
        is_api = scope["path"].startswith("/api/")

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                answer = MutableHeaders(scope=message)
                answer.update(headers)
                if not is_api:
                    answer["Cache-Control"] = "no-cache"
            await send(message)

        if not is_api and Headers(scope=scope).get("host") == alias:
            there = URL(scope=scope).replace(netloc=address.partition("//")[2])
            await RedirectResponse(there)(scope, receive, send)
        else:
            await (api if is_api else page)(scope, receive, send_with_headers)

    return site


def main(port: int, description_path: Path) -> None:
    """Serve until the process is told to end."""
    lifeline.hold()
    settings = Settings.from_environment()
    api = create_app(settings, Store.connect(settings))
    headers = Description.read(description_path).headers
    site = create_site(api, REPOSITORY / "static_site", headers, f"http://{HOST}:{port}")
    uvicorn.run(
        site,
        host=HOST,
        port=port,
        lifespan="off",
        log_level="warning",
        server_header=False,
        timeout_graceful_shutdown=SHUTDOWN_SECONDS,
    )


if __name__ == "__main__":
    main(int(sys.argv[1]), Path(sys.argv[2]))
