"""brain id s3://BUCKET/KEY: the result id of an object in the uploads bucket."""

from __future__ import annotations

import argparse
import sys
from typing import Any

from brain.cloud.uploads import id_of_object
from brain.commands.aws import CloudError, add_endpoint, connect, reported_errors
from brain.commands.terminal import UNAVAILABLE, USAGE_ERROR, complain


def register(commands: Any) -> None:
    """Add the command to the parser's subcommands."""
    parser = commands.add_parser("id", help="print the result id of an object in the uploads bucket")
    parser.add_argument("object", metavar="s3://BUCKET/KEY")
    parser.add_argument("--etag", help="the object's ETag; default: ask the bucket")
    add_endpoint(parser)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Print the id.

    Returns:
        0, 64 for a malformed address, or 69 when the bucket does not answer.
    """
    scheme, _, rest = options.object.partition("://")
    bucket, _, key = rest.partition("/")
    if scheme != "s3" or not bucket or not key:
        print(f"brain id: {options.object!r} is not of the form s3://BUCKET/KEY", file=sys.stderr)
        return USAGE_ERROR
    try:
        etag = options.etag or head_etag(bucket, key, options.endpoint_url)
    except CloudError as error:
        return complain(f"brain id: {error}", error.hint, UNAVAILABLE)
    print(id_of_object(bucket, key, etag))
    return 0


def head_etag(bucket: str, key: str, endpoint_url: str | None) -> str:
    """The ETag of an S3 object.

    Raises:
        CloudError: AWS cannot be used, or the request failed.
    """
    s3 = connect("s3", endpoint_url)
    with reported_errors():
        etag: str = s3.head_object(Bucket=bucket, Key=key)["ETag"]
    return etag
