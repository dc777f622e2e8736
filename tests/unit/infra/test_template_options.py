"""The parameters of the template have their documented effects."""

from __future__ import annotations

from typing import Any

import pytest

from brain.core.settings import REPOSITORY
from infra.local.template import read_template
from tests.cloud_stack import ACCOUNT, ENROLLING, EVERYTHING, TEMPLATE, stack_of
from tests.resolved_template import effective, references


def test_options_have_their_documented_effect(translated: dict[str, Any]) -> None:
    everything = stack_of(translated, **EVERYTHING)
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
def test_the_customer_managed_key_encrypts_all_personal_data(translated: dict[str, Any], name: str) -> None:
    assert "KmsKeyArn" in set(references(effective(stack_of(translated, **EVERYTHING))[name]))
    others = {**EVERYTHING, "KmsKeyArn": ""}
    assert "KmsKeyArn" not in set(references(effective(stack_of(translated, **others))[name]))


def test_an_existing_firewall_is_used(translated: dict[str, Any]) -> None:
    arn = f"arn:aws:wafv2:us-east-1:{ACCOUNT}:global/webacl/corporate/1"
    resources = effective(stack_of(translated, WebAcl=arn))

    assert resources["SiteDistribution"]["Properties"]["DistributionConfig"]["WebACLId"] == {"Ref": "WebAcl"}
    assert "SiteWebAcl" not in resources


def test_parameters_reach_both_the_build_and_the_function(
    source: dict[str, Any], translated: dict[str, Any]
) -> None:
    stack = stack_of(translated, Model="vgg-face", Check="full", Dtype="float32", Language="de")
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


def about_people(translated: dict[str, Any], role: str, **parameters: str) -> list[tuple[Any, str]]:
    """Actions and resources that a role has for enrolled people alone."""
    stack = stack_of(translated, **parameters)
    (policy,) = effective(stack)[role]["Properties"]["Policies"]
    found = [each for each in policy["PolicyDocument"]["Statement"] if "/people/" in str(each["Resource"])]
    return [(each["Action"], stack.resolve(each["Resource"])) for each in found]


def test_one_parameter_turns_own_people_on(translated: dict[str, Any]) -> None:
    place = f"{ACCOUNT}-us-east-1"
    log = f"arn:aws:s3:::brain-results-{place}/people/dlib-resnet.json"
    assert about_people(translated, "ExplainRole") == about_people(translated, "ApiRole") == []
    assert about_people(translated, "ExplainRole", People="both") == [(["s3:GetObject", "s3:PutObject"], log)]
    assert about_people(translated, "ApiRole", People="own") == [("s3:GetObject", log)]
    assert about_people(translated, "ApiRole", **ENROLLING) == [
        ("s3:GetObject", log),
        ("s3:PutObject", f"arn:aws:s3:::brain-uploads-{place}/people/*"),
    ]


@pytest.mark.parametrize(
    ("parameters", "enrols"),
    [({}, "no"), ({"People": "both"}, "no"), ({**EVERYTHING}, "no"), ({**ENROLLING}, "yes")],
    ids=["defaults", "people", "token", "people and token"],
)
def test_the_api_enrols_only_callers_with_a_token(
    translated: dict[str, Any], parameters: dict[str, str], enrols: str
) -> None:
    variables = stack_of(translated, **parameters).get("ApiFunction", "Environment", "Variables")
    assert variables["BRAIN_ENROLS"] == enrols


def test_deleting_an_enrolment_photo_is_an_event_and_its_expiry_is_none(translated: dict[str, Any]) -> None:
    def notifications(**parameters: str) -> list[tuple[str, Any]]:
        stack = stack_of(translated, **parameters)
        queues = stack.get("UploadsBucket", "NotificationConfiguration")["QueueConfigurations"]
        return [(queue["Event"], queue.get("Filter")) for queue in queues]

    created = ("s3:ObjectCreated:*", None)
    people = {"S3Key": {"Rules": [{"Name": "prefix", "Value": "people/"}]}}
    assert notifications() == [created]
    assert notifications(People="both") == [created, ("s3:ObjectRemoved:*", people)]


def test_own_people_and_the_malware_scan_exclude_each_other(translated: dict[str, Any]) -> None:
    rule = read_template(TEMPLATE)["Rules"]["PeopleWithoutScan"]
    assert rule["RuleCondition"] == {"Fn::Not": [{"Fn::Equals": [{"Ref": "People"}, "embedded"]}]}
    assert rule["Assertions"][0]["Assert"] == {"Fn::Equals": [{"Ref": "MalwareScan"}, "no"]}
