"""`make deploy` and `make destroy` against in-memory AWS, with a fake SAM command."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import boto3
import brotli
import pytest
from boto3 import Session

from brain.core.settings import REPOSITORY
from infra.cloud.configuration import Configuration
from infra.cloud.deploy import DeploymentFailed, deploy, publish
from infra.cloud.destroy import destroy
from infra.cloud.site import files, headers
from infra.local.atomic import atomic_aws

REGION: Literal["eu-central-1"] = "eu-central-1"
DEFAULTS = ["Model=dlib-resnet", "PythonRuntime=python3.13", "Architecture=x86_64"]
SAVED = """
version = 0.1
[default.deploy.parameters]
stack_name = "{stack}"
region = "eu-central-1"
parameter_overrides = "Model=\\"{model}\\" Check=\\"\\" AlarmEmail=\\"a@example.org\\""
"""


@dataclass
class FakeSam:
    """Records its commands; a guided deployment saves the user's answers."""

    path: Path
    answers: str = ""
    commands: list[list[str]] = field(default_factory=list)

    def __call__(self, command: Sequence[str]) -> None:
        self.commands.append([*command])
        if "--guided" in command and self.answers:
            self.path.write_text(self.answers, encoding="utf-8")


def build(*parameters: str) -> list[str]:
    return ["sam", "build", "--parameter-overrides", *parameters]


def test_the_first_deployment_is_guided(tmp_path: Path) -> None:
    sam = FakeSam(tmp_path / "samconfig.toml", SAVED.format(stack="faces", model="dlib-resnet"))

    chosen = deploy("sam", {}, sam, sam.path)

    assert sam.commands == [build(*DEFAULTS), ["sam", "deploy", "--guided"]]
    assert (chosen.stack, chosen.region) == ("faces", REGION)
    assert chosen.parameters == {"Model": "dlib-resnet", "Check": "", "AlarmEmail": "a@example.org"}


def test_a_model_chosen_in_the_dialogue_is_built(tmp_path: Path) -> None:
    sam = FakeSam(tmp_path / "samconfig.toml", SAVED.format(stack="faces", model="vgg-face"))

    deploy("sam", {}, sam, sam.path)

    assert sam.commands[2:] == [build("Model=vgg-face", *DEFAULTS[1:]), ["sam", "deploy"]]


def test_a_model_chosen_beforehand_is_preselected(tmp_path: Path) -> None:
    sam = FakeSam(tmp_path / "samconfig.toml", SAVED.format(stack="faces", model="vgg-face"))

    deploy("sam", {"BRAIN_MODEL": "vgg-face"}, sam, sam.path)

    assert sam.commands == [
        build("Model=vgg-face", *DEFAULTS[1:]),
        ["sam", "deploy", "--guided", "--parameter-overrides", "Model=vgg-face"],
    ]


def test_later_deployments_use_the_saved_configuration(tmp_path: Path) -> None:
    sam = FakeSam(tmp_path / "samconfig.toml")
    sam.path.write_text(SAVED.format(stack="faces", model="vgg-face"), encoding="utf-8")

    deploy("sam", {}, sam, sam.path)

    assert sam.commands == [build("Model=vgg-face", *DEFAULTS[1:]), ["sam", "deploy"]]


@pytest.mark.parametrize(
    ("answers", "said"), [("", "samconfig.toml"), (SAVED.format(stack="Faces", model="m"), "lower-case")]
)
def test_an_unusable_configuration_is_reported(tmp_path: Path, answers: str, said: str) -> None:
    sam = FakeSam(tmp_path / "samconfig.toml", answers)

    with pytest.raises(DeploymentFailed, match=said):
        deploy("sam", {}, sam, sam.path)


@pytest.fixture
def session(monkeypatch: pytest.MonkeyPatch) -> Iterator[Session]:
    for name in ("AWS_PROFILE", "AWS_ENDPOINT_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    with atomic_aws():
        yield boto3.Session(region_name=REGION)


@pytest.fixture
def stack(session: Session) -> dict[str, str]:
    """Create a stack with the expected outputs and return them."""
    outputs = {
        "UploadsBucketName": "faces-uploads",
        "ResultsBucketName": "faces-results",
        "SiteBucketName": "faces-site",
        "SiteUrl": "https://faces.example.org",
    }
    for name in ("UploadsBucketName", "ResultsBucketName", "SiteBucketName"):
        session.client("s3").create_bucket(
            Bucket=outputs[name], CreateBucketConfiguration={"LocationConstraint": REGION}
        )
    cloudfront = session.client("cloudfront")
    distribution = cloudfront.create_distribution(
        DistributionConfig={
            "CallerReference": "1",
            "Comment": "",
            "Enabled": True,
            "Origins": {
                "Quantity": 1,
                "Items": [
                    {
                        "Id": "o",
                        "DomainName": f"faces-site.s3.{REGION}.amazonaws.com",
                        "S3OriginConfig": {"OriginAccessIdentity": ""},
                    }
                ],
            },
            "DefaultCacheBehavior": {"TargetOriginId": "o", "ViewerProtocolPolicy": "https-only"},
        }
    )["Distribution"]["Id"]
    outputs["DistributionId"] = distribution
    template = {
        "Resources": {"Topic": {"Type": "AWS::SNS::Topic"}},
        "Outputs": {name: {"Value": value} for name, value in outputs.items()},
    }
    session.client("cloudformation").create_stack(StackName="faces", TemplateBody=json.dumps(template))
    return outputs


def keys(s3: Any, bucket: str) -> set[str]:
    return {entry["Key"] for entry in s3.list_objects_v2(Bucket=bucket).get("Contents", [])}


def test_the_page_is_published_with_its_headers(session: Session, stack: dict[str, str]) -> None:
    s3 = session.client("s3")
    s3.put_object(Bucket="faces-site", Key="js/forgotten.js", Body=b"old")

    assert publish(session, "faces", REPOSITORY / "static_site") == "https://faces.example.org"

    found = keys(s3, "faces-site")
    assert {"index.html", "404.html", "js/main.js", "css/base.css", "img/favicon.svg"} <= found
    assert "js/forgotten.js" not in found
    page, module, picture = (
        s3.head_object(Bucket="faces-site", Key=key)
        for key in ("index.html", "js/main.js", "img/favicon.svg")
    )
    assert (page["ContentType"], page["CacheControl"]) == ("text/html; charset=utf-8", "no-cache")
    assert (module["ContentType"], module["CacheControl"]) == ("text/javascript; charset=utf-8", "no-cache")
    assert (picture["ContentType"], picture["CacheControl"]) == ("image/svg+xml", "public, max-age=86400")
    body = s3.get_object(Bucket="faces-site", Key="js/main.js")["Body"].read()
    assert module["ContentEncoding"] == "br"
    assert brotli.decompress(body) == (REPOSITORY / "static_site/js/main.js").read_bytes()
    assert "ContentEncoding" not in page, "link previews read it"
    invalidations = session.client("cloudfront").list_invalidations(DistributionId=stack["DistributionId"])
    assert invalidations["InvalidationList"]["Quantity"] == 1


def test_every_file_of_the_page_has_a_content_type() -> None:
    assert all(headers(path)["ContentType"] for path in files(REPOSITORY / "static_site"))


def test_a_file_of_unknown_type_is_rejected(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"\.xyz"):
        headers(tmp_path / "strange.xyz")


def test_destroy_empties_and_deletes(session: Session, stack: dict[str, str], tmp_path: Path) -> None:
    s3 = session.client("s3")
    s3.put_bucket_versioning(Bucket="faces-results", VersioningConfiguration={"Status": "Enabled"})
    for bucket in ("faces-uploads", "faces-results", "faces-results", "faces-site"):
        s3.put_object(Bucket=bucket, Key="one", Body=b"1")
    s3.delete_object(Bucket="faces-results", Key="one")
    sam = FakeSam(tmp_path / "samconfig.toml")
    asked: list[str] = []

    def answer(question: str) -> str:
        asked.append(question)
        return "faces"

    assert destroy(Configuration("faces", REGION), session, "sam", sam, answer)

    assert "faces-uploads: 1 objects" in asked[0]
    for bucket in ("faces-uploads", "faces-results", "faces-site"):
        assert not s3.list_object_versions(Bucket=bucket).get("Versions")
    assert sam.commands == [["sam", "delete", "--no-prompts", "--stack-name", "faces", "--region", REGION]]


@pytest.mark.parametrize("said", ["", "yes", "y", "Faces"])
def test_destroy_does_nothing_without_the_stacks_name(
    session: Session, stack: dict[str, str], tmp_path: Path, said: str
) -> None:
    s3 = session.client("s3")
    s3.put_object(Bucket="faces-uploads", Key="one", Body=b"1")
    sam = FakeSam(tmp_path / "samconfig.toml")

    assert not destroy(Configuration("faces", REGION), session, "sam", sam, lambda _: said)

    assert keys(s3, "faces-uploads") == {"one"}
    assert sam.commands == []
