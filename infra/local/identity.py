"""What a resource is called on this machine: its `Ref` and its attributes, by type."""

from __future__ import annotations

import re
from dataclasses import dataclass

SITE_DOMAIN = "site.invalid"  # stands for the distribution's domain until the page's address replaces it


@dataclass(frozen=True)
class Place:
    """Where a stack stands.

    Attributes:
        endpoint: address of the storage server, without a slash at the end.
        page: address of the page, likewise.
    """

    stack_name: str
    region: str
    account: str
    endpoint: str
    page: str

    def pseudo_parameters(self) -> dict[str, str]:
        """CloudFormation's own parameters, as they are here."""
        return {
            "AWS::AccountId": self.account,
            "AWS::Partition": "aws",
            "AWS::Region": self.region,
            "AWS::StackName": self.stack_name,
            "AWS::URLSuffix": "amazonaws.com",
        }

    def local_address(self, text: str) -> str:
        """The text with the cloud's addresses of buckets and page replaced by those on this machine."""
        bucket_host = rf"https://[a-z0-9.-]+\.s3\.{re.escape(self.region)}\.amazonaws\.com"
        return re.sub(bucket_host, self.endpoint, text).replace(f"https://{SITE_DOMAIN}", self.page)


def physical_name(kind: str, logical_id: str, own_name: str | None, place: Place) -> str:
    """The name in the template, or else stack and logical id, as CloudFormation composes it."""
    composed = own_name or f"{place.stack_name}-{logical_id}"
    return composed.lower() if kind == "AWS::S3::Bucket" else composed


def reference(kind: str, logical_id: str, own_name: str | None, place: Place) -> str:
    """What `Ref` gives: a queue's URL, a bucket's or table's name, and else the logical id."""
    if kind == "AWS::SQS::Queue":
        return f"{place.endpoint}/{place.account}/{physical_name(kind, logical_id, own_name, place)}"
    if kind in ("AWS::S3::Bucket", "AWS::DynamoDB::Table"):
        return physical_name(kind, logical_id, own_name, place)
    return logical_id


def attribute(kind: str, wanted: str, logical_id: str, own_name: str | None, place: Place) -> str | None:
    """What `Fn::GetAtt` gives, or None where nothing local has the attribute."""
    name = physical_name(kind, logical_id, own_name, place)
    here = f"{place.region}:{place.account}"
    attributes = {
        "AWS::S3::Bucket": {"Arn": f"arn:aws:s3:::{name}"},
        "AWS::SQS::Queue": {"Arn": f"arn:aws:sqs:{here}:{name}", "QueueName": name},
        "AWS::DynamoDB::Table": {"Arn": f"arn:aws:dynamodb:{here}:table/{name}"},
        "AWS::CloudFront::Distribution": {"DomainName": SITE_DOMAIN},
    }
    return attributes.get(kind, {}).get(wanted)
