"""Makes Moto serve one request at a time.

S3, SQS and DynamoDB check a condition and write atomically. Moto does so in several steps, without a lock:
two threads with the same condition may both write, and a reader may see half a row.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from threading import Condition, RLock
from typing import Any
from unittest.mock import patch
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from moto import mock_aws
from moto.core.models import botocore_stubber
from moto.sqs import models as sqs
from werkzeug.test import run_wsgi_app

# One lock for all services, since S3 writes to queues.
_lock = RLock()


class Atomic:
    """WSGI middleware that lets the application answer one request at a time."""

    def __init__(self, application: WSGIApplication) -> None:
        self._application = application

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer one request."""
        with _lock:
            chunks, status, headers = run_wsgi_app(self._application, environ, buffered=True)
        start_response(status, headers.to_wsgi_list())
        return chunks


@contextmanager
def queues_that_wait() -> Iterator[None]:
    """Within the block, queues are created that let other requests in while they wait for messages."""
    with patch.object(sqs, "Condition", partial(Condition, _lock)):
        yield


@contextmanager
def atomic_aws() -> Iterator[None]:
    """Moto's `mock_aws` for clients in several threads."""
    process_request = botocore_stubber.process_request

    def process(request: Any) -> Any:
        with _lock:
            return process_request(request)

    with queues_that_wait(), mock_aws(), patch.object(botocore_stubber, "process_request", process):
        yield
