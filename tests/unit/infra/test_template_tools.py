"""Checks of the template with SAM, cfn-lint and checkov, and the build of the layer."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from brain.core.settings import REPOSITORY

TEMPLATE = REPOSITORY / "template.yaml"
SAM = REPOSITORY / ".tools" / "sam" / "bin" / "sam"
CHECKOV = REPOSITORY / ".tools" / "checkov" / "bin" / "checkov"
REASON = 20  # letters, at least, of a reason to leave a check out


def test_the_layer_contains_package_and_names_but_no_weights(tmp_path: Path) -> None:
    model = tmp_path / "models" / "tiny"
    model.mkdir(parents=True)
    (model / "names.txt").write_text("Ada Lovelace\n", encoding="utf-8")
    (model / "weights.safetensors").write_bytes(b"heavy")

    build_layer(tmp_path / "built", tmp_path / "models", check=True)

    files = {
        str(path.relative_to(tmp_path / "built"))
        for path in (tmp_path / "built").rglob("*")
        if path.is_file()
    }
    assert {
        "models/tiny/names.txt",
        "python/brain/cloud/repository.py",
        "python/brain/core/settings.py",
    } <= files
    assert not [name for name in files if "weights" in name or "__pycache__" in name]


def test_a_layer_without_a_model_is_rejected(tmp_path: Path) -> None:
    assert "no model" in build_layer(tmp_path / "built", tmp_path, check=False).stderr


def build_layer(target: Path, models: Path, *, check: bool) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["make", "--makefile", "Makefile", "build-BrainLayer", f"ARTIFACTS_DIR={target}", f"MODELS={models}"],
        cwd=REPOSITORY / "layers" / "brain",
        capture_output=True,
        text=True,
        check=check,
    )


@pytest.mark.skipif(not SAM.exists(), reason="`make test` installs the sam command line")
def test_sam_validate_passes() -> None:
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": os.environ.get("HOME", "/"),
        "AWS_DEFAULT_REGION": "us-east-1",
        "SAM_CLI_TELEMETRY": "0",
    }
    command = [str(SAM), "validate", "--lint", "--template-file", str(TEMPLATE)]

    run = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)

    assert run.returncode == 0, run.stdout + run.stderr


@pytest.mark.skipif(not SAM.exists(), reason="`make test` installs the sam command line")
def test_sam_passes_parameters_to_the_image_build() -> None:
    code = """
import json
from samcli.lib.providers.sam_function_provider import SamFunctionProvider
from samcli.lib.providers.sam_stack_provider import SamLocalStackProvider
stacks, _ = SamLocalStackProvider.get_stacks("template.yaml", parameter_overrides={
    "Model": "vgg-face", "PythonRuntime": "python3.12", "Architecture": "arm64"})
functions = {function.name: function for function in SamFunctionProvider(stacks).get_all()}
function = functions["ExplainFunction"]
print(json.dumps([function.metadata["DockerBuildArgs"], function.architectures]))
"""
    environment = {"PATH": os.environ["PATH"], "HOME": os.environ.get("HOME", "/"), "SAM_CLI_TELEMETRY": "0"}

    run = subprocess.run(
        [str(SAM.parent / "python"), "-c", code],
        cwd=REPOSITORY,
        env={**environment, "AWS_DEFAULT_REGION": "us-east-1"},
        capture_output=True,
        text=True,
        check=False,
    )

    assert run.returncode == 0, run.stderr
    arguments = {"BRAIN_MODEL": "vgg-face", "PYTHON_VERSION": "3.12"}
    assert json.loads(run.stdout.splitlines()[-1]) == [arguments, ["arm64"]]


def test_cfn_lint_passes() -> None:
    command = [str(Path(sys.executable).parent / "cfn-lint"), "--regions", "us-east-1", "eu-central-1", "--"]

    run = subprocess.run([*command, str(TEMPLATE)], capture_output=True, text=True, check=False)

    assert run.returncode == 0, run.stdout + run.stderr


@pytest.fixture(scope="module")
def checked(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[dict[str, Any]]]:
    """Checkov's findings, without network access, on the template and on a copy with a public bucket."""
    public = tmp_path_factory.mktemp("checkov") / "public.yaml"
    text = TEMPLATE.read_text(encoding="utf-8")
    public.write_text(text.replace("BlockPublicAcls: true", "BlockPublicAcls: false"), encoding="utf-8")
    command = [str(CHECKOV), "--framework", "cloudformation", "--skip-download", "--output", "json"]
    environment = {"PATH": os.environ["PATH"], "HOME": os.environ.get("HOME", "/"), "LOG_LEVEL": "ERROR"}
    run = subprocess.run(
        [*command, "--file", str(TEMPLATE), str(public)],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    results: dict[str, list[dict[str, Any]]] = json.loads(run.stdout)["results"]
    return results


def of(results: list[dict[str, Any]], template: str) -> list[dict[str, Any]]:
    return [check for check in results if check["file_path"].endswith(template)]


@pytest.mark.skipif(not CHECKOV.exists(), reason="`make test` installs checkov")
def test_checkov_passes_and_every_skipped_check_has_a_reason(
    checked: dict[str, list[dict[str, Any]]],
) -> None:
    failed, passed, skipped = (
        of(checked[f"{kind}_checks"], "template.yaml") for kind in ("failed", "passed", "skipped")
    )

    assert [(check["check_id"], check["resource"]) for check in failed] == []
    assert len(passed) > 30
    reasons = [check["check_result"]["suppress_comment"] for check in skipped]
    assert [reason for reason in reasons if len(reason) < REASON] == []


@pytest.mark.skipif(not CHECKOV.exists(), reason="`make test` installs checkov")
def test_checkov_detects_a_public_bucket(checked: dict[str, list[dict[str, Any]]]) -> None:
    assert {check["check_id"] for check in of(checked["failed_checks"], "public.yaml")} >= {"CKV_AWS_53"}


FUNCTIONS = REPOSITORY / "functions"


@pytest.mark.parametrize("name", ["api/requirements.txt", "explain/requirements.txt", "explain/torch.txt"])
def test_the_functions_require_the_tested_versions(name: str) -> None:
    tested = pins(REPOSITORY / "constraints.txt")
    tested["torch"] = re.findall(
        r"^TORCH := torch==(.*)$", (REPOSITORY / "Makefile").read_text(), re.MULTILINE
    )[0]
    required = pins(FUNCTIONS / name)

    assert required
    assert required == {package: tested[package] for package in required}


@pytest.mark.parametrize("function", ["api", "explain"])
def test_what_the_functions_require_is_locked_with_hashes(function: str) -> None:
    """`make lock` locks what `requirements.in` names."""
    lock = (FUNCTIONS / function / "requirements.txt").read_text(encoding="utf-8")
    blocks = re.split(r"\n(?=\S)", lock.strip())

    assert all("--hash=sha256:" in block for block in blocks)
    assert (
        pins(FUNCTIONS / function / "requirements.in").items()
        <= pins(FUNCTIONS / function / "requirements.txt").items()
    )


def test_torch_is_locked_for_every_runtime_on_both_architectures() -> None:
    template = (REPOSITORY / "template.yaml").read_text(encoding="utf-8")
    runtimes = set(re.findall(r"python3\.\d+", template))
    hashes = re.findall(
        r"--hash=sha256:([0-9a-f]{64})(?: \\)?\n", (FUNCTIONS / "explain" / "torch.txt").read_text("utf-8")
    )
    assert len({*hashes}) == len(hashes) == 2 * len(runtimes)


def pins(path: Path) -> dict[str, str]:
    """Versions by normalized package name."""
    found = re.findall(r"^([\w.-]+)==([^\s;]+)", path.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[_.]", "-", name.lower()): version for name, version in found}
