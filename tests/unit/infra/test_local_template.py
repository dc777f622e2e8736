"""Resolving the template: functions, conditions, names and URLs."""

from __future__ import annotations

from typing import Any

import pytest

from brain.core.settings import REPOSITORY
from infra.local.deploy import load
from infra.local.description import Description, describe
from infra.local.environment import base, of_function
from infra.local.headers import response_headers
from infra.local.names import Target
from infra.local.resolver import Stack, Unresolvable

ENDPOINT = "http://127.0.0.1:9100"
PAGE = "http://127.0.0.1:8100"
TARGET = Target("brain", "us-east-1", "123456789012", ENDPOINT, PAGE)
TEMPLATE: dict[str, Any] = {
    "Parameters": {
        "Colour": {"Type": "String", "Default": "red"},
        "Count": {"Type": "Number", "Default": 3},
        "Needed": {"Type": "String"},
    },
    "Conditions": {
        "IsRed": {"Fn::Equals": [{"Ref": "Colour"}, "red"]},
        "IsBlue": {"Fn::Equals": [{"Ref": "Colour"}, "blue"]},
        "IsEither": {"Fn::Or": [{"Condition": "IsRed"}, {"Condition": "IsBlue"}]},
        "IsBoth": {"Fn::And": [{"Condition": "IsRed"}, {"Condition": "IsBlue"}]},
        "IsNotRed": {"Fn::Not": [{"Condition": "IsRed"}]},
    },
    "Resources": {
        "Bucket": {
            "Type": "AWS::S3::Bucket",
            "Properties": {"BucketName": {"Fn::Sub": "${AWS::StackName}-in"}},
        },
        "Other": {"Type": "AWS::S3::Bucket"},
        "Queue": {"Type": "AWS::SQS::Queue"},
        "BlueQueue": {"Type": "AWS::SQS::Queue", "Condition": "IsBlue"},
        "Table": {"Type": "AWS::DynamoDB::Table"},
        "Site": {"Type": "AWS::CloudFront::Distribution"},
        "Role": {
            "Type": "AWS::IAM::Role",
            "Properties": {
                "Inner": {"Fn::If": ["IsRed", {"Deep": {"Ref": "Count"}}, {"Ref": "AWS::NoValue"}]}
            },
        },
    },
}


def stack(**parameters: Any) -> Stack:
    return Stack(TEMPLATE, parameters, TARGET)


@pytest.fixture(scope="module")
def real() -> Stack:
    """The project's own template."""
    return load(REPOSITORY / "template.yaml", ENDPOINT, PAGE, {})


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({"Ref": "Colour"}, "red"),
        ({"Ref": "Count"}, 3),
        ({"Ref": "AWS::Region"}, "us-east-1"),
        ({"Ref": "Bucket"}, "brain-in"),
        ({"Ref": "Other"}, "brain-other"),
        ({"Ref": "Queue"}, f"{ENDPOINT}/123456789012/brain-Queue"),
        ({"Ref": "Table"}, "brain-Table"),
        ({"Ref": "Role"}, "Role"),
        ({"Fn::GetAtt": ["Queue", "Arn"]}, "arn:aws:sqs:us-east-1:123456789012:brain-Queue"),
        ({"Fn::GetAtt": "Table.Arn"}, "arn:aws:dynamodb:us-east-1:123456789012:table/brain-Table"),
        ({"Fn::Sub": "${Bucket.Arn}/${Colour}/${!Kept}"}, "arn:aws:s3:::brain-in/red/${Kept}"),
        ({"Fn::Sub": ["${Here}-${Count}", {"Here": {"Ref": "Colour"}}]}, "red-3"),
        ({"Fn::Join": ["-", ["a", {"Ref": "Colour"}]]}, "a-red"),
        ({"Fn::If": ["IsRed", 1, 2]}, 1),
        ({"Fn::If": ["IsBlue", 1, {"a": {"Ref": "Count"}}]}, {"a": 3}),
        ({"a": {"Ref": "AWS::NoValue"}, "b": [{"Ref": "AWS::NoValue"}, 1]}, {"b": [1]}),
        ({"Ref": ["not", "a", "function"]}, {"Ref": ["not", "a", "function"]}),
    ],
)
def test_values(value: Any, expected: Any) -> None:
    assert stack().resolve(value) == expected


@pytest.mark.parametrize(
    ("colour", "true"),
    [
        ("red", {"IsRed", "IsEither"}),
        ("blue", {"IsBlue", "IsEither", "IsNotRed"}),
        ("green", {"IsNotRed"}),
    ],
)
def test_conditions(colour: str, true: set[str]) -> None:
    assert {name for name in TEMPLATE["Conditions"] if stack(Colour=colour).holds(name)} == true


@pytest.mark.parametrize(
    ("value", "named"),
    [
        ({"Ref": "Nothing"}, "Nothing"),
        ({"Ref": "BlueQueue"}, "BlueQueue"),
        ({"Ref": "Needed"}, "Needed"),
        ({"Fn::GetAtt": ["Role", "Arn"]}, "Role.Arn"),
        ({"Fn::ImportValue": "x"}, "Fn::ImportValue"),
        ({"Fn::If": ["IsGreen", 1, 2]}, "IsGreen"),
    ],
)
def test_unresolvable_values_are_reported(value: Any, named: str) -> None:
    with pytest.raises(Unresolvable, match=named):
        stack().resolve(value)


def test_resources_with_a_false_condition_do_not_exist() -> None:
    assert stack().of_type("AWS::SQS::Queue") == ["Queue"]
    assert stack(Colour="blue").of_type("AWS::SQS::Queue") == ["Queue", "BlueQueue"]


def test_a_property_is_found_inside_a_condition() -> None:
    assert stack().get("Role", "Inner", "Deep") == 3
    assert stack(Colour="blue").get("Role", "Inner", "Deep") is None
    assert stack().get("Queue", "DelaySeconds") is None


def test_cloud_urls_are_replaced_by_local_ones() -> None:
    text = "https://${Site.DomainName} https://${Bucket}.s3.${AWS::Region}.amazonaws.com https://example.com"

    assert stack().resolve({"Fn::Sub": text}) == f"{PAGE} {ENDPOINT} https://example.com"


def test_the_functions_get_the_templates_settings(real: Stack) -> None:
    description = describe(real)
    explain = description.functions[description.event_source.function]

    assert (explain.timeout, explain.memory) == (60, 1769)
    assert explain.environment["BRAIN_UPLOADS_BUCKET"] == description.uploads_bucket == "brain-uploads"
    assert explain.environment["BRAIN_RESULTS_BUCKET"] == description.results_bucket == "brain-results"
    assert explain.environment["BRAIN_MAX_RECEIVES"] == "5"
    assert explain.environment["BRAIN_MODEL"] == "dlib-resnet"
    assert (description.event_source.batch_size, description.event_source.partial) == (1, True)
    assert description.event_source.queue_url == f"{ENDPOINT}/123456789012/brain-PhotoQueue"


def test_the_environment_selects_the_model() -> None:
    chosen = load(REPOSITORY / "template.yaml", ENDPOINT, PAGE, {"BRAIN_MODEL": "vgg-face"})

    assert describe(chosen).functions["ApiFunction"].environment["BRAIN_MODEL"] == "vgg-face"


def test_a_description_survives_the_round_trip(real: Stack, tmp_path: Any) -> None:
    description = describe(real)

    description.write(tmp_path / "stack.json")

    assert Description.read(tmp_path / "stack.json") == description


def test_the_page_has_the_distributions_headers(real: Stack) -> None:
    headers = response_headers(real)
    policy = dict(part.strip().split(" ", 1) for part in headers.pop("Content-Security-Policy").split(";"))

    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == policy["style-src"] == "'self'"
    assert policy["img-src"] == f"'self' blob: data: {ENDPOINT}"
    assert set(policy["connect-src"].split()) == {"'self'", ENDPOINT}
    assert headers == {
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        "Referrer-Policy": "no-referrer",
        "Permissions-Policy": "camera=(self), microphone=(), geolocation=()",
        "Cross-Origin-Opener-Policy": "same-origin",
    }


def test_the_users_own_aws_settings_are_removed() -> None:
    own = {
        "AWS_PROFILE": "production",
        "AWS_ACCESS_KEY_ID": "real",
        "AWS_SESSION_TOKEN": "real",
        "AWS_ENDPOINT_URL_S3": "https://elsewhere.example",
        "AWS_REGION": "eu-west-1",
        "HOME": "/home/someone",
        "HTTP_PROXY": "http://proxy.example:3128",
    }

    environment = base(own, ENDPOINT)

    assert {"AWS_PROFILE", "AWS_SESSION_TOKEN", "AWS_ENDPOINT_URL_S3", "AWS_REGION"}.isdisjoint(environment)
    assert (environment["AWS_ACCESS_KEY_ID"], environment["AWS_ENDPOINT_URL"]) == ("local", ENDPOINT)
    assert (environment["HOME"], environment["NO_PROXY"]) == ("/home/someone", "127.0.0.1")


def test_models_are_loaded_from_a_local_folder(real: Stack) -> None:
    api = describe(real).functions["ApiFunction"]

    assert of_function({}, api)["BRAIN_MODELS"] == str(REPOSITORY / "models")
    assert of_function({"BRAIN_MODELS": "/elsewhere"}, api)["BRAIN_MODELS"] == "/elsewhere"
