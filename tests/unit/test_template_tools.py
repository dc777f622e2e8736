"""The tools of the trade find no fault with the template, and what `sam build` makes of it is right."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from brain.settings import REPOSITORY

TEMPLATE = REPOSITORY / "template.yaml"
SAM = REPOSITORY / ".tools" / "sam" / "bin" / "sam"


def test_the_layer_holds_the_package_and_names_but_no_weights(tmp_path: Path) -> None:
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
    assert {"models/tiny/names.txt", "python/brain/store.py", "python/brain/settings.py"} <= files
    assert not [name for name in files if "weights" in name or "__pycache__" in name]


def test_a_layer_without_any_model_is_refused(tmp_path: Path) -> None:
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
def test_sam_finds_no_fault() -> None:
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": os.environ.get("HOME", "/"),
        "AWS_DEFAULT_REGION": "us-east-1",
        "SAM_CLI_TELEMETRY": "0",
    }
    command = [str(SAM), "validate", "--lint", "--template-file", str(TEMPLATE)]

    run = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)

    assert run.returncode == 0, run.stdout + run.stderr
