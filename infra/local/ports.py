"""Chooses the two ports of the local stack, and checks that they are free."""

from __future__ import annotations

import http.client
import os
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import count as counter
from itertools import islice

from infra.local.environment import HOST

DEFAULTS = {"PORT": 8000, "S3_PORT": 9000}
# Where free ports are looked for: blocks below 32,768, where Linux begins to choose ports for connections.
_FIRST, _BLOCK, _BLOCKS = 20_000, 40, 300
_choices = counter()


class InvalidPort(ValueError):
    """A port cannot be used; the message says what to change."""


@dataclass(frozen=True)
class Ports:
    """`page` serves the page and the API; `storage` serves S3, SQS and DynamoDB."""

    page: int
    storage: int

    @property
    def page_url(self) -> str:
        """URL of page and API, without a trailing slash."""
        return f"http://{HOST}:{self.page}"

    @property
    def endpoint(self) -> str:
        """URL of the storage server, without a trailing slash."""
        return f"http://{HOST}:{self.storage}"


def choose(environ: Mapping[str, str], host: str = HOST) -> Ports:
    """Read `PORT` and `S3_PORT`, or use their defaults.

    Args:
        environ: environment variables.
        host: address that the page is served on.

    Raises:
        InvalidPort: not a port number, both the same, or in use.
    """
    page, storage = (_number(name, environ.get(name) or str(default)) for name, default in DEFAULTS.items())
    if page == storage:
        raise InvalidPort(f"PORT and S3_PORT are both {page}. Choose different ports.")
    for name, address, port in (("PORT", host, page), ("S3_PORT", HOST, storage)):
        _check_free(name, address, port)
    return Ports(page, storage)


def free(count: int) -> list[int]:
    """Ports that nothing listens on.

    Systems give no connection a port of that range by themselves, and each process chooses from a block of
    its own, so that nothing takes a port between the choice and its use.
    """
    block = _FIRST + os.getpid() % _BLOCKS * _BLOCK
    ports = (block + next(_choices) % _BLOCK for _ in range(_BLOCK))
    chosen = list(islice(filter(_is_free, ports), count))
    if len(chosen) < count:
        raise InvalidPort(f"Of the ports {block} to {block + _BLOCK - 1}, {len(chosen)} are free.")
    return chosen


def _is_free(port: int) -> bool:
    try:
        _check_free("PORT", HOST, port)
    except InvalidPort:
        return False
    return True


def answers(port: int, path: str, host: str = HOST) -> bool:
    """Whether an HTTP server on the port responds to a GET request with success."""
    connection = http.client.HTTPConnection(host, port, timeout=5)
    try:
        connection.request("GET", path)
        return connection.getresponse().status < 400
    except OSError:
        return False
    finally:
        connection.close()


def _number(name: str, text: str) -> int:
    if not text.isascii() or not text.isdigit() or not 0 < int(text) < 65536:
        raise InvalidPort(f"{name} is {text!r}. It must be a number from 1 to 65535.")
    return int(text)


def _check_free(name: str, address: str, port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((address, port))
        except OSError as error:
            raise InvalidPort(
                f"Port {port} cannot be used: {error.strerror}. Stop the program that uses it, or choose "
                f"another port, for instance: {name}={_another(port)} make start"
            ) from None


def _another(port: int) -> int:
    return port + 100 if port + 100 < 65536 else port - 100
