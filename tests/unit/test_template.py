"""The cloud stack, translated offline: what must hold of it, and that the checks see it when it does not."""

from __future__ import annotations

import copy
import json
import os
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from brain.settings import REPOSITORY, Settings
from brain.store import Store
from infra.local.identity import Place
from infra.local.resolver import Stack
from infra.local.template import read_template, translate

TEMPLATE = REPOSITORY / "template.yaml"
SAM = REPOSITORY / ".tools" / "sam" / "bin" / "sam"
ACCOUNT = "123456789012"
DAY = 24 * 60 * 60

Resources = dict[str, Any]


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


def of_type(resources: Resources, kind: str) -> Iterator[tuple[str, dict[str, Any]]]:
    for name, resource in resources.items():
        if resource["Type"] == kind:
            yield name, resource.get("Properties", {})


def as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def references(value: Any) -> Iterator[str]:
    """The logical ids that a value points at with Ref, Fn::GetAtt and Fn::Sub."""
    if isinstance(value, list):
        for item in value:
            yield from references(item)
    if not isinstance(value, dict):
        return
    for key, item in value.items():
        match key:
            case "Ref":
                yield item
            case "Fn::GetAtt":
                yield as_list(item)[0].split(".")[0]
            case "Fn::Sub":
                text, variables = (item, {}) if isinstance(item, str) else item
                names = {part.partition("}")[0].split(".")[0] for part in text.split("${")[1:]}
                yield from names - set(variables)
                yield from references(variables)
            case _:
                yield from references(item)


# Each invariant gives what is wrong, nothing where all is well.


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
            yield f"{name} may become public"
        if bucket.get("OwnershipControls") != {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]}:
            yield f"{name} may hold objects of others"
        if "BucketEncryption" not in bucket:
            yield f"{name} is not encrypted"
        if name not in tls_only:
            yield f"{name} may be used without TLS"


def photos_are_forgotten(resources: Resources) -> Iterator[str]:
    for name, days in (("UploadsBucket", 1), ("ResultsBucket", {"Ref": "ResultDays"})):
        (rule,) = resources[name]["Properties"]["LifecycleConfiguration"]["Rules"]
        if rule["ExpirationInDays"] != days or rule["Status"] != "Enabled" or "Prefix" in rule:
            yield f"{name} keeps objects"


def only_the_site_uploads(resources: Resources) -> Iterator[str]:
    for name, bucket in of_type(resources, "AWS::S3::Bucket"):
        for rule in bucket.get("CorsConfiguration", {}).get("CorsRules", []):
            if "SiteDistribution" not in set(references(rule["AllowedOrigins"])) or "*" in json.dumps(rule):
                yield f"{name} accepts other origins than the site's"
    uploads = resources["UploadsBucket"]["Properties"]["CorsConfiguration"]["CorsRules"]
    if [rule["AllowedMethods"] for rule in uploads] != [["POST"]]:
        yield "UploadsBucket accepts more than POST"


def nothing_is_lost(resources: Resources) -> Iterator[str]:
    queues = dict(of_type(resources, "AWS::SQS::Queue"))
    dead = {
        queue["RedrivePolicy"]["deadLetterTargetArn"]["Fn::GetAtt"][0]
        for queue in queues.values()
        if "RedrivePolicy" in queue
    }
    watched = {
        target
        for _, alarm in of_type(resources, "AWS::CloudWatch::Alarm")
        for target in references(alarm["Dimensions"])
    }
    for name, queue in queues.items():
        if name not in dead and "RedrivePolicy" not in queue:
            yield f"{name} has no dead letter queue"
        if name in dead and name not in watched:
            yield f"nobody watches {name}"
        if queue.get("MessageRetentionPeriod") != 14 * DAY:
            yield f"{name} forgets messages before 14 days"
        if queue.get("SqsManagedSseEnabled") is not True:
            yield f"{name} is not encrypted"


def the_queue_feeds_the_function(resources: Resources) -> Iterator[str]:
    ((_, mapping),) = of_type(resources, "AWS::Lambda::EventSourceMapping")
    function = resources[mapping["FunctionName"]["Ref"]]["Properties"]
    queue = resources[mapping["EventSourceArn"]["Fn::GetAtt"][0]]["Properties"]
    if mapping.get("BatchSize") != 1 or mapping.get("FunctionResponseTypes") != ["ReportBatchItemFailures"]:
        yield "one bad photo can hold up others"
    if "MaximumConcurrency" not in mapping.get("ScalingConfig", {}):
        yield "nothing bounds how many photos are explained at once"
    if queue["VisibilityTimeout"] < 6 * function["Timeout"]:
        yield "a photo may be delivered again while it is being explained"
    told = function["Environment"]["Variables"]["BRAIN_MAX_RECEIVES"]
    if queue.get("RedrivePolicy", {}).get("maxReceiveCount") != told:
        yield "the function does not know which delivery is the last"


def least_privilege(resources: Resources) -> Iterator[str]:
    for name, role in of_type(resources, "AWS::IAM::Role"):
        if role.get("ManagedPolicyArns"):
            yield f"{name} has policies that are not written here"
        for policy in role.get("Policies", []):
            for statement in policy["PolicyDocument"]["Statement"]:
                places = as_list(statement["Resource"])
                if any("*" in action for action in as_list(statement["Action"])):
                    yield f"{name} may do anything: {statement['Action']}"
                if any(isinstance(place, str) for place in places):
                    yield f"{name} may do it anywhere: {places}"
    for name, policy in [
        *of_type(resources, "AWS::S3::BucketPolicy"),
        *of_type(resources, "AWS::SQS::QueuePolicy"),
    ]:
        for statement in policy["PolicyDocument"]["Statement"]:
            if statement["Effect"] == "Allow" and (
                "Condition" not in statement or statement["Principal"] == "*"
            ):
                yield f"{name} lets strangers in"


def the_table_is_kept_well(resources: Resources) -> Iterator[str]:
    ((name, table),) = of_type(resources, "AWS::DynamoDB::Table")
    expected = {
        "BillingMode": "PAY_PER_REQUEST",
        "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
        "TimeToLiveSpecification": {"AttributeName": "expires_at", "Enabled": True},
        "PointInTimeRecoverySpecification": {"PointInTimeRecoveryEnabled": True},
        "SSESpecification": {"SSEEnabled": True},
    }
    for key, value in expected.items():
        if table.get(key) != value:
            yield f"{name}: {key} is not {value}"


def logs_end(resources: Resources) -> Iterator[str]:
    groups = dict(of_type(resources, "AWS::Logs::LogGroup"))
    for name, group in groups.items():
        if "RetentionInDays" not in group:
            yield f"{name} keeps logs for ever"
    for name, function in of_type(resources, "AWS::Lambda::Function"):
        if function.get("LoggingConfig", {}).get("LogGroup", {}).get("Ref") not in groups:
            yield f"{name} logs into a group that nobody limits"


def the_api_is_bounded(resources: Resources) -> Iterator[str]:
    ((_, stage),) = of_type(resources, "AWS::ApiGatewayV2::Stage")
    if not {"ThrottlingRateLimit", "ThrottlingBurstLimit"} <= set(stage.get("DefaultRouteSettings", {})):
        yield "the API takes any number of requests"
    log = stage.get("AccessLogSettings", {}).get("Format", "")
    if "$context.status" not in log:
        yield "the API keeps no access log"
    if "path" in log.lower():
        yield "the access log holds ids"


def the_page_is_guarded(resources: Resources) -> Iterator[str]:
    ((_, policy),) = of_type(resources, "AWS::CloudFront::ResponseHeadersPolicy")
    headers = policy["ResponseHeadersPolicyConfig"]["SecurityHeadersConfig"]
    text = headers["ContentSecurityPolicy"]["ContentSecurityPolicy"]["Fn::Sub"][0]
    needed = (
        "default-src 'none'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
        "script-src 'self'",
    )
    if "unsafe" in text or "*" in text or any(directive not in text for directive in needed):
        yield "the content security policy is not strict"
    others = {"ContentTypeOptions", "FrameOptions", "ReferrerPolicy", "StrictTransportSecurity"}
    if not others <= set(headers):
        yield "a security header is missing"


def the_distribution_is_closed(resources: Resources) -> Iterator[str]:
    ((_, distribution),) = of_type(resources, "AWS::CloudFront::Distribution")
    config = distribution["DistributionConfig"]
    if config["HttpVersion"] != "http2and3":
        yield "no HTTP/3"
    site, api = config["Origins"]
    if (
        "OriginAccessControlId" not in site
        or api["CustomOriginConfig"]["OriginProtocolPolicy"] != "https-only"
    ):
        yield "an origin is open"
    for behaviour in [config["DefaultCacheBehavior"], *config["CacheBehaviors"]]:
        if behaviour["ViewerProtocolPolicy"] == "allow-all" or not behaviour["Compress"]:
            yield "unencrypted or uncompressed answers"
        if "ResponseHeadersPolicyId" not in behaviour:
            yield "answers without security headers"
    (behaviour,) = config["CacheBehaviors"]
    disabled = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad"
    if (behaviour["PathPattern"], behaviour["CachePolicyId"]) != ("/api/*", disabled):
        yield "the API's answers are cached"


INVARIANTS: list[Callable[[Resources], Iterator[str]]] = [
    buckets_are_private,
    photos_are_forgotten,
    only_the_site_uploads,
    nothing_is_lost,
    the_queue_feeds_the_function,
    least_privilege,
    the_table_is_kept_well,
    logs_end,
    the_api_is_bounded,
    the_page_is_guarded,
    the_distribution_is_closed,
]

Way = tuple[str | int, ...]
UPLOADS = ("UploadsBucket", "Properties")
QUEUE = ("PhotoQueue", "Properties")
EXPLAIN = ("ExplainRole", "Properties")
STATEMENT = (*EXPLAIN, "Policies", 0, "PolicyDocument", "Statement", 2)
BAD: list[tuple[Callable[[Resources], Iterator[str]], Way, Any]] = [
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


@pytest.mark.parametrize("invariant", INVARIANTS, ids=lambda invariant: invariant.__name__)
def test_invariant(translated: dict[str, Any], invariant: Callable[[Resources], Iterator[str]]) -> None:
    assert list(invariant(translated["Resources"])) == []


@pytest.mark.parametrize(
    ("invariant", "path", "value"), BAD, ids=lambda value: getattr(value, "__name__", None)
)
def test_bad_variants_are_caught(
    translated: dict[str, Any], invariant: Callable[[Resources], Iterator[str]], path: Way, value: Any
) -> None:
    assert list(invariant(changed(translated["Resources"], path, value)))


def test_every_parameter_is_used_and_described(source: dict[str, Any], translated: dict[str, Any]) -> None:
    used = set(references([translated["Resources"], translated["Conditions"], source["Resources"]]))

    assert set(source["Parameters"]) <= used
    assert all(entry.get("Description") for entry in source["Parameters"].values())


def test_everything_pointed_at_is_there(translated: dict[str, Any]) -> None:
    there = {*translated["Resources"], *translated["Parameters"]}
    pointed_at = {name for name in references(translated) if not name.startswith("AWS::")}

    assert pointed_at <= there


def test_the_stack_can_be_made_in_some_order(translated: dict[str, Any]) -> None:
    resources = translated["Resources"]
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
    statements = translated["Resources"]["ApiRole"]["Properties"]["Policies"][0]["PolicyDocument"][
        "Statement"
    ]
    places = [stack.resolve(one["Resource"]) for one in statements if "Fn::Sub" in one["Resource"]]
    assert {place.split("/")[0] for place in places} == {f"arn:aws:s3:::{uploads}", f"arn:aws:s3:::{results}"}


def test_the_functions_read_every_variable_they_are_given(translated: dict[str, Any]) -> None:
    stack = in_cloud(translated, MaxPhotoBytes="5000", ResultDays="7", MaxReceives="4", Model="other")
    variables = {
        key: str(value) for key, value in stack.get("ApiFunction", "Environment", "Variables").items()
    }
    ours = {key: value for key, value in variables.items() if key.startswith("BRAIN_")}
    source = (REPOSITORY / "layers/brain/python/brain/settings.py").read_text(encoding="utf-8")

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


def test_the_runtime_is_not_global(source: dict[str, Any]) -> None:
    assert "Runtime" not in source["Globals"]["Function"]


def test_the_layer_holds_the_package_and_names_but_no_weights(tmp_path: Path) -> None:
    model = tmp_path / "models" / "tiny"
    model.mkdir(parents=True)
    (model / "names.txt").write_text("Ada Lovelace\n", encoding="utf-8")
    (model / "weights.safetensors").write_bytes(b"heavy")

    build_layer(tmp_path / "built", tmp_path / "models", check=True)

    files = {
        str(path.relative_to(tmp_path / "built"))
        for path in (tmp_path / "built").rglob("*")
        if path.is_file()
    }
    assert {"models/tiny/names.txt", "python/brain/store.py", "python/brain/settings.py"} <= files
    assert not [name for name in files if "weights" in name or "__pycache__" in name]


def test_a_layer_without_any_model_is_refused(tmp_path: Path) -> None:
    assert "no model" in build_layer(tmp_path / "built", tmp_path, check=False).stderr


def build_layer(target: Path, models: Path, *, check: bool) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["make", "--makefile", "Makefile", "build-BrainLayer", f"ARTIFACTS_DIR={target}", f"MODELS={models}"],
        cwd=REPOSITORY / "layers" / "brain",
        capture_output=True,
        text=True,
        check=check,
    )


@pytest.mark.skipif(not SAM.exists(), reason="`make test` installs the sam command line")
def test_sam_finds_no_fault() -> None:
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": os.environ.get("HOME", "/"),
        "AWS_DEFAULT_REGION": "us-east-1",
        "SAM_CLI_TELEMETRY": "0",
    }
    command = [str(SAM), "validate", "--lint", "--template-file", str(TEMPLATE)]

    run = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)

    assert run.returncode == 0, run.stdout + run.stderr
