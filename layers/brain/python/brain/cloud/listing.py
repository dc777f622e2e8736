"""Lists and deletes the objects of a bucket under a prefix."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any


def pages_of_keys(s3: Any, bucket: str, prefix: str) -> Iterator[list[str]]:
    """The keys under a prefix, at most 1,000 at a time."""
    for page in s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix):
        if "Contents" in page:
            yield [entry["Key"] for entry in page["Contents"]]


def delete_all(s3: Any, bucket: str, prefix: str) -> None:
    """Delete every object under a prefix.

    Raises:
        RuntimeError: S3 did not delete some of them; the message contains their number and the first error
            code.
    """
    for keys in pages_of_keys(s3, bucket, prefix):
        objects = {"Objects": [{"Key": key} for key in keys], "Quiet": True}
        errors = s3.delete_objects(Bucket=bucket, Delete=objects).get("Errors", [])
        if errors:
            raise RuntimeError(f"{len(errors)} files could not be deleted: {errors[0].get('Code')}")
