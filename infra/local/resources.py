"""Creates the template's buckets, queues and table on the storage server.

An unsupported property is an error, because a local stack that silently differs from the cloud would be worse
than none. Bucket policies are omitted on purpose: they deny unencrypted connections, and the local stack uses
plain HTTP on the loopback interface.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from boto3 import Session

from infra.local.resolver import Stack

BUCKET = "AWS::S3::Bucket"
QUEUE = "AWS::SQS::Queue"
TABLE = "AWS::DynamoDB::Table"
# Names are passed when a resource is created; tags only matter for billing.
IGNORED = ("QueueName", "BucketName", "TableName", "Tags")

Properties = Mapping[str, Any]


class Unsupported(ValueError):
    """The template sets a property that the local stack does not support."""


def create(stack: Stack, session: Session) -> None:
    """Create all local resources; queues first, because buckets send their notifications to them.

    Args:
        stack: the resolved template.
        session: its clients reach the storage server (`AWS_ENDPOINT_URL`).

    Raises:
        Unsupported: the template sets a property that the local stack does not support.
    """
    _create_queues(stack, session.client("sqs"))
    s3 = session.client("s3")
    for name in stack.of_type(BUCKET):
        _create_bucket(stack.resolve({"Ref": name}), stack.get(name), s3)
    dynamodb = session.client("dynamodb")
    for name in stack.of_type(TABLE):
        _create_table(stack.resolve({"Ref": name}), stack.get(name), dynamodb)


def _create_queues(stack: Stack, sqs: Any) -> None:
    properties = {name: stack.get(name) for name in stack.of_type(QUEUE)}
    # A dead-letter queue must exist before the queues that refer to it.
    for name in sorted(properties, key=lambda name: "RedrivePolicy" in properties[name]):
        queue_name = stack.resolve({"Fn::GetAtt": [name, "QueueName"]})
        attributes = {key: _text(value) for key, value in properties[name].items() if key not in IGNORED}
        sqs.create_queue(QueueName=queue_name, Attributes=attributes)
    for name in stack.of_type("AWS::SQS::QueuePolicy"):
        for url in stack.get(name, "Queues"):
            policy = json.dumps(stack.get(name, "PolicyDocument"))
            sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": policy})


def _create_bucket(bucket: str, properties: Properties, s3: Any) -> None:
    setters: dict[str, Callable[[Any], Any]] = {
        "PublicAccessBlockConfiguration": lambda block: s3.put_public_access_block(
            Bucket=bucket, PublicAccessBlockConfiguration=block
        ),
        "OwnershipControls": lambda controls: s3.put_bucket_ownership_controls(
            Bucket=bucket, OwnershipControls=controls
        ),
        "BucketEncryption": lambda encryption: s3.put_bucket_encryption(
            Bucket=bucket, ServerSideEncryptionConfiguration=_encryption(encryption)
        ),
        "LifecycleConfiguration": lambda lifecycle: s3.put_bucket_lifecycle_configuration(
            Bucket=bucket,
            LifecycleConfiguration={"Rules": [_lifecycle_rule(rule) for rule in lifecycle["Rules"]]},
        ),
        "CorsConfiguration": lambda cors: s3.put_bucket_cors(
            Bucket=bucket, CORSConfiguration={"CORSRules": [_cors_rule(rule) for rule in cors["CorsRules"]]}
        ),
        "VersioningConfiguration": lambda versioning: s3.put_bucket_versioning(
            Bucket=bucket, VersioningConfiguration=versioning
        ),
        "NotificationConfiguration": lambda notification: s3.put_bucket_notification_configuration(
            Bucket=bucket, NotificationConfiguration=_notification(notification)
        ),
    }
    s3.create_bucket(Bucket=bucket)
    for name, value in properties.items():
        if name in IGNORED:
            continue
        if name not in setters:
            raise Unsupported(f"{BUCKET} {name}")
        setters[name](value)


def _create_table(table: str, properties: Properties, dynamodb: Any) -> None:
    extras: dict[str, Callable[[Any], Any]] = {
        "TimeToLiveSpecification": lambda ttl: dynamodb.update_time_to_live(
            TableName=table, TimeToLiveSpecification=ttl
        ),
        "PointInTimeRecoverySpecification": lambda recovery: dynamodb.update_continuous_backups(
            TableName=table, PointInTimeRecoverySpecification=recovery
        ),
    }
    encryption = {
        "SSESpecification": _renamed(properties.get("SSESpecification", {}), {"SSEEnabled": "Enabled"}, TABLE)
    }
    plain = {key: value for key, value in properties.items() if key not in extras}
    dynamodb.create_table(**{**plain, **encryption, "TableName": table})
    for name, set_extra in extras.items():
        if name in properties:
            set_extra(properties[name])


def _encryption(encryption: Properties) -> dict[str, Any]:
    inner = {
        "ServerSideEncryptionByDefault": "ApplyServerSideEncryptionByDefault",
        "BucketKeyEnabled": "BucketKeyEnabled",
    }
    rules = encryption["ServerSideEncryptionConfiguration"]
    return {"Rules": [_renamed(rule, inner, "BucketEncryption") for rule in rules]}


def _lifecycle_rule(rule: Properties) -> dict[str, Any]:
    names = {
        "Id": "ID",
        "Status": "Status",
        "Prefix": "Prefix",
        "ExpirationInDays": "Expiration",
        "AbortIncompleteMultipartUpload": "AbortIncompleteMultipartUpload",
    }
    renamed = _renamed(rule, names, "LifecycleConfiguration")
    prefix = renamed.pop("Prefix", "")
    upload = rule.get("AbortIncompleteMultipartUpload")
    return {
        **renamed,
        "Filter": {"Prefix": prefix},
        "Expiration": {"Days": rule["ExpirationInDays"]},
        **({"AbortIncompleteMultipartUpload": upload} if upload else {}),
    }


def _cors_rule(rule: Properties) -> dict[str, Any]:
    names = {
        "Id": "ID",
        "AllowedOrigins": "AllowedOrigins",
        "AllowedMethods": "AllowedMethods",
        "AllowedHeaders": "AllowedHeaders",
        "ExposedHeaders": "ExposeHeaders",
        "MaxAge": "MaxAgeSeconds",
    }
    return _renamed(rule, names, "CorsConfiguration")


def _notification(notification: Properties) -> dict[str, Any]:
    names = {"QueueConfigurations": "QueueConfigurations"}
    queues = _renamed(notification, names, "NotificationConfiguration")["QueueConfigurations"]
    return {"QueueConfigurations": [_queue_configuration(queue) for queue in queues]}


def _queue_configuration(configuration: Properties) -> dict[str, Any]:
    names = {"Event": "Events", "Queue": "QueueArn", "Filter": "Filter"}
    renamed = _renamed(configuration, names, "QueueConfigurations")
    renamed["Events"] = [renamed["Events"]]
    if "Filter" in renamed:
        renamed["Filter"] = {"Key": {"FilterRules": renamed["Filter"]["S3Key"]["Rules"]}}
    return renamed


def _renamed(properties: Properties, names: Mapping[str, str], where: str) -> dict[str, Any]:
    unknown = sorted(set(properties) - set(names))
    if unknown:
        raise Unsupported(f"{where} {', '.join(unknown)}")
    return {names[key]: value for key, value in properties.items()}


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)
