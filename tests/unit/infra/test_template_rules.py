"""The template's rules, by which CloudFormation rejects inconsistent parameters before creating resources."""

from __future__ import annotations

from typing import Any

import pytest

from brain.core.settings import REPOSITORY
from infra.local.template import read_template

TEMPLATE = read_template(REPOSITORY / "template.yaml")
LISTS = [
    name for name, parameter in TEMPLATE["Parameters"].items() if parameter["Type"] == "CommaDelimitedList"
]


def evaluate(value: Any, values: dict[str, str]) -> Any:
    """Evaluate the intrinsic functions that rules support."""
    if not isinstance(value, dict):
        return value
    ((function, argument),) = value.items()
    match function:
        case "Ref":
            given = values.get(argument, "")
            return given.split(",") if argument in LISTS else given
        case "Fn::Equals":
            return evaluate(argument[0], values) == evaluate(argument[1], values)
        case "Fn::EachMemberEquals":
            return all(member == argument[1] for member in evaluate(argument[0], values))
        case "Fn::Not":
            return not evaluate(argument[0], values)
    raise AssertionError(f"rules do not know {function}")


def refused(region: str = "eu-central-1", **parameters: str) -> list[str]:
    """The assertions that these parameters violate."""
    defaults = {name: str(parameter["Default"]) for name, parameter in TEMPLATE["Parameters"].items()}
    values = {**defaults, **parameters, "AWS::Region": region}
    return [
        assertion["AssertDescription"]
        for rule in TEMPLATE["Rules"].values()
        if evaluate(rule["RuleCondition"], values)
        for assertion in rule["Assertions"]
        if not evaluate(assertion["Assert"], values)
    ]


@pytest.mark.parametrize(
    "parameters",
    [
        {},
        {"DomainName": "a.example", "CertificateArn": "arn", "HostedZoneId": "Z1"},
        {"JwtIssuer": "https://a.example", "JwtAudience": "faces"},
        {"VpcSubnetIds": "a,b", "VpcSecurityGroupIds": "c"},
        {"WebAcl": "create", "region": "us-east-1"},
        {"WebAcl": "arn:aws:wafv2:us-east-1:123456789012:global/webacl/a/b"},
    ],
)
def test_consistent_parameters_are_accepted(parameters: dict[str, str]) -> None:
    assert refused(**parameters) == []


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"DomainName": "a.example"}, "DomainName requires CertificateArn"),
        ({"CertificateArn": "arn"}, "CertificateArn requires DomainName"),
        ({"HostedZoneId": "Z1"}, "HostedZoneId requires DomainName"),
        ({"JwtIssuer": "https://a.example"}, "JwtIssuer requires JwtAudience"),
        ({"VpcSubnetIds": "a"}, "VpcSubnetIds requires VpcSecurityGroupIds"),
        ({"WebAcl": "create"}, "only be created in us-east-1"),
    ],
)
def test_inconsistent_parameters_are_rejected_with_a_reason(parameters: dict[str, str], message: str) -> None:
    (reason,) = refused(**parameters)

    assert message in reason
