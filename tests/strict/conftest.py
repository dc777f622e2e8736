"""The stack on MiniStack, an emulator that enforces IAM policies, POST policies, signatures and CORS."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
import pytest
import requests
from botocore.config import Config

from brain.cloud.repository import AwsResultRepository
from brain.core.settings import REPOSITORY, Settings
from infra.local import ports
from infra.local.template import read_template, translate

PYTHON = REPOSITORY / ".tools" / "strict" / "bin" / "python"
HOST = "127.0.0.1"
REGION = "us-east-1"
SECONDS = 120.0
Credentials = tuple[str, str, str | None]  # access key id, secret access key, session token
ROOT: Credentials = ("test", "test", None)


@dataclass(frozen=True)
class Emulator:
    """A running server; `certificate` is the file that verifies it."""

    url: str
    certificate: str

    def client(self, service: str, credentials: Credentials = ROOT) -> Any:
        """A boto3 client, for the root user by default."""
        session = boto3.Session(*credentials, region_name=REGION)
        path_style = Config(signature_version="s3v4", s3={"addressing_style": "path"})
        config = path_style if service == "s3" else None
        create: Any = session.client
        return create(service, endpoint_url=self.url, verify=self.certificate, config=config)


@dataclass(frozen=True)
class Stack:
    """The deployed stack; `names` has the physical ids by logical id."""

    emulator: Emulator
    names: dict[str, str]
    statuses: dict[str, str]

    @property
    def settings(self) -> Settings:
        return Settings(
            uploads_bucket=self.names["UploadsBucket"],
            results_bucket=self.names["ResultsBucket"],
            table=self.names["ResultsTable"],
            max_bytes=1000,
        )

    def client(self, service: str, role: str) -> Any:
        """A boto3 client with the permissions of a role of the template."""
        arn = f"arn:aws:iam::000000000000:role/{self.names[role]}"
        granted = self.emulator.client("sts").assume_role(RoleArn=arn, RoleSessionName="test")["Credentials"]
        credentials = (granted["AccessKeyId"], granted["SecretAccessKey"], granted["SessionToken"])
        return self.emulator.client(service, credentials)

    def repository(self, role: str) -> AwsResultRepository:
        """The repository with the permissions of a role."""
        return AwsResultRepository(self.settings, self.client("s3", role), self.client("dynamodb", role))

    def keys(self, bucket: str) -> list[str]:
        """All keys in a bucket, seen by the root user."""
        listing = self.emulator.client("s3").list_objects_v2(Bucket=bucket)
        return [entry["Key"] for entry in listing.get("Contents", [])]


@pytest.fixture(scope="session")
def emulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emulator]:
    if not PYTHON.exists():
        pytest.skip("`make strict` installs MiniStack")
    folder = tmp_path_factory.mktemp("ministack")
    certificate, key = folder / "certificate.pem", folder / "key.pem"
    make_certificate(certificate, key)
    (port,) = ports.free(1)
    command = [str(PYTHON), "-m", "hypercorn", "ministack.app:app", "--bind", f"{HOST}:{port}"]
    variables = {
        **{name: value for name, value in os.environ.items() if not name.startswith("AWS_")},
        **{"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"},
        **{"AUTH": "true", "BIND_HOST": HOST, "MINISTACK_HOST": HOST, "GATEWAY_PORT": str(port)},
        **{"USE_SSL": "1", "TMPDIR": str(folder), "S3_DATA_DIR": str(folder / "s3")},
    }
    with (folder / "log").open("wb") as log:
        server = subprocess.Popen(
            [*command, "--certfile", str(certificate), "--keyfile", str(key)],
            env=variables,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    emulator = Emulator(f"https://{HOST}:{port}", str(certificate))
    try:
        wait_until_healthy(emulator, server, folder / "log")
        yield emulator
    finally:
        # It has nothing to save, and when asked it waits for its idle connections.
        os.killpg(server.pid, signal.SIGKILL)
        server.wait()


def make_certificate(certificate: Path, key: Path) -> None:
    """Bucket policies deny plain HTTP, so the emulator needs a certificate."""
    command = [
        "openssl",
        "req",
        "-x509",
        "-newkey",
        "rsa:2048",
        "-nodes",
        "-days",
        "2",
        "-subj",
        f"/CN={HOST}",
    ]
    command += ["-addext", f"subjectAltName=IP:{HOST}", "-keyout", str(key), "-out", str(certificate)]
    subprocess.run(command, check=True, capture_output=True)


def wait_until_healthy(emulator: Emulator, server: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + SECONDS
    while time.monotonic() < deadline and server.poll() is None:
        try:
            if requests.get(f"{emulator.url}/_ministack/health", verify=emulator.certificate, timeout=5).ok:
                return
        except requests.RequestException:
            time.sleep(0.1)
    pytest.fail(log.read_text(encoding="utf-8"))


@pytest.fixture(scope="session")
def stack(emulator: Emulator) -> Stack:
    """The stack with the defaults."""
    return deploy(emulator, "brain", {})


@pytest.fixture(scope="session")
def enrolling_stack(emulator: Emulator) -> Stack:
    """A stack that has people of its own, and enrols them for callers with a token."""
    token = {"JwtIssuer": "https://login.example.org", "JwtAudience": "faces"}
    return deploy(emulator, "enrolling", {"People": "both", **token})


def deploy(emulator: Emulator, name: str, parameters: dict[str, str]) -> Stack:
    """The translated template, deployed by CloudFormation; nothing polls the queue."""
    body = json.dumps(translate(read_template(REPOSITORY / "template.yaml"), parameters, REGION))
    s3, cloudformation = emulator.client("s3"), emulator.client("cloudformation")
    s3.create_bucket(Bucket="templates")  # in us-east-1 also where it exists
    s3.put_object(Bucket="templates", Key=f"{name}.json", Body=body)
    cloudformation.create_stack(
        StackName=name,
        TemplateURL=f"{emulator.url}/templates/{name}.json",
        Capabilities=["CAPABILITY_IAM"],
        Parameters=[{"ParameterKey": key, "ParameterValue": value} for key, value in parameters.items()],
    )
    deadline = time.monotonic() + SECONDS
    while time.monotonic() < deadline:
        (description,) = cloudformation.describe_stacks(StackName=name)["Stacks"]
        if not description["StackStatus"].endswith("IN_PROGRESS"):
            break
        time.sleep(0.2)
    resources = cloudformation.describe_stack_resources(StackName=name)["StackResources"]
    names = {entry["LogicalResourceId"]: entry["PhysicalResourceId"] for entry in resources}
    statuses = {entry["LogicalResourceId"]: entry["ResourceStatus"] for entry in resources}
    emulator.client("lambda").delete_event_source_mapping(UUID=names["ExplainFeed"])
    for role in ("ApiRole", "ExplainRole"):
        allow_tests_to_assume(emulator, names[role])
    return Stack(emulator, names, statuses)


def allow_tests_to_assume(emulator: Emulator, role: str) -> None:
    """Let the root user assume a role that only Lambda may assume; its permissions stay as they are."""
    statement = {
        "Effect": "Allow",
        "Principal": {"AWS": "arn:aws:iam::000000000000:root"},
        "Action": "sts:AssumeRole",
    }
    document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    emulator.client("iam").update_assume_role_policy(RoleName=role, PolicyDocument=document)
