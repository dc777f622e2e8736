"""The address that the local stack listens on, and the token that writing requires on a network."""

from __future__ import annotations

import ipaddress
import secrets
import socket
from collections.abc import Mapping
from dataclasses import dataclass, field

from infra.local.environment import HOST

VARIABLE = "HOST"
TOKEN_VARIABLE = "BRAIN_TOKEN"
SHORTEST_TOKEN = 16
TOKEN_BYTES = 16


class InvalidHost(ValueError):
    """`HOST` or `BRAIN_TOKEN` cannot be used; the message says what to change."""


@dataclass(frozen=True)
class Host:
    """Where page and API are served.

    Attributes:
        address: IPv4 address to listen on.
        token: required for writing; None if only this machine is served, without a proxy.
        shown_token: what is printed instead. A token that the user set is not printed, because output may end
            up in logs.
    """

    address: str = HOST
    token: str | None = None
    shown_token: str | None = field(default=None, compare=False)

    @property
    def name(self) -> str:
        """A name by which others on the network can reach this machine."""
        return socket.gethostname() if self.address == "0.0.0.0" else self.address

    def environment(self) -> dict[str, str]:
        """Variables for the process that serves page and API; see `choose`."""
        return {VARIABLE: self.address, TOKEN_VARIABLE: self.token or ""}


def choose(environ: Mapping[str, str]) -> Host:
    """Read `HOST` and `BRAIN_TOKEN`.

    By default the token is random, and there is none on a loopback address. Setting one there serves others
    through a proxy on this machine.

    Raises:
        InvalidHost: `HOST` is not an IPv4 address, or the token is too short or has unusual characters.
    """
    text = environ.get(VARIABLE) or HOST
    try:
        address = ipaddress.IPv4Address(text)
    except ValueError:
        raise InvalidHost(
            f"{VARIABLE} is {text!r}. It must be an IPv4 address: 0.0.0.0 serves every network that this "
            f"machine is connected to, {HOST} this machine alone."
        ) from None
    own = environ.get(TOKEN_VARIABLE)
    if address.is_loopback and not own:
        return Host(text)
    token = own or secrets.token_urlsafe(TOKEN_BYTES)
    plain = token.replace("-", "").replace("_", "")
    if len(token) < SHORTEST_TOKEN or not (plain.isascii() and plain.isalnum()):
        raise InvalidHost(
            f"{TOKEN_VARIABLE} must have at least {SHORTEST_TOKEN} letters, digits, hyphens and underscores."
        )
    return Host(text, token, f"${TOKEN_VARIABLE}" if own else token)
