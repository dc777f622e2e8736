"""In-memory AWS with the buckets and the table of the template."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import boto3
import pytest

from brain.cloud.repository import AwsResultRepository
from brain.cloud.status_table import StatusTable
from brain.cloud.uploads import upload_key
from brain.core.results import Source
from brain.core.settings import Settings
from infra.local.atomic import atomic_aws
from tests.integration.local_stack import serving_storage

REGION = "eu-central-1"
ENDPOINTS = ("AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL_DYNAMODB", "AWS_PROFILE")


@dataclass(frozen=True)
class Cloud:
    """Direct access to the services, for assertions."""

    settings: Settings
    s3: Any
    dynamodb: Any

    def drop(self, key: str, data: bytes, metadata: dict[str, str] | None = None) -> str:
        """Put a photo into the uploads bucket and return its ETag without quotes."""
        bucket = self.settings.uploads_bucket
        etag: str = self.s3.put_object(Bucket=bucket, Key=key, Body=data, Metadata=metadata or {})["ETag"]
        return etag.strip('"')

    def announce(self, upload_id: str) -> None:
        """Create the row that the API creates for an upload through the page."""
        source = Source(bucket=self.settings.uploads_bucket, key=upload_key(upload_id))
        StatusTable(self.dynamodb, self.settings.table, days=1).create(upload_id, source)

    def photos(self) -> list[str]:
        """The keys in the uploads bucket."""
        return self._keys(self.settings.uploads_bucket)

    def files(self) -> list[str]:
        """The keys in the results bucket."""
        return self._keys(self.settings.results_bucket)

    def rows(self) -> list[dict[str, Any]]:
        """All rows in DynamoDB's format."""
        items: list[dict[str, Any]] = self.dynamodb.scan(TableName=self.settings.table)["Items"]
        return items

    def _keys(self, bucket: str) -> list[str]:
        return [entry["Key"] for entry in self.s3.list_objects_v2(Bucket=bucket).get("Contents", [])]


@pytest.fixture
def credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    """Credentials of nobody."""
    for name in ENDPOINTS:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", REGION)


@pytest.fixture
def cloud(credentials: None) -> Iterator[Cloud]:
    """Empty buckets and an empty table."""
    with atomic_aws():
        yield _create_cloud()


@pytest.fixture
def served_cloud(credentials: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[Cloud]:
    """Empty buckets and an empty table on the local stack's storage server."""
    with serving_storage() as endpoint:
        monkeypatch.setenv("AWS_ENDPOINT_URL", endpoint)
        yield _create_cloud()


def _create_cloud() -> Cloud:
    cloud = Cloud(Settings(max_bytes=1000), boto3.client("s3"), boto3.client("dynamodb"))
    for bucket in (cloud.settings.uploads_bucket, cloud.settings.results_bucket):
        cloud.s3.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": REGION})
    cloud.dynamodb.create_table(
        TableName=cloud.settings.table,
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    return cloud


@pytest.fixture
def repository(cloud: Cloud) -> AwsResultRepository:
    """The real repository on the in-memory services."""
    return AwsResultRepository.connect(cloud.settings, {})
