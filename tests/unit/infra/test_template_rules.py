"""Parameters that need each other: CloudFormation refuses what does not fit before it makes anything."""

from __future__ import annotations

from typing import Any

import pytest

from brain.core.settings import REPOSITORY
from infra.local.template import read_template

TEMPLATE = read_template(REPOSITORY / "template.yaml")
LISTS = [name for name, one in TEMPLATE["Parameters"].items() if one["Type"] == "CommaDelimitedList"]


def evaluate(value: Any, values: dict[str, str]) -> Any:
    """A condition of a rule, by the few functions that rules know."""
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
            return all(one == argument[1] for one in evaluate(argument[0], values))
        case "Fn::Not":
            return not evaluate(argument[0], values)
    raise AssertionError(f"rules do not know {function}")


def refused(region: str = "eu-central-1", **parameters: str) -> list[str]:
    """What the rules say against these values."""
    defaults = {name: str(one["Default"]) for name, one in TEMPLATE["Parameters"].items()}
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
def test_what_fits_is_taken(parameters: dict[str, str]) -> None:
    assert refused(**parameters) == []


@pytest.mark.parametrize(
    ("parameters", "said"),
    [
        ({"DomainName": "a.example"}, "DomainName needs CertificateArn"),
        ({"CertificateArn": "arn"}, "CertificateArn needs DomainName"),
        ({"HostedZoneId": "Z1"}, "HostedZoneId needs DomainName"),
        ({"JwtIssuer": "https://a.example"}, "JwtIssuer needs JwtAudience"),
        ({"VpcSubnetIds": "a"}, "VpcSubnetIds needs VpcSecurityGroupIds"),
        ({"WebAcl": "create"}, "us-east-1 only"),
    ],
)
def test_what_does_not_fit_is_refused_with_its_reason(parameters: dict[str, str], said: str) -> None:
    (reason,) = refused(**parameters)

    assert said in reason
