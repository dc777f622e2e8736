"""The local stack's storage server over HTTP: connections that stay open."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from http.client import HTTPConnection
from wsgiref.types import StartResponse, WSGIEnvironment

import pytest

from infra.local.environment import HOST
from infra.local.storage import create_server
from tests.integration.local_stack import serving


def _application(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
    """Echoes request bodies, except at /unread; /none has no content, and HEAD announces 7 bytes."""
    if environ["REQUEST_METHOD"] == "HEAD":
        start_response("200 OK", [("Content-Length", "7")])
        return []
    if environ["PATH_INFO"] == "/none":
        start_response("204 No Content", [])
        return []
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [b"unread"] if environ["PATH_INFO"] == "/unread" else [b"got ", environ["wsgi.input"].read()]


@pytest.fixture
def connection() -> Iterator[HTTPConnection]:
    server = create_server(0, _application)
    with serving(server):
        client = HTTPConnection(HOST, server.port, timeout=120)
        client.connect()
        yield client
        client.close()


def _ask(connection: HTTPConnection, method: str, path: str, **options: object) -> bytes:
    socket = connection.sock
    connection.request(method, path, **options)  # type: ignore[arg-type]
    body = connection.getresponse().read()
    assert connection.sock is socket, "the connection was closed"
    return body


def test_a_connection_serves_many_requests(connection: HTTPConnection) -> None:
    assert _ask(connection, "POST", "/", body=b"one") == b"got one"
    assert _ask(connection, "GET", "/") == b"got "
    assert _ask(connection, "DELETE", "/none") == b""
    assert _ask(connection, "POST", "/", body=b"two") == b"got two"


def test_a_body_that_nobody_reads_is_not_taken_for_the_next_request(connection: HTTPConnection) -> None:
    assert _ask(connection, "PUT", "/unread", body=b"GET /secret HTTP/1.1\r\n\r\n" * 1000) == b"unread"
    assert _ask(connection, "PUT", "/", body=b"next") == b"got next"


def test_a_body_in_chunks_is_read_to_its_end(connection: HTTPConnection) -> None:
    chunks = iter([b"first, ", b"second"])

    assert _ask(connection, "PUT", "/", body=chunks, encode_chunked=True) == b"got first, second"
    assert _ask(connection, "PUT", "/", body=b"next") == b"got next"


def test_a_response_to_head_keeps_its_length_and_has_no_body(connection: HTTPConnection) -> None:
    connection.request("HEAD", "/")
    response = connection.getresponse()

    assert response.headers["Content-Length"] == "7"
    assert response.read() == b""
    assert _ask(connection, "POST", "/", body=b"next") == b"got next"


def test_a_client_that_waits_to_be_asked_for_the_body_is_asked_at_once(connection: HTTPConnection) -> None:
    """botocore waits a second before it sends the body all the same."""
    connection.putrequest("PUT", "/")
    connection.putheader("Expect", "100-continue")
    connection.putheader("Content-Length", "4")
    connection.endheaders()

    assert connection.sock.recv(100) == b"HTTP/1.1 100 Continue\r\n\r\n"

    connection.send(b"body")
    assert connection.getresponse().read() == b"got body"
