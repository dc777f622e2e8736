"""The output of `sam build` for the API function, run with every supported Python that is installed."""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from brain.core.settings import REPOSITORY
from tests.lambda_calls import EVENTS

SAM = REPOSITORY / ".tools" / "sam" / "bin" / "sam"
PYTHONS = ("3.11", "3.12", "3.13", "3.14")
# What the function is given by Lambda itself; all of it is plain Python.
RUNTIME = ("boto3", "botocore", "s3transfer", "dateutil", "jmespath", "urllib3", "six")
HEAVY = {"torch", "cv2", "numpy", "PIL", "safetensors", "boto3", "botocore"}
LIMIT = 50_000_000  # bytes; Lambda takes 250 MB, and a small package starts sooner
CALL = """
import json, sys, types
sys.path[:0] = {paths!r}
import handler
context = types.SimpleNamespace(
    function_name="api", function_version="1", memory_limit_in_mb=1024, aws_request_id="1",
    invoked_function_arn="arn:aws:lambda:eu-central-1:111122223333:function:api",
)
with open({event!r}, encoding="utf-8") as file:
    answer = handler.lambda_handler(json.load(file), context)
heavy = {heavy!r} & set(sys.modules)
print(json.dumps([answer["statusCode"], json.loads(answer["body"]), sorted(heavy)]))
"""


@cache
def works(python: str) -> bool:
    """Whether this interpreter can be run."""
    try:
        return subprocess.run([python, "-c", ""], capture_output=True, check=False).returncode == 0
    except OSError:
        return False


@pytest.fixture(scope="module")
def build(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """A function that builds API function and layer for a Python version, once per version."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    # SAM needs a Python with pip, and this environment's has it.
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    environment |= {"AWS_DEFAULT_REGION": "us-east-1", "SAM_CLI_TELEMETRY": "0", "PATH": path}

    @cache
    def built(version: str) -> Path:
        folder = tmp_path_factory.mktemp("sam")
        command = [str(SAM), "build", "ApiFunction", "--template-file", str(REPOSITORY / "template.yaml")]
        command += ["--build-dir", str(folder / "built"), "--cache-dir", str(folder / "cache")]
        command += ["--parameter-overrides", f"PythonRuntime=python{version}"]
        run = subprocess.run(
            command, cwd=folder, env=environment, capture_output=True, text=True, check=False
        )
        assert run.returncode == 0, run.stdout + run.stderr
        return folder / "built"

    return built


@pytest.fixture(scope="module")
def runtime(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with exactly the packages of the Lambda runtime."""
    folder = tmp_path_factory.mktemp("runtime")
    for name in RUNTIME:
        spec = importlib.util.find_spec(name)
        assert spec is not None
        assert spec.origin is not None
        origin = Path(spec.origin)
        place = origin.parent if spec.submodule_search_locations else origin
        (folder / place.name).symlink_to(place)
    return folder


@pytest.mark.skipif(not SAM.exists(), reason="`make test` installs the sam command line")
@pytest.mark.parametrize("version", PYTHONS)
def test_the_built_api_responds(build: Callable[[str], Path], runtime: Path, version: str) -> None:
    if not works(f"python{version}"):
        pytest.skip(f"there is no Python {version} here")
    built = build(version)
    function, layer = built / "ApiFunction", built / "BrainLayer"
    paths = [str(function), str(layer / "python"), str(runtime)]
    event = str(EVENTS / "api_find_identities.json")

    run = subprocess.run(
        [
            f"python{version}",
            "-I",
            "-S",
            "-c",
            CALL.format(paths=paths, event=event, heavy=HEAVY - {"boto3", "botocore"}),
        ],
        env={
            "PATH": os.environ["PATH"],
            "HOME": os.environ.get("HOME", "/"),
            "AWS_DEFAULT_REGION": "eu-central-1",
            "AWS_LAMBDA_FUNCTION_NAME": "api",
            "BRAIN_MODELS": str(layer / "models"),
            "BRAIN_PEOPLE_SOURCE": "embedded",  # the others are in a bucket
        },
        capture_output=True,
        text=True,
        check=False,
    )

    assert run.returncode == 0, run.stderr
    status, body, heavy = json.loads(run.stdout.splitlines()[-1])
    assert (status, body["model"]) == (200, "dlib-resnet")
    assert body["total"] == len((REPOSITORY / "models/dlib-resnet/names.txt").read_text().splitlines())
    assert heavy == []
    weigh(function, layer)


def weigh(function: Path, layer: Path) -> None:
    """Check that the package has no heavy libraries and the layer no weights."""
    names = {path.name for path in function.iterdir()}
    files: list[Any] = [path for folder in (function, layer) for path in folder.rglob("*") if path.is_file()]
    assert not names & HEAVY
    assert "brain" not in names, "the package comes with the layer"
    assert sum(path.stat().st_size for path in files) < LIMIT
    assert not [path for path in files if path.suffix in (".safetensors", ".npz")]
