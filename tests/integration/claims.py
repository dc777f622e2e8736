"""Shortcuts for claiming and finishing photos in tests of the repository."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import md5
from typing import Any

import boto3

from brain.cloud.repository import AwsResultRepository
from brain.cloud.status_rows import Claim, Outcome
from brain.core.results import Problem, Result, Source, Status
from tests.fakes import PAGE_ID
from tests.results import done_result

FILES = {"cropped.jpg": b"crop", "gc_map_12.png": b"map"}
STORED = [f"results/{PAGE_ID}/{name}" for name in ("cropped.jpg", "gc_map_12.png", "result.json")]
LONG = 3600.0
DEFAULT_PHOTO = b"photo"


def place(key: str = "inbox/photo.jpg", etag: str = md5(DEFAULT_PHOTO).hexdigest()) -> Source:
    return Source(bucket="brain-uploads", key=key, etag=etag)


def claimed(
    repository: AwsResultRepository,
    upload_id: str = PAGE_ID,
    source: Source | None = None,
    after: float = LONG,
    message: str = "",
) -> Claim:
    """Claim a photo. Without a source, it is the default photo, which only exists during the claim."""
    if source is None:
        with default_photo() as source:
            return claimed(repository, upload_id, source, after, message)
    claim = repository.claim(upload_id, source, after, message)
    assert claim is not None
    return claim


@contextmanager
def default_photo() -> Iterator[Source]:
    s3: Any = boto3.client("s3")
    source = place()
    s3.put_object(Bucket=source.bucket, Key=source.key, Body=DEFAULT_PHOTO)
    yield source
    s3.delete_object(Bucket=source.bucket, Key=source.key)


def failed(claim: Claim, reason: str = "no-face", code: int = 3) -> Result:
    problem = Problem(code=code, message="m", reason=reason, hint="h")
    return Result(id=claim.id, status=Status.FAILED, created_at=claim.created_at, error=problem)


def finished(repository: AwsResultRepository, claim: Claim) -> bool:
    return repository.finish(claim, Outcome(done_result(claim.id, claim.created_at, place()), FILES))
