"""Extracts the edges of the diagram from a template: notifications, queues, origins and permissions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from infra.local.resolver import Stack

BROWSER = "Browser"
VERBS = {
    "s3:GetObject": "reads",
    "s3:PutObject": "writes",
    "s3:DeleteObject": "deletes",
    "dynamodb:GetItem": "reads",
    "dynamodb:PutItem": "writes",
    "dynamodb:UpdateItem": "writes",
    "dynamodb:DeleteItem": "deletes",
}
ORDER = ("reads", "writes", "deletes")


@dataclass(frozen=True)
class Edge:
    """A connection, directed from the resource that initiates it."""

    source: str
    target: str
    label: str
    optional: bool = False


def edges_of(stack: Stack) -> Iterator[Edge]:
    """All connections in the template."""
    yield from _site(stack)
    yield from _browser(stack)
    yield from _api(stack)
    yield from _queues(stack)
    yield from _access(stack)
    yield from _scan(stack)
    for name in stack.of_type("AWS::SNS::Subscription"):
        yield Edge(_referenced(stack, name, "TopicArn"), name, "notifies")


def _site(stack: Stack) -> Iterator[Edge]:
    for name in stack.of_type("AWS::CloudFront::Distribution"):
        config = properties_of(stack, name)["DistributionConfig"]
        paths = {behavior["TargetOriginId"]: behavior["PathPattern"] for behavior in config["CacheBehaviors"]}
        paths |= {config["DefaultCacheBehavior"]["TargetOriginId"]: "/*"}
        yield Edge(BROWSER, name, "HTTPS")
        for origin in config["Origins"]:
            yield Edge(name, first_reference(origin["DomainName"]), paths[origin["Id"]])
        for acl in stack.of_type("AWS::WAFv2::WebACL"):
            yield Edge(acl, name, "guards")


def _browser(stack: Stack) -> Iterator[Edge]:
    for name in stack.of_type("AWS::S3::Bucket"):
        for rule in properties_of(stack, name).get("CorsConfiguration", {}).get("CorsRules", []):
            yield Edge(BROWSER, name, f"{'/'.join(rule['AllowedMethods'])}, signed")


def _api(stack: Stack) -> Iterator[Edge]:
    for name in stack.of_type("AWS::ApiGatewayV2::Integration"):
        function = _referenced(stack, name, "IntegrationUri")
        yield Edge(_referenced(stack, name, "ApiId"), function, "calls")
    for name in stack.of_type("AWS::ApiGatewayV2::Authorizer"):
        yield Edge(name, _referenced(stack, name, "ApiId"), "checks tokens")


def _queues(stack: Stack) -> Iterator[Edge]:
    for name in stack.of_type("AWS::S3::Bucket"):
        notification = stack.get(name, "NotificationConfiguration") or {}
        for configuration in notification.get("QueueConfigurations", []):
            queue = _resource_of(stack, "AWS::SQS::Queue", configuration["Queue"])
            yield Edge(name, queue, "new photo")
    for name in stack.of_type("AWS::SQS::Queue"):
        redrive = stack.get(name, "RedrivePolicy")
        if redrive:
            dead_letters = _resource_of(stack, "AWS::SQS::Queue", redrive["deadLetterTargetArn"])
            yield Edge(name, dead_letters, f"after {redrive['maxReceiveCount']} tries")
    for name in stack.of_type("AWS::Lambda::EventSourceMapping"):
        queue = _resource_of(stack, "AWS::SQS::Queue", stack.get(name, "EventSourceArn"))
        yield Edge(queue, stack.get(name, "FunctionName"), f"{stack.get(name, 'BatchSize')} at a time")


def _access(stack: Stack) -> Iterator[Edge]:
    for name in stack.of_type("AWS::Lambda::Function"):
        role = _referenced(stack, name, "Role")
        verbs: dict[str, set[str]] = {}
        for policy in properties_of(stack, role)["Policies"]:
            for statement in policy["PolicyDocument"]["Statement"]:
                for action, target in _allowed(stack, statement):
                    verbs.setdefault(target, set()).add(VERBS[action])
        for target, found in verbs.items():
            yield Edge(name, target, ", ".join(sorted(found, key=ORDER.index)))


def _allowed(stack: Stack, statement: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    actions = statement.get("Action", [])
    for action in [actions] if isinstance(actions, str) else actions:
        if action in VERBS:
            kind = "AWS::S3::Bucket" if action.startswith("s3:") else "AWS::DynamoDB::Table"
            yield action, _resource_of(stack, kind, str(stack.resolve(statement["Resource"])).split("/*")[0])


def _scan(stack: Stack) -> Iterator[Edge]:
    for name in stack.of_type("AWS::GuardDuty::MalwareProtectionPlan"):
        bucket = first_reference(properties_of(stack, name)["ProtectedResource"])
        yield Edge(bucket, name, "new photo")
        for rule in stack.of_type("AWS::Events::Rule"):
            yield Edge(name, rule, "scan result")
    for rule in stack.of_type("AWS::Events::Rule"):
        for target in properties_of(stack, rule)["Targets"]:
            yield Edge(rule, first_reference(target["Arn"]), "scanned photo")


def _resource_of(stack: Stack, kind: str, arn: str) -> str:
    """The resource with an ARN, or with an ARN that the given one is below."""
    for name in stack.of_type(kind):
        own = stack.resolve({"Fn::GetAtt": [name, "Arn"]})
        if arn == own or arn.startswith(f"{own}/"):
            return name
    return arn


def _referenced(stack: Stack, name: str, key: str) -> str:
    return first_reference(properties_of(stack, name)[key])


def properties_of(stack: Stack, name: str) -> Mapping[str, Any]:
    """A resource's properties, unresolved."""
    properties: Mapping[str, Any] = stack.template["Resources"][name]["Properties"]
    return properties


def first_reference(value: Any) -> str:
    """The first logical id that a value refers to, or an empty string."""
    if isinstance(value, list):
        return next(filter(None, map(first_reference, value)), "")
    if not isinstance(value, Mapping):
        return ""
    for key, item in value.items():
        if key == "Ref":
            return str(item)
        if key == "Fn::GetAtt":
            return str(item[0] if isinstance(item, list) else item.split(".")[0])
        if key == "Fn::Sub":
            text = item if isinstance(item, str) else item[0]
            return str(text.partition("${")[2].partition("}")[0].partition(".")[0])
        if found := first_reference(item):
            return found
    return ""
