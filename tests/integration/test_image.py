"""The explain function's file tree, run by the real Lambda Runtime Interface Emulator."""

from __future__ import annotations

import http.client
import json
import os
import platform
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
import pytest

from brain.cloud.uploads import id_of_object
from brain.core.settings import REPOSITORY
from functions.explain.slim import main as slim_folder
from functions.explain.slim import size
from infra.image.tree import NotInstalled, assemble, closure
from infra.local import environment, ports
from infra.local.deploy import load
from infra.local.description import describe
from infra.local.resources import create
from tests.integration.local_stack import serving_storage, wait_for
from tests.lambda_calls import raw_event

PACKAGES = REPOSITORY / ".tools/sam/lib"
MACHINES = {"x86_64": "x86_64", "aarch64": "arm64", "arm64": "arm64"}
EMULATOR = next(PACKAGES.glob(f"*/**/aws-lambda-rie-{MACHINES.get(platform.machine())}"), None)
INVOKE = "/2015-03-31/functions/function/invocations"
PATIENCE = 120.0
NOBODY = 65534
KEY = "inbox/My Photo +é.jpg"
# Metrics carry the stack's name.
METRICS = '"Namespace":"BRAIN/brain"'
# What the image may weigh beside its base image and its bytecode.
MOST_BYTES = 800_000_000


@pytest.fixture(scope="module")
def tree() -> Iterator[Path]:
    """The root folder of the function, read-only for everybody."""
    above = Path(tempfile.mkdtemp(prefix="brain-image-"))
    above.chmod(0o755)
    root = above / "task"
    assemble(root, REPOSITORY / "models" / "dlib-resnet", compiled=False)
    folders = [root, *(path for path in root.rglob("*") if path.is_dir())]
    for folder in folders:
        folder.chmod(0o555)
    yield root
    for folder in folders:
        folder.chmod(0o755)
    shutil.rmtree(above)


@pytest.fixture
def endpoint(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """URL of a local server for S3, SQS and DynamoDB, which every client of this process reaches."""
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("MOTO_ACCOUNT_ID", environment.ACCOUNT)
    with serving_storage() as address:
        monkeypatch.setenv("AWS_ENDPOINT_URL", address)
        yield address


@dataclass(frozen=True)
class Emulated:
    """The function, run by the emulator."""

    port: int
    process: subprocess.Popen[bytes]
    log: Path

    def invoke(self, event: dict[str, Any]) -> Any:
        connection = http.client.HTTPConnection(environment.HOST, self.port, timeout=PATIENCE)
        try:
            connection.request("POST", INVOKE, json.dumps(event))
            return json.loads(connection.getresponse().read())
        finally:
            connection.close()

    def output(self) -> str:
        """The output of emulator and function."""
        return self.log.read_text(encoding="utf-8")

    def end(self) -> None:
        """End the emulator, which also ends the function."""
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


@contextmanager
def emulate(tree: Path, variables: dict[str, str], log: Path) -> Iterator[Emulated]:
    port, api = ports.free(2)
    command = [str(EMULATOR), "--runtime-interface-emulator-address", f"{environment.HOST}:{port}"]
    command += ["--runtime-api-address", f"{environment.HOST}:{api}"]
    with log.open("wb") as output:
        process = subprocess.Popen(
            [*command, base_python(), "-s", "-m", "awslambdaric", "handler.lambda_handler"],
            cwd=tree,
            env={
                "PATH": os.environ["PATH"],
                "HOME": "/nonexistent",
                "LAMBDA_TASK_ROOT": str(tree),
                "PYTHONPATH": str(tree / "packages"),
                "PYTHONDONTWRITEBYTECODE": "1",
                "BRAIN_MODELS": str(tree / "models"),
                **variables,
            },
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            **unprivileged(),
        )
    emulated = Emulated(port, process, log)
    try:
        wait_for_port(emulated)
        yield emulated
    finally:
        emulated.end()


def unprivileged() -> dict[str, Any]:
    """Popen arguments that run the function unprivileged, if this user is root and Python is readable."""
    needed = (Path(base_python()), Path(str(EMULATOR)))
    closed = [
        parent for path in needed for parent in path.resolve().parents if not parent.stat().st_mode & 0o001
    ]
    return {"user": NOBODY, "group": NOBODY, "extra_groups": []} if os.getuid() == 0 and not closed else {}


def base_python() -> str:
    """The interpreter outside the virtual environment, so that only the tree's packages are available."""
    return str(Path(sys.base_prefix) / "bin" / f"python3.{sys.version_info.minor}")


def wait_for_port(emulated: Emulated) -> None:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline and emulated.process.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex((environment.HOST, emulated.port)) == 0:
                return
        time.sleep(0.05)
    pytest.fail(f"the emulator did not start: {emulated.output()}")


@pytest.mark.skipif(EMULATOR is None, reason="`make test` installs the emulator with the sam command line")
def test_the_function_explains_a_photo_under_the_emulator(
    tree: Path, endpoint: str, astronaut_jpeg: bytes, tmp_path: Path
) -> None:
    stack = load(REPOSITORY / "template.yaml", endpoint, "http://page.test", {})
    session = boto3.Session("local", "local", region_name=environment.REGION)
    create(stack, session)
    settings = describe(stack).functions["ExplainFunction"]
    s3 = session.client("s3", endpoint_url=endpoint)
    etag = s3.put_object(Bucket="brain-uploads", Key=KEY, Body=astronaut_jpeg)["ETag"].strip('"')
    event = raw_event("sqs_s3_dropped")
    event["Records"][0]["body"] = event["Records"][0]["body"].replace(
        "d31c31542b128e8d3b1650a1eb26eaaf", etag
    )
    variables = {
        **environment.CREDENTIALS,
        **settings.environment,
        "AWS_ENDPOINT_URL": endpoint,
        "AWS_REGION": environment.REGION,
        "AWS_DEFAULT_REGION": environment.REGION,
        "AWS_LAMBDA_FUNCTION_NAME": "explain",
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(settings.memory),
        "AWS_LAMBDA_FUNCTION_TIMEOUT": str(settings.timeout),
    }

    before = set(tree.rglob("*"))

    with emulate(tree, variables, tmp_path / "log") as emulated:
        response = emulated.invoke(event)
        assert response == {"batchItemFailures": []}, emulated.output()
        # The emulator copies what the function prints, and may be behind.
        wait_for(lambda: METRICS in emulated.output())
        printed = emulated.output()

    prefix = f"results/{id_of_object('brain-uploads', KEY, etag)}/"
    result = json.loads(s3.get_object(Bucket="brain-results", Key=f"{prefix}result.json")["Body"].read())
    assert result["status"] == "done", result
    assert (result["model"]["name"], result["identity"]["name"]) == (
        "dlib-resnet",
        result["candidates"][0]["name"],
    )
    files = {entry["Key"] for entry in s3.list_objects_v2(Bucket="brain-results", Prefix=prefix)["Contents"]}
    assert {prefix + name for name in result["artifacts"].values()} < files
    assert "Traceback" not in printed
    assert "My Photo" not in printed
    assert set(tree.rglob("*")) == before, "it runs on a read-only root"


def test_the_image_is_small(tree: Path) -> None:
    assert size(tree) < MOST_BYTES


def test_the_image_contains_no_tests_headers_or_unused_services(tree: Path) -> None:
    packages = tree / "packages"

    assert not [*packages.rglob("tests"), *packages.rglob("*.h"), *packages.rglob("*.pyi")]
    assert {path.name for path in (packages / "botocore/data").iterdir() if path.is_dir()} == {
        "s3",
        "dynamodb",
    }
    assert {path.name for path in (tree / "models").iterdir()} == {"dlib-resnet"}
    assert not (packages / "moto").exists(), "only what the function needs"


def test_an_unrelated_folder_is_not_modified(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "bin").mkdir()

    assert slim_folder(tmp_path) == 1

    assert (tmp_path / "bin").is_dir()
    assert "does not contain the packages" in capsys.readouterr().err


def test_a_missing_package_is_named() -> None:
    with pytest.raises(NotInstalled, match="no-such-package"):
        list(closure(["no-such-package>=1"]))
