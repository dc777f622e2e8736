"""Connects the commands to AWS, and reports its errors."""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from brain.core.errors import HintedError

ENDPOINT_VARIABLES = {"s3": "AWS_ENDPOINT_URL_S3", "sqs": "AWS_ENDPOINT_URL_SQS"}
LOCAL_REGION = "us-east-1"
ATTEMPTS = 8
CONNECTIONS = 32


class CloudError(HintedError):
    """AWS cannot be used."""


def add_endpoint(parser: argparse.ArgumentParser) -> None:
    """Add the option for an endpoint other than AWS."""
    parser.add_argument(
        "--endpoint-url", metavar="URL", help="default: AWS_ENDPOINT_URL; locally http://127.0.0.1:9000"
    )


def connect(service: str, endpoint_url: str | None) -> Any:
    """A boto3 client. The local stack accepts any credentials, so none need to be configured for it.

    Args:
        service: `s3` or `sqs`.
        endpoint_url: an endpoint other than AWS; None takes it from the environment.

    Raises:
        CloudError: boto3 is not installed, or is not configured.
    """
    try:
        import boto3
        from botocore.config import Config
    except ImportError as error:
        raise CloudError("boto3 is not installed.", "pip install 'brain-faces[cloud]'") from error
    endpoint_url = endpoint_url or next(
        filter(None, map(os.environ.get, (ENDPOINT_VARIABLES[service], "AWS_ENDPOINT_URL"))), None
    )
    with reported_errors():
        session = boto3.Session()
        if endpoint_url:
            given = session.get_credentials() is not None
            session = boto3.Session(
                aws_access_key_id=None if given else "local",
                aws_secret_access_key=None if given else "local",
                region_name=session.region_name or LOCAL_REGION,
            )
        config = Config(
            s3={"addressing_style": "path" if endpoint_url else "auto"},
            retries={"mode": "standard", "max_attempts": ATTEMPTS},
            max_pool_connections=CONNECTIONS,
        )
        create: Any = session.client
        return create(service, endpoint_url=endpoint_url, config=config)


@contextmanager
def reported_errors() -> Iterator[None]:
    """Convert the errors of AWS to `CloudError`.

    Raises:
        CloudError: a request failed.
    """
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        yield
    except (BotoCoreError, ClientError) as error:
        hint = "Check the names, your credentials and permissions, AWS_DEFAULT_REGION and --endpoint-url."
        raise CloudError(str(error), hint) from error
