"""What the commands do with the buckets of a stack."""

from __future__ import annotations

import argparse
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from brain.commands.aws import add_endpoint, connect, reported_errors
from brain.core.results import Result, Status
from brain.core.settings import Settings


def add_buckets(parser: argparse.ArgumentParser) -> None:
    """Add the options that name the buckets and the endpoint."""
    default = "default: {}, or {}; the stack's output {}"
    uploads = default.format("BRAIN_UPLOADS_BUCKET", Settings.uploads_bucket, "UploadsBucketName")
    results = default.format("BRAIN_RESULTS_BUCKET", Settings.results_bucket, "ResultsBucketName")
    parser.add_argument("--bucket", metavar="NAME", help=f"bucket of the photos; {uploads}")
    parser.add_argument("--results-bucket", metavar="NAME", help=f"bucket of the results; {results}")
    add_endpoint(parser)


@dataclass(frozen=True)
class Buckets:
    """The uploads bucket and the results bucket. Thread-safe, as boto3 clients are.

    Attributes:
        settings: the names of the buckets.
        s3: boto3's client.
    """

    settings: Settings
    s3: Any

    @classmethod
    def connect(cls, options: argparse.Namespace) -> Buckets:
        """The buckets that the options or else the environment name.

        Raises:
            CloudError: boto3 is not installed, or cannot be configured.
        """
        settings = Settings.from_environment()
        named = {"uploads_bucket": options.bucket, "results_bucket": options.results_bucket}
        settings = replace(settings, **{field: name for field, name in named.items() if name})
        return cls(settings, connect("s3", options.endpoint_url))

    @property
    def uploads(self) -> str:
        """The name of the uploads bucket."""
        return self.settings.uploads_bucket

    def etags(self, prefix: str) -> dict[str, str]:
        """The ETags without quotes of the photos whose keys start with a prefix; folders are left out.

        Raises:
            CloudError: the bucket cannot be listed.
        """
        with reported_errors():
            pages = self.s3.get_paginator("list_objects_v2").paginate(Bucket=self.uploads, Prefix=prefix)
            entries = [entry for page in pages for entry in page.get("Contents", [])]
        return {entry["Key"]: entry["ETag"].strip('"') for entry in entries if entry["Key"][-1] != "/"}

    def drop(self, photo: Path, key: str, metadata: dict[str, str]) -> str:
        """Upload a photo, and return its ETag without quotes.

        Raises:
            OSError: the file cannot be read.
            CloudError: the upload failed.
        """
        with photo.open("rb") as file, reported_errors():
            answer = self.s3.put_object(Bucket=self.uploads, Key=key, Body=file, Metadata=metadata)
        return str(answer["ETag"]).strip('"')

    def finished(self, upload_id: str) -> Result | None:
        """The stored result of a photo; None until it is done or has failed.

        Raises:
            CloudError: the bucket cannot be read.
            ValueError: it is not a result that this version can read.
        """
        from brain.cloud.result_files import ResultsBucket

        with reported_errors():
            result = ResultsBucket(self.settings, self.s3).read(upload_id)
        return result if result is not None and result.status in (Status.DONE, Status.FAILED) else None

    def pictures(self, result: Result) -> dict[str, bytes]:
        """The pictures of a result by file name.

        Raises:
            CloudError: the bucket cannot be read.
        """
        from brain.cloud.result_files import ResultsBucket

        bucket = ResultsBucket(self.settings, self.s3)
        names = {Path(name).name for name in result.artifacts.values()}
        with reported_errors():
            files = {name: bucket.read_file(result.id, name) for name in sorted(names)}
        return {name: data for name, data in files.items() if data is not None}
