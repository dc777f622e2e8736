"""A process that serves API and page on a single origin, like CloudFront."""

from __future__ import annotations

import mimetypes
import os
import sys
from collections.abc import Mapping
from pathlib import Path

import uvicorn
from starlette.applications import Starlette
from starlette.datastructures import URL, Headers, MutableHeaders
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.responses import RedirectResponse
from starlette.routing import Mount
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from brain.cloud.people_directory import PeopleDirectory
from brain.cloud.repository import AwsResultRepository
from brain.core.settings import Settings
from functions.api.app import create_app
from infra.local import host
from infra.local.description import Description
from infra.local.environment import HOST, REPOSITORY
from infra.local.gateway import Gateway
from infra.local.origins import ThisMachineOnly
from infra.local.page_files import PageFiles
from infra.local.parent_process import end_with_parent
from infra.media import CONTENT_TYPES

SHUTDOWN_SECONDS = 2
# A request fails if the server closes its idle connection just then. A visitor's connection is idle during an
# upload.
KEEP_ALIVE_SECONDS = 75


def create_site(api: ASGIApp, folder: Path, headers: Mapping[str, str], address: str) -> ASGIApp:
    """Serve `/api/*` from the API and everything else from a folder.

    Args:
        api: the API application.
        folder: the page's files.
        headers: added to all responses, overriding headers of the same name, like the distribution's policy.
        address: URL of the page, without a trailing slash. Requests for the page at `localhost` are
            redirected to it, because the uploads bucket accepts cross-origin requests from this origin only.
    """
    for suffix, content_type in CONTENT_TYPES.items():
        mimetypes.add_type(content_type, suffix)
    files = Mount("/", PageFiles(directory=folder, html=True))
    page = Starlette(routes=[files], middleware=[Middleware(GZipMiddleware)])
    alias = f"localhost:{address.rpartition(':')[2]}"

    async def site(scope: Scope, receive: Receive, send: Send) -> None:
        is_api = scope["path"].startswith("/api/")

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                response_headers = MutableHeaders(scope=message)
                response_headers.update(headers)
                if not is_api:
                    response_headers["Cache-Control"] = "no-cache"
            await send(message)

        if not is_api and Headers(scope=scope).get("host") == alias:
            location = URL(scope=scope).replace(netloc=address.partition("//")[2])
            await RedirectResponse(location)(scope, receive, send)
        else:
            await (api if is_api else page)(scope, receive, send_with_headers)

    return site


def create_server(site: ASGIApp, address: str, port: int) -> uvicorn.Server:
    """A server for an application; `port` may be 0 for any that is free."""
    config = uvicorn.Config(
        site,
        host=address,
        port=port,
        lifespan="off",
        log_level="warning",
        server_header=False,
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=SHUTDOWN_SECONDS,
    )
    return uvicorn.Server(config)


def main(port: int, description_path: Path) -> None:
    """Serve until the process is terminated."""
    end_with_parent()
    settings = Settings.from_environment()
    people = None if settings.people == "embedded" else PeopleDirectory.connect(settings)
    api = create_app(settings, AwsResultRepository.connect(settings), people)
    headers = Description.read(description_path).headers
    site = create_site(api, REPOSITORY / "static_site", headers, f"http://{HOST}:{port}")
    served = host.choose(os.environ)
    if served.token:
        site = Gateway(site, os.environ["AWS_ENDPOINT_URL"], served.token, settings)
    else:
        site = ThisMachineOnly(site)
    create_server(site, served.address, port).run()


if __name__ == "__main__":
    main(int(sys.argv[1]), Path(sys.argv[2]))
