"""boto3 clients, created on first use."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from threading import Lock
from typing import Any

import boto3
from botocore.config import Config

from brain import __version__

# As many as the API has threads: each request beyond the pool's size would open a new connection.
CONNECTIONS = 40
# botocore's own are 60 seconds. Lambda ends the API's function after 10, and a request on a connection that
# fell silent must be repeated before.
CONNECT_SECONDS = 3
READ_SECONDS = 6
# botocore's own has more than ten parts, and assembling them takes a fifth of a request's processor time.
USER_AGENT = f"brain/{__version__}"
ENDPOINT_VARIABLES = ("AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL")


class LazyClient:
    """Creates a boto3 client on first use, because that takes longer than most API requests.

    Thread-safe: boto3 clients may be used from several threads, but must not be created in several at once.
    """

    _creation_lock = Lock()

    def __init__(self, create: Callable[[], Any]) -> None:
        self._create = create
        self._client: Any = None

    def __getattr__(self, name: str) -> Any:
        with self._creation_lock:
            if self._client is None:
                self._client = self._create()
        return getattr(self._client, name)


def s3_client(environ: Mapping[str, str] | None = None) -> Any:
    """An S3 client for the endpoint that the environment configures.

    Local endpoints have no host name per bucket, so they need path-style addresses. On AWS, a presigned POST
    must name the bucket's regional host: for a new bucket, S3 answers requests to other hosts with a
    redirect.

    Args:
        environ: environment variables; the process's own by default.
    """
    values = os.environ if environ is None else environ
    is_local = any(values.get(name) for name in ENDPOINT_VARIABLES)
    style = {"addressing_style": "path" if is_local else "virtual"}
    config = _config(signature_version="s3v4", s3=style)
    return LazyClient(lambda: boto3.client("s3", config=config))


def dynamodb_client() -> Any:
    """A DynamoDB client."""
    config = _config()
    return LazyClient(lambda: boto3.client("dynamodb", config=config))


def _config(**options: Any) -> Config:
    """The configuration of a client, with options of its own."""
    return Config(
        connect_timeout=CONNECT_SECONDS,
        read_timeout=READ_SECONDS,
        max_pool_connections=CONNECTIONS,
        user_agent=USER_AGENT,
        **options,
    )
