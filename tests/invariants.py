"""Invariants of the cloud stack. Each yields descriptions of its violations."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from tests.page_invariants import (
    missing_pages_have_an_error_page,
    only_the_site_uploads,
    the_distribution_is_secure,
    the_page_is_guarded,
)
from tests.resolved_template import Resources, as_list, of_type, references

DAY = 24 * 60 * 60
# AWS offers no narrower resource for these.
UNRESTRICTABLE = {
    "ec2:DescribeNetworkInterfaces",
    "ec2:DescribeSubnets",
    "xray:PutTelemetryRecords",
    "xray:PutTraceSegments",
}

Invariant = Callable[[Resources], Iterator[str]]


def buckets_are_private(resources: Resources) -> Iterator[str]:
    tls_only = [
        policy["Bucket"]["Ref"]
        for _, policy in of_type(resources, "AWS::S3::BucketPolicy")
        for statement in policy["PolicyDocument"]["Statement"]
        if statement["Effect"] == "Deny"
        and statement["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
    ]
    for name, bucket in of_type(resources, "AWS::S3::Bucket"):
        block = bucket.get("PublicAccessBlockConfiguration", {})
        if [*block.values()] != [True] * 4:
            yield f"{name} may be made public"
        if bucket.get("OwnershipControls") != {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]}:
            yield f"{name} may contain objects of other accounts"
        if "BucketEncryption" not in bucket:
            yield f"{name} is not encrypted"
        if name not in tls_only:
            yield f"{name} may be accessed without TLS"


def photos_expire(resources: Resources) -> Iterator[str]:
    for name, days, prefixes in (
        ("UploadsBucket", 1, {""}),
        # Enrolled people stay until they are removed.
        ("ResultsBucket", {"Ref": "ResultDays"}, {"results/", "comparisons/"}),
    ):
        rules = resources[name]["Properties"]["LifecycleConfiguration"]["Rules"]
        expiring = [
            rule for rule in rules if rule["ExpirationInDays"] == days and rule["Status"] == "Enabled"
        ]
        if {rule.get("Prefix", "") for rule in expiring} != prefixes:
            yield f"{name} never deletes objects"


def no_message_is_lost(resources: Resources) -> Iterator[str]:
    queues = dict(of_type(resources, "AWS::SQS::Queue"))
    dead = {
        queue["RedrivePolicy"]["deadLetterTargetArn"]["Fn::GetAtt"][0]
        for queue in queues.values()
        if "RedrivePolicy" in queue
    }
    watched = {
        target
        for _, alarm in of_type(resources, "AWS::CloudWatch::Alarm")
        for target in references(alarm.get("Dimensions", []))
    }
    for name, queue in queues.items():
        if name not in dead and "RedrivePolicy" not in queue:
            yield f"{name} has no dead letter queue"
        if name in dead and name not in watched:
            yield f"no alarm monitors {name}"
        if queue.get("MessageRetentionPeriod") != 14 * DAY:
            yield f"{name} deletes messages before 14 days"
        if queue.get("SqsManagedSseEnabled") is not True and "KmsMasterKeyId" not in queue:
            yield f"{name} is not encrypted"


def function_behind(resources: Resources, name: str) -> dict[str, Any]:
    """The properties of a function, or of the function that an alias points to."""
    properties: dict[str, Any] = resources[name]["Properties"]
    if resources[name]["Type"] == "AWS::Lambda::Alias":
        return function_behind(resources, properties["FunctionName"]["Ref"])
    return properties


def the_queue_feeds_the_function(resources: Resources) -> Iterator[str]:
    ((_, mapping),) = of_type(resources, "AWS::Lambda::EventSourceMapping")
    function = function_behind(resources, mapping["FunctionName"]["Ref"])
    queue = resources[mapping["EventSourceArn"]["Fn::GetAtt"][0]]["Properties"]
    if mapping.get("BatchSize") != 1 or mapping.get("FunctionResponseTypes") != ["ReportBatchItemFailures"]:
        yield "a bad photo can delay others"
    if "MaximumConcurrency" not in mapping.get("ScalingConfig", {}):
        yield "nothing limits how many photos are explained concurrently"
    if queue["VisibilityTimeout"] < 6 * function["Timeout"]:
        yield "a photo may be delivered again while it is being processed"
    max_receives = function["Environment"]["Variables"]["BRAIN_MAX_RECEIVES"]
    if queue.get("RedrivePolicy", {}).get("maxReceiveCount") != max_receives:
        yield "the function cannot recognize the last delivery"


def least_privilege(resources: Resources) -> Iterator[str]:
    for name, role in of_type(resources, "AWS::IAM::Role"):
        if role.get("ManagedPolicyArns"):
            yield f"{name} has policies from outside the template"
        for policy in role.get("Policies", []):
            for statement in policy["PolicyDocument"]["Statement"]:
                places = as_list(statement["Resource"])
                if any("*" in action for action in as_list(statement["Action"])):
                    yield f"{name} may use wildcard actions: {statement['Action']}"
                allowed = statement["Effect"] == "Allow"
                if allowed and "*" in places and not set(as_list(statement["Action"])) <= UNRESTRICTABLE:
                    yield f"{name} may act on any resource: {statement['Action']}"
    for name, policy in [
        *of_type(resources, "AWS::S3::BucketPolicy"),
        *of_type(resources, "AWS::SQS::QueuePolicy"),
        *of_type(resources, "AWS::SNS::TopicPolicy"),
    ]:
        for statement in policy["PolicyDocument"]["Statement"]:
            if statement["Effect"] == "Allow" and (
                "Condition" not in statement or statement["Principal"] == "*"
            ):
                yield f"{name} allows access without a condition"


def code_cannot_change_the_network(resources: Resources) -> Iterator[str]:
    by_code = {"Null": {"lambda:SourceFunctionArn": "false"}}
    for name, role in of_type(resources, "AWS::IAM::Role"):
        actions: dict[str, set[str]] = {"Allow": set(), "Deny": set()}
        for policy in role.get("Policies", []):
            for statement in policy["PolicyDocument"]["Statement"]:
                if statement["Effect"] == "Allow" or statement.get("Condition") == by_code:
                    actions[statement["Effect"]] |= set(as_list(statement["Action"]))
        if left := {action for action in actions["Allow"] - actions["Deny"] if action.startswith("ec2:")}:
            yield f"the code of {name} may call {sorted(left)}"


def the_table_is_configured(resources: Resources) -> Iterator[str]:
    ((name, table),) = of_type(resources, "AWS::DynamoDB::Table")
    expected = {
        "BillingMode": "PAY_PER_REQUEST",
        "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
        "TimeToLiveSpecification": {"AttributeName": "expires_at", "Enabled": True},
        "PointInTimeRecoverySpecification": {"PointInTimeRecoveryEnabled": True},
    }
    for key, value in expected.items():
        if table.get(key) != value:
            yield f"{name}: {key} is not {value}"
    if table.get("SSESpecification", {}).get("SSEEnabled") is not True:
        yield f"{name} is not encrypted"


def logs_expire(resources: Resources) -> Iterator[str]:
    groups = dict(of_type(resources, "AWS::Logs::LogGroup"))
    for name, group in groups.items():
        if "RetentionInDays" not in group:
            yield f"{name} keeps logs forever"
    for name, function in of_type(resources, "AWS::Lambda::Function"):
        if function.get("LoggingConfig", {}).get("LogGroup", {}).get("Ref") not in groups:
            yield f"{name} logs to a group without retention"


def the_api_is_throttled(resources: Resources) -> Iterator[str]:
    ((_, stage),) = of_type(resources, "AWS::ApiGatewayV2::Stage")
    ((_, permission),) = of_type(resources, "AWS::Lambda::Permission")
    if "HttpApi" not in set(references(permission.get("SourceArn", ""))):
        yield "any API may invoke the function"
    if not {"ThrottlingRateLimit", "ThrottlingBurstLimit"} <= set(stage.get("DefaultRouteSettings", {})):
        yield "the API does not limit requests"
    log = stage.get("AccessLogSettings", {}).get("Format", "")
    if "$context.status" not in log:
        yield "the API keeps no access log"
    if "path" in log.lower():
        yield "the access log contains ids"


def alarms_are_published(resources: Resources) -> Iterator[str]:
    alarm_topics = [
        topic
        for _, policy in of_type(resources, "AWS::SNS::TopicPolicy")
        for statement in policy["PolicyDocument"]["Statement"]
        if statement["Principal"] == {"Service": "cloudwatch.amazonaws.com"}
        for topic in references(policy["Topics"])
    ]
    for name, alarm in of_type(resources, "AWS::CloudWatch::Alarm"):
        if not {"AlarmActions", "OKActions"} <= set(alarm):
            yield f"{name} has no actions"
        for actions in (alarm.get("AlarmActions", []), alarm.get("OKActions", [])):
            if not set(references(actions)) <= set(alarm_topics) or not actions:
                yield f"{name} cannot publish to its topic"
        if not set(references(alarm["Dimensions"])) & set(resources):
            yield f"{name} monitors nothing of this stack"
        if alarm.get("TreatMissingData") != "notBreaching" or not alarm.get("AlarmDescription"):
            yield f"{name} has no description, or alarms without data"


def photos_are_announced_exactly_once(resources: Resources) -> Iterator[str]:
    notified = "QueueConfigurations" in resources["UploadsBucket"]["Properties"]["NotificationConfiguration"]
    scanned = [name for name, _ in of_type(resources, "AWS::GuardDuty::MalwareProtectionPlan")]
    senders = {
        statement["Principal"]["Service"]
        for statement in resources["PhotoQueuePolicy"]["Properties"]["PolicyDocument"]["Statement"]
    }
    if notified == bool(scanned):
        yield "unscanned photos are announced too, or none at all"
    if scanned and "events.amazonaws.com" not in senders:
        yield "the scan's results cannot reach the queue"
    for name, rule in of_type(resources, "AWS::Events::Rule"):
        for target in rule["Targets"]:
            if "DeadLetterConfig" not in target:
                yield f"{name} drops undeliverable events"


INVARIANTS: list[Invariant] = [
    buckets_are_private,
    photos_expire,
    only_the_site_uploads,
    no_message_is_lost,
    the_queue_feeds_the_function,
    least_privilege,
    code_cannot_change_the_network,
    the_table_is_configured,
    logs_expire,
    the_api_is_throttled,
    the_page_is_guarded,
    the_distribution_is_secure,
    missing_pages_have_an_error_page,
    alarms_are_published,
    photos_are_announced_exactly_once,
]
