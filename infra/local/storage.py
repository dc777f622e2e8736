"""Process: S3, SQS and DynamoDB in memory on a single port (moto)."""

from __future__ import annotations

import logging
import sys
from functools import cache
from typing import Any

from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
from werkzeug.serving import WSGIRequestHandler, make_server

from infra.local.environment import HOST
from infra.local.parent_process import end_with_parent


class Dispatcher(DomainDispatcherApplication):
    """Finds the service of a host once. moto looks through its own folders for every request."""

    def __init__(self) -> None:
        super().__init__(create_backend_app)
        self.get_backend_for_host: Any = cache(super().get_backend_for_host)


class NoDelayHandler(WSGIRequestHandler):
    """Disables Nagle's algorithm, which delays the rest of a response until the client's ACK."""

    disable_nagle_algorithm = True


def main(port: int) -> None:
    """Serve until the process is terminated."""
    end_with_parent()
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    make_server(HOST, port, Dispatcher(), threaded=True, request_handler=NoDelayHandler).serve_forever()


if __name__ == "__main__":
    main(int(sys.argv[1]))
