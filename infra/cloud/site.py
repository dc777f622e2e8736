"""Uploads the page's files to their bucket and invalidates CloudFront's cache."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from infra.media import BROTLI_TYPES, CONTENT_TYPES, compressed

# Modules import each other by names without versions, and a browser must never mix old and new ones, so it
# revalidates them on each load. Images and fonts may be a day old.
REVALIDATED = "no-cache"
CACHED = "public, max-age=86400"
CACHED_TYPES = ("image/", "font/")


def files(folder: Path) -> Iterator[Path]:
    """The files that make up the page."""
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not path.name.startswith("."):
            yield path


def headers(path: Path) -> dict[str, str]:
    """The headers to store with a file, as parameters of S3's PutObject.

    Raises:
        ValueError: the content type of the file is unknown.
    """
    content_type = CONTENT_TYPES.get(path.suffix)
    if content_type is None:
        raise ValueError(f"the content type of {path.name} is unknown; add {path.suffix} to infra/media.py")
    is_text = content_type.startswith("text/") or content_type == "application/json"
    return {
        "ContentType": f"{content_type}; charset=utf-8" if is_text else content_type,
        "CacheControl": CACHED if content_type.startswith(CACHED_TYPES) else REVALIDATED,
        **({"ContentEncoding": "br"} if path.suffix in BROTLI_TYPES else {}),
    }


def upload(s3: Any, bucket: str, folder: Path) -> int:
    """Make the bucket contain exactly the page. HTML comes last, so that what it references exists first.

    Returns:
        The number of files.
    """
    page = sorted(files(folder), key=lambda path: path.suffix == ".html")
    keys = {path.relative_to(folder).as_posix(): path for path in page}
    for key, path in keys.items():
        s3.put_object(Bucket=bucket, Key=key, Body=compressed(path) or path.read_bytes(), **headers(path))
    for stored_key in stored_keys(s3, bucket):
        if stored_key not in keys:
            s3.delete_object(Bucket=bucket, Key=stored_key)
    return len(keys)


def stored_keys(s3: Any, bucket: str) -> Iterator[str]:
    """All keys in a bucket."""
    for page in s3.get_paginator("list_objects_v2").paginate(Bucket=bucket):
        for entry in page.get("Contents", []):
            yield entry["Key"]


def invalidate(cloudfront: Any, distribution: str) -> None:
    """Invalidate all of CloudFront's cached copies."""
    cloudfront.create_invalidation(
        DistributionId=distribution,
        InvalidationBatch={"Paths": {"Quantity": 1, "Items": ["/*"]}, "CallerReference": str(uuid.uuid4())},
    )
