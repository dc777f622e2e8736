"""The invariants of the stack hold, and they detect broken variants."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from tests.cloud_stack import EVERYTHING, VARIANTS, stack_of
from tests.invariants import (
    DAY,
    INVARIANTS,
    Invariant,
    alarms_are_published,
    buckets_are_private,
    code_cannot_change_the_network,
    least_privilege,
    logs_expire,
    no_message_is_lost,
    photos_are_announced_exactly_once,
    photos_expire,
    the_api_is_throttled,
    the_queue_feeds_the_function,
    the_table_is_configured,
)
from tests.page_invariants import (
    missing_pages_have_an_error_page,
    only_the_site_uploads,
    the_distribution_is_secure,
    the_page_is_guarded,
)
from tests.resolved_template import Resources, effective

Way = tuple[str | int, ...]
UPLOADS = ("UploadsBucket", "Properties")
QUEUE = ("PhotoQueue", "Properties")
EXPLAIN = ("ExplainRole", "Properties")
STATEMENT = (*EXPLAIN, "Policies", 0, "PolicyDocument", "Statement", 2)
POLICY = (
    "SiteHeaders",
    "Properties",
    "ResponseHeadersPolicyConfig",
    "SecurityHeadersConfig",
    "ContentSecurityPolicy",
)
SITE = ("SiteDistribution", "Properties", "DistributionConfig")
BAD: list[tuple[Invariant, Way, Any]] = [
    (buckets_are_private, (*UPLOADS, "PublicAccessBlockConfiguration", "BlockPublicAcls"), False),
    (buckets_are_private, ("ResultsBucket", "Properties", "OwnershipControls"), None),
    (buckets_are_private, ("SiteBucket", "Properties", "BucketEncryption"), None),
    (buckets_are_private, ("UploadsBucketPolicy",), None),
    (photos_expire, (*UPLOADS, "LifecycleConfiguration", "Rules", 0, "Status"), "Disabled"),
    (only_the_site_uploads, (*UPLOADS, "CorsConfiguration", "CorsRules", 0, "AllowedOrigins"), ["*"]),
    (no_message_is_lost, (*QUEUE, "RedrivePolicy"), None),
    (no_message_is_lost, ("DeadLetterAlarm",), None),
    (no_message_is_lost, ("DeadLetterQueue", "Properties", "MessageRetentionPeriod"), DAY),
    (no_message_is_lost, (*QUEUE, "SqsManagedSseEnabled"), False),
    (the_queue_feeds_the_function, (*QUEUE, "VisibilityTimeout"), 30),
    (the_queue_feeds_the_function, ("ExplainFunction", "Properties", "Timeout"), 900),
    (the_queue_feeds_the_function, (*QUEUE, "RedrivePolicy", "maxReceiveCount"), 3),
    (least_privilege, (*STATEMENT, "Action"), "s3:*"),
    (least_privilege, (*STATEMENT, "Resource"), "*"),
    (least_privilege, (*EXPLAIN, "ManagedPolicyArns"), ["arn:aws:iam::aws:policy/AdministratorAccess"]),
    (least_privilege, ("PhotoQueuePolicy", *QUEUE[1:], "PolicyDocument", "Statement", 0, "Condition"), None),
    (the_table_is_configured, ("ResultsTable", "Properties", "TimeToLiveSpecification"), None),
    (logs_expire, ("ApiLogs", "Properties", "RetentionInDays"), None),
    (logs_expire, ("ExplainFunction", "Properties", "LoggingConfig"), None),
    (the_api_is_throttled, ("ApiStage", "Properties", "DefaultRouteSettings"), None),
    (
        the_api_is_throttled,
        ("ApiStage", "Properties", "AccessLogSettings", "Format"),
        "$context.status $context.path",
    ),
    (the_api_is_throttled, ("ApiPermission", "Properties", "SourceArn"), None),
    (the_page_is_guarded, (*POLICY, "ContentSecurityPolicy", "Fn::Sub", 0), "script-src 'unsafe-inline'"),
    (the_page_is_guarded, (*POLICY[:-1], "StrictTransportSecurity"), None),
    (
        the_distribution_is_secure,
        (*SITE, "CacheBehaviors", 0, "CachePolicyId"),
        "658327ea-f89d-4fab-a63d-7e88639e58f6",
    ),
    (the_distribution_is_secure, (*SITE, "Origins", 0, "OriginAccessControlId"), None),
    (missing_pages_have_an_error_page, (*SITE, "CustomErrorResponses", 0, "ErrorCode"), 404),
    (
        missing_pages_have_an_error_page,
        (*SITE, "CustomErrorResponses", 0, "ResponsePagePath"),
        "/absent.html",
    ),
    (alarms_are_published, ("WaitingAlarm", "Properties", "AlarmActions"), None),
    (alarms_are_published, ("AlarmTopicPolicy",), None),
    (alarms_are_published, ("CrashAlarm", "Properties", "Dimensions", 0, "Value"), "another-function"),
    (photos_are_announced_exactly_once, (*UPLOADS, "NotificationConfiguration"), {}),
]
BAD_WITH_EVERYTHING: list[tuple[Invariant, Way, Any]] = [
    (no_message_is_lost, (*QUEUE, "KmsMasterKeyId"), None),
    (photos_are_announced_exactly_once, ("ScanPlan",), None),
    (
        photos_are_announced_exactly_once,
        ("ScanResultRule", "Properties", "Targets", 0, "DeadLetterConfig"),
        None,
    ),
    (
        photos_are_announced_exactly_once,
        ("PhotoQueuePolicy", *QUEUE[1:], "PolicyDocument", "Statement", 1),
        None,
    ),
    (
        code_cannot_change_the_network,
        ("ApiRole", "Properties", "Policies", 0, "PolicyDocument", "Statement", -2, "Condition"),
        None,
    ),
    (
        least_privilege,
        ("ScanRole", "Properties", "Policies", 0, "PolicyDocument", "Statement", 0, "Resource"),
        "*",
    ),
]


def changed(resources: Resources, path: Way, value: Any) -> Resources:
    """A copy with a value replaced, or removed if the new value is None."""
    result = copy.deepcopy(resources)
    place: Any = result
    for key in path[:-1]:
        place = place[key]
    if value is None:
        del place[path[-1]]
    else:
        place[path[-1]] = value
    return result


@pytest.mark.parametrize("variant", VARIANTS)
@pytest.mark.parametrize("invariant", INVARIANTS, ids=lambda invariant: invariant.__name__)
def test_invariant(translated: dict[str, Any], invariant: Invariant, variant: str) -> None:
    assert list(invariant(effective(stack_of(translated, **VARIANTS[variant])))) == []


@pytest.mark.parametrize(
    ("invariant", "path", "value"), BAD, ids=lambda value: getattr(value, "__name__", None)
)
def test_invariants_detect_bad_variants(
    translated: dict[str, Any], invariant: Invariant, path: Way, value: Any
) -> None:
    assert list(invariant(changed(effective(stack_of(translated)), path, value)))


@pytest.mark.parametrize(
    ("invariant", "path", "value"), BAD_WITH_EVERYTHING, ids=lambda value: getattr(value, "__name__", None)
)
def test_invariants_detect_bad_variants_of_optional_resources(
    translated: dict[str, Any], invariant: Invariant, path: Way, value: Any
) -> None:
    assert list(invariant(changed(effective(stack_of(translated, **EVERYTHING)), path, value)))


def test_every_invariant_has_a_bad_variant() -> None:
    assert {invariant for invariant, _, _ in [*BAD, *BAD_WITH_EVERYTHING]} == set(INVARIANTS)
