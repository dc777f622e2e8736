"""A process that serves S3, SQS and DynamoDB in memory on a single port (moto)."""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from io import BytesIO
from typing import Any
from wsgiref.types import WSGIApplication

from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server
from werkzeug.test import run_wsgi_app

from infra.local.atomic import Atomic, queues_that_wait
from infra.local.environment import HOST
from infra.local.origins import OwnPageOnly
from infra.local.parent_process import end_with_parent

NO_BODY = (204, 304)


class Dispatcher(DomainDispatcherApplication):
    """Remembers the service of each host, because moto searches its own folders for every request."""

    def __init__(self) -> None:
        super().__init__(create_backend_app)
        self.get_backend_for_host: Any = cache(super().get_backend_for_host)


class PersistentHandler(WSGIRequestHandler):
    """Keeps connections open between requests, which werkzeug's own handler closes after each response.

    A request's body is read before the application runs, so that no part of it is taken for the next request.
    """

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1  # sends headers and body in one packet

    def handle_expect_100(self) -> bool:
        """Ask for the body at once: the buffer would only reach the client with the response."""
        goes_on = super().handle_expect_100()
        self.wfile.flush()
        return goes_on

    def run_wsgi(self) -> None:
        """Answer one request."""
        environ = self.make_environ()
        is_chunked = environ.get("wsgi.input_terminated", False)
        length = -1 if is_chunked else int(environ.get("CONTENT_LENGTH") or 0)
        environ["wsgi.input"] = BytesIO(environ["wsgi.input"].read(length))
        chunks, status, headers = run_wsgi_app(self.server.app, environ, buffered=True)
        body = b"".join(chunks)
        code, _, reason = status.partition(" ")
        if self.command != "HEAD" and int(code) not in NO_BODY:
            headers["Content-Length"] = str(len(body))
        self.send_response(int(code), reason)
        for name, value in headers:
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)


def create_server(port: int, application: WSGIApplication) -> BaseWSGIServer:
    """A server that answers each connection in a thread of its own.

    Args:
        port: 0 for any that is free.
        application: what is served.
    """
    return make_server(HOST, port, application, threaded=True, request_handler=PersistentHandler)


@contextmanager
def storage_server(port: int, page: str | None = None) -> Iterator[BaseWSGIServer]:
    """The storage server.

    Args:
        port: 0 for any that is free.
        page: origin of the page, the only website that may send requests.
    """
    with queues_that_wait():
        yield create_server(port, OwnPageOnly(Atomic(Dispatcher()), page))


def main(port: int, page: str | None = None) -> None:
    """Serve until the process is terminated."""
    end_with_parent()
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    with storage_server(port, page) as server:
        server.serve_forever()


if __name__ == "__main__":
    main(int(sys.argv[1]), *sys.argv[2:])
