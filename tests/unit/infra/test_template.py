"""The cloud stack, translated offline: what must hold of it, and that the checks see it when it does not."""

from __future__ import annotations

import copy
import json
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from brain.cloud.store import Store
from brain.core.settings import REPOSITORY, Settings
from infra.local.identity import Place
from infra.local.resolver import Stack
from infra.local.template import read_template, translate
from tests.invariants import (
    DAY,
    INVARIANTS,
    Invariant,
    Resources,
    alarms_are_heard,
    as_list,
    buckets_are_private,
    decided,
    effective,
    least_privilege,
    logs_end,
    missing_pages_have_a_page,
    nothing_is_lost,
    of_type,
    only_the_site_uploads,
    photos_are_forgotten,
    photos_reach_the_queue_by_one_way,
    references,
    the_api_is_bounded,
    the_distribution_is_closed,
    the_page_is_guarded,
    the_queue_feeds_the_function,
    the_table_is_kept_well,
)

TEMPLATE = REPOSITORY / "template.yaml"
ACCOUNT = "123456789012"
KEY = f"arn:aws:kms:us-east-1:{ACCOUNT}:key/01234567-89ab-cdef-0123-456789abcdef"
EVERYTHING = {
    "MalwareScan": "yes",
    "ProvisionedConcurrency": "2",
    "DomainName": "faces.example.org",
    "CertificateArn": f"arn:aws:acm:us-east-1:{ACCOUNT}:certificate/01234567-89ab-cdef-0123-456789abcdef",
    "HostedZoneId": "Z0123456789",
    "WebAcl": "create",
    "JwtIssuer": "https://login.example.org",
    "JwtAudience": "faces,others",
    "KmsKeyArn": KEY,
    "VpcSubnetIds": "subnet-1,subnet-2",
    "VpcSecurityGroupIds": "sg-1",
    "AlarmEmail": "team@example.org",
}
VARIANTS = {"as it comes": {}, "with everything": EVERYTHING}


class CloudPlace(Place):
    """A place in the cloud, where addresses are what they are."""

    def local_address(self, text: str) -> str:
        return text


@pytest.fixture(scope="module")
def source() -> dict[str, Any]:
    return read_template(TEMPLATE)


@pytest.fixture(scope="module")
def translated(source: dict[str, Any]) -> dict[str, Any]:
    return translate(source, {}, "us-east-1")


def in_cloud(translated: dict[str, Any], region: str = "us-east-1", **parameters: str) -> Stack:
    place = CloudPlace("brain", region, ACCOUNT, f"https://sqs.{region}.amazonaws.com", "")
    return Stack(translated, parameters, place)


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
    (photos_are_forgotten, (*UPLOADS, "LifecycleConfiguration", "Rules", 0, "Status"), "Disabled"),
    (only_the_site_uploads, (*UPLOADS, "CorsConfiguration", "CorsRules", 0, "AllowedOrigins"), ["*"]),
    (nothing_is_lost, (*QUEUE, "RedrivePolicy"), None),
    (nothing_is_lost, ("DeadLetterAlarm",), None),
    (nothing_is_lost, ("DeadLetterQueue", "Properties", "MessageRetentionPeriod"), DAY),
    (nothing_is_lost, (*QUEUE, "SqsManagedSseEnabled"), False),
    (the_queue_feeds_the_function, (*QUEUE, "VisibilityTimeout"), 30),
    (the_queue_feeds_the_function, ("ExplainFunction", "Properties", "Timeout"), 900),
    (the_queue_feeds_the_function, (*QUEUE, "RedrivePolicy", "maxReceiveCount"), 3),
    (least_privilege, (*STATEMENT, "Action"), "s3:*"),
    (least_privilege, (*STATEMENT, "Resource"), "*"),
    (least_privilege, (*EXPLAIN, "ManagedPolicyArns"), ["arn:aws:iam::aws:policy/AdministratorAccess"]),
    (least_privilege, ("PhotoQueuePolicy", *QUEUE[1:], "PolicyDocument", "Statement", 0, "Condition"), None),
    (the_table_is_kept_well, ("ResultsTable", "Properties", "TimeToLiveSpecification"), None),
    (logs_end, ("ApiLogs", "Properties", "RetentionInDays"), None),
    (logs_end, ("ExplainFunction", "Properties", "LoggingConfig"), None),
    (the_api_is_bounded, ("ApiStage", "Properties", "DefaultRouteSettings"), None),
    (
        the_api_is_bounded,
        ("ApiStage", "Properties", "AccessLogSettings", "Format"),
        "$context.status $context.path",
    ),
    (the_api_is_bounded, ("ApiPermission", "Properties", "SourceArn"), None),
    (the_page_is_guarded, (*POLICY, "ContentSecurityPolicy", "Fn::Sub", 0), "script-src 'unsafe-inline'"),
    (the_page_is_guarded, (*POLICY[:-1], "StrictTransportSecurity"), None),
    (
        the_distribution_is_closed,
        (*SITE, "CacheBehaviors", 0, "CachePolicyId"),
        "658327ea-f89d-4fab-a63d-7e88639e58f6",
    ),
    (the_distribution_is_closed, (*SITE, "Origins", 0, "OriginAccessControlId"), None),
    (missing_pages_have_a_page, (*SITE, "CustomErrorResponses", 0, "ErrorCode"), 404),
    (missing_pages_have_a_page, (*SITE, "CustomErrorResponses", 0, "ResponsePagePath"), "/absent.html"),
    (alarms_are_heard, ("WaitingAlarm", "Properties", "AlarmActions"), None),
    (alarms_are_heard, ("AlarmTopicPolicy",), None),
    (alarms_are_heard, ("CrashAlarm", "Properties", "Dimensions", 0, "Value"), "another-function"),
    (photos_reach_the_queue_by_one_way, (*UPLOADS, "NotificationConfiguration"), {}),
]
BAD_WITH_EVERYTHING: list[tuple[Invariant, Way, Any]] = [
    (nothing_is_lost, (*QUEUE, "KmsMasterKeyId"), None),
    (photos_reach_the_queue_by_one_way, ("ScanPlan",), None),
    (
        photos_reach_the_queue_by_one_way,
        ("ScanResultRule", "Properties", "Targets", 0, "DeadLetterConfig"),
        None,
    ),
    (
        photos_reach_the_queue_by_one_way,
        ("PhotoQueuePolicy", *QUEUE[1:], "PolicyDocument", "Statement", 1),
        None,
    ),
    (
        least_privilege,
        ("ScanRole", "Properties", "Policies", 0, "PolicyDocument", "Statement", 0, "Resource"),
        "*",
    ),
]


def changed(resources: Resources, path: Way, value: Any) -> Resources:
    """A copy with one value replaced, or removed where the new value is None."""
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
    assert list(invariant(effective(in_cloud(translated, **VARIANTS[variant])))) == []


@pytest.mark.parametrize(
    ("invariant", "path", "value"), BAD, ids=lambda value: getattr(value, "__name__", None)
)
def test_bad_variants_are_caught(
    translated: dict[str, Any], invariant: Invariant, path: Way, value: Any
) -> None:
    assert list(invariant(changed(effective(in_cloud(translated)), path, value)))


@pytest.mark.parametrize(
    ("invariant", "path", "value"), BAD_WITH_EVERYTHING, ids=lambda value: getattr(value, "__name__", None)
)
def test_bad_variants_of_the_options_are_caught(
    translated: dict[str, Any], invariant: Invariant, path: Way, value: Any
) -> None:
    assert list(invariant(changed(effective(in_cloud(translated, **EVERYTHING)), path, value)))


def test_every_invariant_has_a_bad_variant() -> None:
    assert {invariant for invariant, _, _ in BAD} == set(INVARIANTS)


def test_every_parameter_is_used_and_described(source: dict[str, Any], translated: dict[str, Any]) -> None:
    used = set(references([translated["Resources"], translated["Conditions"], source["Resources"]]))
    groups = source["Metadata"]["AWS::CloudFormation::Interface"]["ParameterGroups"]

    assert set(source["Parameters"]) <= used
    assert all(entry.get("Description") for entry in source["Parameters"].values())
    assert sorted(name for group in groups for name in group["Parameters"]) == sorted(source["Parameters"])
    assert all("Default" in entry for entry in source["Parameters"].values()), "it deploys as it comes"


def test_every_condition_is_used(source: dict[str, Any], translated: dict[str, Any]) -> None:
    resources = translated["Resources"].values()
    used = {*conditions_of(list(resources)), *(one["Condition"] for one in resources if "Condition" in one)}

    assert used == set(source["Conditions"])


def conditions_of(value: Any) -> Iterator[str]:
    """The conditions that a value depends on."""
    if isinstance(value, list):
        for item in value:
            yield from conditions_of(item)
    elif isinstance(value, dict):
        if "Fn::If" in value:
            yield value["Fn::If"][0]
        for item in value.values():
            yield from conditions_of(item)


@pytest.mark.parametrize(
    "variant", [*VARIANTS.values(), *({name: value} for name, value in EVERYTHING.items())]
)
def test_everything_pointed_at_is_there(translated: dict[str, Any], variant: dict[str, str]) -> None:
    stack = in_cloud(translated, **variant)
    there = {*effective(stack), *translated["Parameters"]}
    outputs = [decided(output, stack) for output in translated["Outputs"].values()]
    pointed_at = {name for name in references([effective(stack), outputs]) if not name.startswith("AWS::")}

    assert pointed_at <= there


@pytest.mark.parametrize("variant", VARIANTS)
def test_the_stack_can_be_made_in_some_order(translated: dict[str, Any], variant: str) -> None:
    resources = effective(in_cloud(translated, **VARIANTS[variant]))
    needs = {
        name: {*references(resource.get("Properties", {})), *as_list(resource.get("DependsOn", []))}
        & set(resources)
        for name, resource in resources.items()
    }

    while ready := [name for name, others in needs.items() if not others]:
        for name in ready:
            del needs[name]
        needs = {name: others - set(ready) for name, others in needs.items()}

    assert needs == {}, "these wait for one another"


def test_bucket_names_are_unique_in_the_world_by_default(translated: dict[str, Any]) -> None:
    stack = in_cloud(translated)

    assert stack.get("UploadsBucket", "BucketName") == f"brain-uploads-{ACCOUNT}-us-east-1"
    assert stack.get("ResultsBucket", "BucketName") == f"brain-results-{ACCOUNT}-us-east-1"


@pytest.mark.parametrize("names", ["account", "plain"])
def test_whoever_names_a_bucket_names_the_same(translated: dict[str, Any], names: str) -> None:
    stack = in_cloud(translated, BucketNames=names)
    uploads, results = (stack.get(name, "BucketName") for name in ("UploadsBucket", "ResultsBucket"))

    for function in ("ExplainFunction", "ApiFunction"):
        variables = stack.get(function, "Environment", "Variables")
        assert (variables["BRAIN_UPLOADS_BUCKET"], variables["BRAIN_RESULTS_BUCKET"]) == (uploads, results)
    (statement,) = stack.get("PhotoQueuePolicy", "PolicyDocument", "Statement")
    assert statement["Condition"]["ArnEquals"] == {"aws:SourceArn": f"arn:aws:s3:::{uploads}"}
    role = effective(stack)["ApiRole"]["Properties"]
    statements = role["Policies"][0]["PolicyDocument"]["Statement"]
    places = [
        stack.resolve(one["Resource"])
        for one in statements
        if isinstance(one["Resource"], dict) and "Fn::Sub" in one["Resource"]
    ]
    assert {place.split("/")[0] for place in places} == {f"arn:aws:s3:::{uploads}", f"arn:aws:s3:::{results}"}


def test_the_functions_read_every_variable_they_are_given(translated: dict[str, Any]) -> None:
    stack = in_cloud(translated, MaxPhotoBytes="5000", ResultDays="7", MaxReceives="4", Model="other")
    variables = {
        key: str(value) for key, value in stack.get("ApiFunction", "Environment", "Variables").items()
    }
    ours = {key: value for key, value in variables.items() if key.startswith("BRAIN_")}
    source = (REPOSITORY / "layers/brain/python/brain/core/settings.py").read_text(encoding="utf-8")

    settings = Settings.from_environment(ours)

    assert all(f'"{name}"' in source for name in ours)
    assert (settings.max_bytes, settings.result_days, settings.max_receives) == (5000, 7, 4)
    assert (settings.model, settings.models_dir) == ("other", Path("/opt/models"))
    assert (settings.uploads_bucket, settings.table) == (ours["BRAIN_UPLOADS_BUCKET"], "brain-ResultsTable")


@pytest.mark.parametrize("region", ["us-east-1", "eu-central-1"])
def test_the_page_may_talk_to_the_addresses_that_are_signed(
    translated: dict[str, Any], monkeypatch: pytest.MonkeyPatch, region: str
) -> None:
    stack = in_cloud(translated, region)
    variables = {
        key: str(value) for key, value in stack.get("ApiFunction", "Environment", "Variables").items()
    }
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    credentials = {
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
        "AWS_DEFAULT_REGION": region,
    }
    for name, value in {**variables, **credentials}.items():
        monkeypatch.setenv(name, value)
    config = stack.get("SiteHeaders", "ResponseHeadersPolicyConfig", "SecurityHeadersConfig")
    directives = dict(
        part.strip().split(" ", 1)
        for part in config["ContentSecurityPolicy"]["ContentSecurityPolicy"].split(";")
    )
    settings = Settings.from_environment()
    s3 = Store.connect(settings)._s3

    form = s3.generate_presigned_post(settings.uploads_bucket, "uploads/x")["url"].rstrip("/")
    place = {"Bucket": settings.results_bucket, "Key": "results/x/cropped.jpg"}
    picture = s3.generate_presigned_url("get_object", Params=place).partition("/results/")[0]

    assert form in directives["connect-src"].split()
    assert picture in directives["img-src"].split()
    assert picture in directives["connect-src"].split()


def widgets(translated: dict[str, Any]) -> list[dict[str, Any]]:
    """The dashboard's widgets, with every reference replaced by a name."""
    body = translated["Resources"]["Dashboard"]["Properties"]["DashboardBody"]["Fn::Sub"]
    found: list[dict[str, Any]] = json.loads(re.sub(r"\$\{([^}]+)\}", r"\1", body))["widgets"]
    return found


def test_the_dashboard_shows_what_the_function_counts(translated: dict[str, Any]) -> None:
    text = json.dumps(widgets(translated))
    counted = (REPOSITORY / "functions/explain/report.py").read_text(encoding="utf-8")
    variables = in_cloud(translated).get("ExplainFunction", "Environment", "Variables")

    shown = set(re.findall(r'MetricName=\\\\?"(\w+)', text)) | {
        metric[1]
        for widget in widgets(translated)
        for metric in widget["properties"].get("metrics", [])
        if metric[0] == "BRAIN/AWS::StackName"
    }
    assert variables["POWERTOOLS_METRICS_NAMESPACE"] == "BRAIN/brain"
    assert shown == {"Photos", "StageDuration", "Turnaround", "GigabyteSeconds", "Megapixels"}
    assert all(f'"{name}"' in counted for name in shown)


def test_the_dashboard_shows_every_alarm_that_is_always_there(translated: dict[str, Any]) -> None:
    alarms = {name for name, _ in of_type(effective(in_cloud(translated)), "AWS::CloudWatch::Alarm")}
    (widget,) = (one for one in widgets(translated) if one["type"] == "alarm")

    assert set(widget["properties"]["alarms"]) == {f"{name}.Arn" for name in alarms}


def test_the_widgets_of_the_dashboard_do_not_overlap(translated: dict[str, Any]) -> None:
    cells = [
        (x, y)
        for one in widgets(translated)
        for x in range(one["x"], one["x"] + one["width"])
        for y in range(one["y"], one["y"] + one["height"])
    ]

    assert len(cells) == len(set(cells))
    assert max(x for x, _ in cells) < 24


def test_options_change_what_they_say(translated: dict[str, Any]) -> None:
    everything = in_cloud(translated, **EVERYTHING)
    resources = effective(everything)
    site = resources["SiteDistribution"]["Properties"]["DistributionConfig"]

    assert site["Aliases"] == [{"Ref": "DomainName"}]
    assert site["ViewerCertificate"]["MinimumProtocolVersion"] == "TLSv1.2_2021"
    assert site["WebACLId"] == {"Fn::GetAtt": ["SiteWebAcl", "Arn"]}
    assert resources["ApiRoute"]["Properties"]["AuthorizationType"] == "JWT"
    assert resources["HealthRoute"]["Properties"]["AuthorizationType"] == "NONE"
    assert everything.get("ApiAuthorizer", "JwtConfiguration", "Audience") == ["faces", "others"]
    assert everything.get("ExplainFunction", "VpcConfig", "SubnetIds") == ["subnet-1", "subnet-2"]
    assert resources["ExplainFeed"]["Properties"]["FunctionName"] == {"Ref": "ExplainFunctionAliaslive"}
    origins = everything.get("UploadsBucket", "CorsConfiguration", "CorsRules")[0]["AllowedOrigins"]
    assert origins[1] == "https://faces.example.org"


@pytest.mark.parametrize(
    "name",
    [
        "UploadsBucket",
        "ResultsBucket",
        "PhotoQueue",
        "DeadLetterQueue",
        "ResultsTable",
        "ExplainLogs",
        "ApiLogs",
        "ApiAccessLogs",
        "AlarmTopic",
        "ExplainFunction",
        "ApiFunction",
        "ExplainRole",
        "ApiRole",
        "ScanRole",
    ],
)
def test_the_customers_key_is_used_wherever_there_is_something_of_people(
    translated: dict[str, Any], name: str
) -> None:
    assert "KmsKeyArn" in set(references(effective(in_cloud(translated, **EVERYTHING))[name]))
    others = {**EVERYTHING, "KmsKeyArn": ""}
    assert "KmsKeyArn" not in set(references(effective(in_cloud(translated, **others))[name]))


def test_an_existing_firewall_is_taken(translated: dict[str, Any]) -> None:
    arn = f"arn:aws:wafv2:us-east-1:{ACCOUNT}:global/webacl/corporate/1"
    resources = effective(in_cloud(translated, WebAcl=arn))

    assert resources["SiteDistribution"]["Properties"]["DistributionConfig"]["WebACLId"] == {"Ref": "WebAcl"}
    assert "SiteWebAcl" not in resources


def test_choices_reach_both_the_build_and_the_function(
    source: dict[str, Any], translated: dict[str, Any]
) -> None:
    stack = in_cloud(translated, Model="vgg-face", Check="full", Dtype="float32", Language="de")
    variables = stack.get("ExplainFunction", "Environment", "Variables")
    arguments = source["Resources"]["ExplainFunction"]["Metadata"]["DockerBuildArgs"]
    dockerfile = (REPOSITORY / "functions/explain/Dockerfile").read_text(encoding="utf-8")

    chosen = {
        "BRAIN_MODEL": "vgg-face",
        "BRAIN_CHECK": "full",
        "BRAIN_DTYPE": "float32",
        "BRAIN_LANGUAGE": "de",
    }
    assert variables.items() >= chosen.items()
    assert arguments["BRAIN_MODEL"] == {"Ref": "Model"}
    assert all(f"ARG {name}" in dockerfile for name in arguments)


def test_the_runtime_is_not_global(source: dict[str, Any]) -> None:
    assert "Runtime" not in source["Globals"]["Function"]
