"""Shortcuts for claiming and finishing photos in tests of the repository."""

from __future__ import annotations

from hashlib import md5
from typing import Any

import boto3

from brain.cloud.repository import AwsResultRepository
from brain.cloud.status_rows import Claim, Outcome
from brain.core.results import Problem, Result, Source, Status
from tests.fakes import PAGE_ID, done_result

FILES = {"cropped.jpg": b"crop", "gc_map_12.png": b"map"}
STORED = [f"results/{PAGE_ID}/{name}" for name in ("cropped.jpg", "gc_map_12.png", "result.json")]
LONG = 3600.0
PHOTO_MEANWHILE = b"photo"


def place(key: str = "inbox/photo.jpg", etag: str = md5(PHOTO_MEANWHILE).hexdigest()) -> Source:
    return Source(bucket="brain-uploads", key=key, etag=etag)


def claimed(
    repository: AwsResultRepository,
    upload_id: str = PAGE_ID,
    source: Source | None = None,
    after: float = LONG,
) -> Claim:
    """Claim a photo; the default one exists only meanwhile."""
    s3: Any = boto3.client("s3")
    where = {"Bucket": place().bucket, "Key": place().key}
    if source is None:
        s3.put_object(**where, Body=PHOTO_MEANWHILE)
    claim = repository.claim(upload_id, source or place(), after)
    if source is None:
        s3.delete_object(**where)
    assert claim is not None
    return claim


def failed(claim: Claim, reason: str = "no-face", code: int = 3) -> Result:
    problem = Problem(code=code, message="m", reason=reason, hint="h")
    return Result(id=claim.id, status=Status.FAILED, created_at=claim.created_at, error=problem)


def finished(repository: AwsResultRepository, claim: Claim) -> bool:
    return repository.finish(claim, Outcome(done_result(claim.id, claim.created_at, place()), FILES))
