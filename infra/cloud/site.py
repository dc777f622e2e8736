"""The page's files in their bucket, and CloudFront told of it."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from infra.media import CONTENT_TYPES

# Modules name each other without versions, so a browser must never mix old ones with new ones: it asks
# each time, and is told "unchanged" in most cases. Pictures may be a day old.
REVALIDATED = "no-cache"
KEPT = "public, max-age=86400"
KEPT_TYPES = ("image/", "font/")


def files(folder: Path) -> Iterator[Path]:
    """The files that belong to the page."""
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not path.name.startswith("."):
            yield path


def headers(path: Path) -> dict[str, str]:
    """The headers that a file is served with, under S3's names.

    Raises:
        ValueError: a file of a kind that nobody has thought of.
    """
    kind = CONTENT_TYPES.get(path.suffix)
    if kind is None:
        raise ValueError(f"the content type of {path.name} is not known; add {path.suffix} to infra/media.py")
    text = kind.startswith("text/") or kind == "application/json"
    return {
        "ContentType": f"{kind}; charset=utf-8" if text else kind,
        "CacheControl": KEPT if kind.startswith(KEPT_TYPES) else REVALIDATED,
    }


def upload(s3: Any, bucket: str, folder: Path) -> int:
    """Make the bucket hold exactly the page: pages last, so that what they name is there before them.

    Returns:
        How many files the page has.
    """
    page = sorted(files(folder), key=lambda path: path.suffix == ".html")
    keys = {path.relative_to(folder).as_posix(): path for path in page}
    for key, path in keys.items():
        s3.put_object(Bucket=bucket, Key=key, Body=path.read_bytes(), **headers(path))
    for old in stored(s3, bucket):
        if old not in keys:
            s3.delete_object(Bucket=bucket, Key=old)
    return len(keys)


def stored(s3: Any, bucket: str) -> Iterator[str]:
    """The keys in a bucket."""
    for page in s3.get_paginator("list_objects_v2").paginate(Bucket=bucket):
        for entry in page.get("Contents", []):
            yield entry["Key"]


def invalidate(cloudfront: Any, distribution: str) -> None:
    """Let CloudFront forget its copies of the page."""
    cloudfront.create_invalidation(
        DistributionId=distribution,
        InvalidationBatch={"Paths": {"Quantity": 1, "Items": ["/*"]}, "CallerReference": str(uuid.uuid4())},
    )
