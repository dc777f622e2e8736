"""Names of the local stack's resources: values of `Ref` and `Fn::GetAtt` by resource type."""

from __future__ import annotations

import re
from dataclasses import dataclass

SITE_DOMAIN = "site.invalid"  # placeholder of the distribution's domain, replaced by the page's URL


@dataclass(frozen=True)
class Target:
    """Where a stack is deployed.

    Attributes:
        stack_name: name of the stack.
        region: AWS region.
        account: AWS account id.
        endpoint: URL of the storage server, without a trailing slash.
        page: URL of the page, without a trailing slash.
    """

    stack_name: str
    region: str
    account: str
    endpoint: str
    page: str

    def pseudo_parameters(self) -> dict[str, str]:
        """The values of CloudFormation's pseudo parameters."""
        return {
            "AWS::AccountId": self.account,
            "AWS::Partition": "aws",
            "AWS::Region": self.region,
            "AWS::StackName": self.stack_name,
            "AWS::URLSuffix": "amazonaws.com",
        }

    def localize(self, text: str) -> str:
        """The text with the cloud's URLs of buckets and page replaced by local ones."""
        bucket_host = rf"https://[a-z0-9.-]+\.s3\.{re.escape(self.region)}\.amazonaws\.com"
        return re.sub(bucket_host, self.endpoint, text).replace(f"https://{SITE_DOMAIN}", self.page)


def physical_name(kind: str, logical_id: str, own_name: str | None, target: Target) -> str:
    """The name given in the template, or else stack name and logical id, similar to CloudFormation."""
    name = own_name or f"{target.stack_name}-{logical_id}"
    return name.lower() if kind == "AWS::S3::Bucket" else name


def reference(kind: str, logical_id: str, own_name: str | None, target: Target) -> str:
    """The value of `Ref`: a queue's URL, a bucket's or table's name, otherwise the logical id."""
    if kind == "AWS::SQS::Queue":
        return f"{target.endpoint}/{target.account}/{physical_name(kind, logical_id, own_name, target)}"
    if kind in ("AWS::S3::Bucket", "AWS::DynamoDB::Table"):
        return physical_name(kind, logical_id, own_name, target)
    return logical_id


def attribute(kind: str, wanted: str, logical_id: str, own_name: str | None, target: Target) -> str | None:
    """The value of `Fn::GetAtt`, or None if the attribute has no local equivalent."""
    name = physical_name(kind, logical_id, own_name, target)
    scope = f"{target.region}:{target.account}"
    attributes = {
        "AWS::S3::Bucket": {"Arn": f"arn:aws:s3:::{name}"},
        "AWS::SQS::Queue": {"Arn": f"arn:aws:sqs:{scope}:{name}", "QueueName": name},
        "AWS::DynamoDB::Table": {"Arn": f"arn:aws:dynamodb:{scope}:table/{name}"},
        "AWS::CloudFront::Distribution": {"DomainName": SITE_DOMAIN},
    }
    return attributes.get(kind, {}).get(wanted)
