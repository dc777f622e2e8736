"""The rules of the house that an import can break."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from brain.core.settings import REPOSITORY

PACKAGE = REPOSITORY / "layers" / "brain" / "python" / "brain"
AWS = {"boto3", "botocore", "aws_lambda_powertools", "mangum", "fastapi"}
HEAVY = {"torch", "cv2", "numpy", "brain.pipeline.explainer"}


def imports(path: Path) -> Iterator[str]:
    """The modules that a file imports, anywhere in it."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module


def loaded_after(module: str) -> set[str]:
    """The names in sys.modules once a fresh interpreter has imported a module."""
    code = f"import sys, {module}; print('\\n'.join(sys.modules))"
    paths = [str(PACKAGE.parent), str(REPOSITORY)]
    environment = {"PYTHONPATH": ":".join(paths), "AWS_DEFAULT_REGION": "us-east-1"}
    run = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True
    )
    return set(run.stdout.split())


@pytest.mark.parametrize("path", sorted(PACKAGE.rglob("*.py")), ids=lambda path: path.stem)
def test_brain_never_imports_its_users(path: Path) -> None:
    assert not {name.split(".")[0] for name in imports(path)} & {"functions", "infra", "training", "tests"}


def test_the_explainer_loads_no_aws_library() -> None:
    assert not loaded_after("brain.pipeline.explainer") & AWS


@pytest.mark.parametrize(
    "module",
    [
        "brain.cloud.store",
        "brain.cloud.uploads",
        "brain.core.results",
        "brain.core.settings",
        "brain.commands.cli",
        "brain.importers.download",
        "brain.importers.inspection",
    ],
)
def test_what_the_api_uses_loads_nothing_heavy(module: str) -> None:
    assert not loaded_after(module) & HEAVY
