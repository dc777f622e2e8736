"""References, names and environment variables of the translated template."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from brain.cloud.clients import s3_client
from brain.cloud.photos import PhotoDeclaration, UploadsBucket
from brain.cloud.result_files import ResultsBucket
from brain.core.settings import REPOSITORY, Settings
from tests.cloud_stack import ACCOUNT, EVERYTHING, VARIANTS, stack_of
from tests.resolved_template import as_list, effective, evaluate_conditions, references


def test_every_parameter_is_used_and_described(source: dict[str, Any], translated: dict[str, Any]) -> None:
    used = set(references([translated["Resources"], translated["Conditions"], source["Resources"]]))
    groups = source["Metadata"]["AWS::CloudFormation::Interface"]["ParameterGroups"]

    assert set(source["Parameters"]) <= used
    assert all(entry.get("Description") for entry in source["Parameters"].values())
    assert sorted(name for group in groups for name in group["Parameters"]) == sorted(source["Parameters"])
    assert all("Default" in entry for entry in source["Parameters"].values()), "it deploys as it comes"


def test_every_condition_is_used(source: dict[str, Any], translated: dict[str, Any]) -> None:
    resources = translated["Resources"].values()
    used = {
        *conditions_of(list(resources)),
        *(resource["Condition"] for resource in resources if "Condition" in resource),
    }

    assert used == set(source["Conditions"])


def conditions_of(value: Any) -> Iterator[str]:
    """The conditions that a value refers to."""
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
def test_every_reference_exists(translated: dict[str, Any], variant: dict[str, str]) -> None:
    stack = stack_of(translated, **variant)
    there = {*effective(stack), *translated["Parameters"]}
    outputs = [evaluate_conditions(output, stack) for output in translated["Outputs"].values()]
    pointed_at = {name for name in references([effective(stack), outputs]) if not name.startswith("AWS::")}

    assert pointed_at <= there


@pytest.mark.parametrize("variant", VARIANTS)
def test_dependencies_are_not_circular(translated: dict[str, Any], variant: str) -> None:
    resources = effective(stack_of(translated, **VARIANTS[variant]))
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


def test_bucket_names_are_globally_unique_by_default(translated: dict[str, Any]) -> None:
    stack = stack_of(translated)

    assert stack.get("UploadsBucket", "BucketName") == f"brain-uploads-{ACCOUNT}-us-east-1"
    assert stack.get("ResultsBucket", "BucketName") == f"brain-results-{ACCOUNT}-us-east-1"


@pytest.mark.parametrize("names", ["account", "plain"])
def test_bucket_names_are_consistent(translated: dict[str, Any], names: str) -> None:
    stack = stack_of(translated, BucketNames=names)
    uploads, results = (stack.get(name, "BucketName") for name in ("UploadsBucket", "ResultsBucket"))

    for function in ("ExplainFunction", "ApiFunction"):
        variables = stack.get(function, "Environment", "Variables")
        assert (variables["BRAIN_UPLOADS_BUCKET"], variables["BRAIN_RESULTS_BUCKET"]) == (uploads, results)
    (statement,) = stack.get("PhotoQueuePolicy", "PolicyDocument", "Statement")
    assert statement["Condition"]["ArnEquals"] == {"aws:SourceArn": f"arn:aws:s3:::{uploads}"}
    role = effective(stack)["ApiRole"]["Properties"]
    statements = role["Policies"][0]["PolicyDocument"]["Statement"]
    places = [
        stack.resolve(statement["Resource"])
        for statement in statements
        if isinstance(statement["Resource"], dict) and "Fn::Sub" in statement["Resource"]
    ]
    assert {place.split("/")[0] for place in places} == {f"arn:aws:s3:::{uploads}", f"arn:aws:s3:::{results}"}


def test_the_functions_read_all_their_environment_variables(translated: dict[str, Any]) -> None:
    stack = stack_of(translated, MaxPhotoBytes="5000", ResultDays="7", MaxReceives="4", Model="other")
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
def test_the_security_policy_allows_presigned_urls(
    translated: dict[str, Any], monkeypatch: pytest.MonkeyPatch, region: str
) -> None:
    stack = stack_of(translated, region)
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
    s3 = s3_client()

    form = UploadsBucket(settings, s3).presigned_post("0" * 32, PhotoDeclaration("image/jpeg", 1))["url"]
    picture = ResultsBucket(settings, s3).presigned_url("0" * 32, "cropped.jpg").partition("/results/")[0]

    assert form.rstrip("/") in directives["connect-src"].split()
    assert picture in directives["img-src"].split()
    assert picture in directives["connect-src"].split()
