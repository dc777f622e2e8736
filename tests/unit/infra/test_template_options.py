"""The parameters of the template have their documented effects."""

from __future__ import annotations

from typing import Any

import pytest

from brain.core.settings import REPOSITORY
from tests.cloud_stack import ACCOUNT, EVERYTHING, stack_of
from tests.invariants import (
    effective,
    references,
)


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
