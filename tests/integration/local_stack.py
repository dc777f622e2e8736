"""Helpers for tests of the local stack."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Thread
from typing import Any, Literal

import boto3
import urllib3
import uvicorn
from werkzeug.serving import BaseWSGIServer

from infra.local import environment, ports
from infra.local.ports import Ports
from infra.local.storage import storage_server

PATIENCE = 120.0  # seconds, for a machine that is busy with other things
# A user's own AWS settings, which the stack must ignore.
OWN = {
    "AWS_PROFILE": "no-such-profile",
    "AWS_ACCESS_KEY_ID": "real",
    "AWS_ENDPOINT_URL_S3": "http://127.0.0.1:1",
}


def free_ports() -> Ports:
    """Two unused ports."""
    return Ports(*ports.free(2))


def client(service: Literal["dynamodb", "s3", "sqs"], endpoint: str) -> Any:
    session = boto3.Session("local", "local", region_name=environment.REGION)
    return session.client(service, endpoint_url=endpoint)


def wait_for(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)


@contextmanager
def serving(server: BaseWSGIServer) -> Iterator[str]:
    """Run a server in a thread; yields its URL."""
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://{environment.HOST}:{server.port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@contextmanager
def serving_site(server: uvicorn.Server) -> Iterator[str]:
    """Run the page's server in a thread; yields its URL."""
    thread = Thread(target=server.run)
    thread.start()
    wait_for(lambda: server.started)
    host, port = server.servers[0].sockets[0].getsockname()
    try:
        yield f"http://{host}:{port}"
    finally:
        server.should_exit = True
        thread.join()


@contextmanager
def serving_storage() -> Iterator[str]:
    """Run an empty storage server in a thread; yields its URL."""
    with storage_server(0) as server, serving(server) as endpoint:
        urllib3.request("POST", f"{endpoint}/moto-api/reset")
        yield endpoint
