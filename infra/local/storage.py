"""Process: S3, SQS and DynamoDB on one port, in memory (moto)."""

from __future__ import annotations

import logging
import sys

from moto.server import DomainDispatcherApplication, create_backend_app
from werkzeug.serving import WSGIRequestHandler, make_server

from infra.local import lifeline
from infra.local.environment import HOST


class PromptHandler(WSGIRequestHandler):
    """Sends each piece of an answer at once; else it would wait until the client confirmed the last one."""

    disable_nagle_algorithm = True


def main(port: int) -> None:
    """Serve until the process is told to end."""
    lifeline.hold()
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    application = DomainDispatcherApplication(create_backend_app)
    make_server(HOST, port, application, threaded=True, request_handler=PromptHandler).serve_forever()


if __name__ == "__main__":
    main(int(sys.argv[1]))
