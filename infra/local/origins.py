"""Keeps other websites that are open in the user's browser away from the local stack.

Any website can make the browser send requests to this machine. What they read and change is limited by where
they come from (`Origin`), and, in case its name was pointed at this machine meanwhile, by the name that the
browser asked for (`Host`). Programs send no `Origin`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

# A bucket's name may precede that of the machine.
THIS_MACHINE = re.compile(r"(127(\.\d{1,3}){3}|([\w.-]+\.)?localhost)(:\d+)?", re.ASCII | re.IGNORECASE)
REFUSAL = "Only programs on this machine and BRAIN's own page may ask for this."
OTHER_NAME = (
    "BRAIN serves this machine alone. Open it as http://127.0.0.1 or http://localhost with its port, or "
    "start it with HOST=0.0.0.0 or a BRAIN_TOKEN: docs/hosting.md."
)


def is_this_machine(host: str) -> bool:
    """Whether a `Host` header names the loopback interface."""
    return THIS_MACHINE.fullmatch(host) is not None


class OwnPageOnly:
    """WSGI middleware of the storage server: of all websites, only the page may send requests.

    Args:
        application: what is served.
        page: origin of the page; None refuses every website.
    """

    def __init__(self, application: WSGIApplication, page: str | None) -> None:
        self._application = application
        self._page = page

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer one request."""
        origin = environ.get("HTTP_ORIGIN")
        if is_this_machine(environ.get("HTTP_HOST", "")) and origin in (None, self._page):
            return self._application(environ, start_response)
        start_response("403 Forbidden", [("Content-Type", "text/plain")])
        return [REFUSAL.encode()]


class ThisMachineOnly:
    """ASGI middleware of page and API where they need no token: no other name may lead to them."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        is_refused = scope["type"] == "http" and not is_this_machine(Headers(scope=scope).get("host", ""))
        await (PlainTextResponse(OTHER_NAME, 403) if is_refused else self._app)(scope, receive, send)
