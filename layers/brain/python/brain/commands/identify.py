"""brain id s3://BUCKET/KEY: the result id of an object in the uploads bucket."""

from __future__ import annotations

import argparse
import sys
from typing import Any

from brain.cloud.uploads import id_of_object
from brain.commands.terminal import USAGE_ERROR, complain


def register(commands: Any) -> None:
    """Add the command to the parser's subcommands."""
    parser = commands.add_parser("id", help="print the result id of an object in the uploads bucket")
    parser.add_argument("object", metavar="s3://BUCKET/KEY")
    parser.add_argument("--etag", help="the object's ETag; default: ask the bucket")
    parser.add_argument("--endpoint-url", help="default: AWS_ENDPOINT_URL_S3; locally http://127.0.0.1:9000")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Print the id.

    Returns:
        0, 1 when the bucket does not answer, or 64 for a malformed address.
    """
    scheme, _, rest = options.object.partition("://")
    bucket, _, key = rest.partition("/")
    if scheme != "s3" or not bucket or not key:
        print(f"brain id: {options.object!r} is not of the form s3://BUCKET/KEY", file=sys.stderr)
        return USAGE_ERROR
    try:
        etag = options.etag or head_etag(bucket, key, options.endpoint_url)
    except OSError as error:
        return complain(f"brain id: {error}", "Check the key and your permission to read it.", 1)
    print(id_of_object(bucket, key, etag))
    return 0


def head_etag(bucket: str, key: str, endpoint_url: str | None) -> str:
    """The ETag of an S3 object. The local stack accepts any credentials, so none need be configured for it.

    Raises:
        OSError: the request failed.
    """
    import boto3
    from botocore.config import Config
    from botocore.exceptions import BotoCoreError, ClientError

    session = boto3.Session()
    if endpoint_url and session.get_credentials() is None:
        session = boto3.Session(aws_access_key_id="local", aws_secret_access_key="local")
    config = Config(s3={"addressing_style": "path" if endpoint_url else "auto"})
    client = session.client("s3", endpoint_url=endpoint_url, config=config)
    try:
        return client.head_object(Bucket=bucket, Key=key)["ETag"]
    except (BotoCoreError, ClientError) as error:
        raise OSError(str(error)) from error
