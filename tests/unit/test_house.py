"""The architecture's rules that an import can break."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from brain.core.settings import REPOSITORY

PACKAGE = REPOSITORY / "layers" / "brain" / "python" / "brain"
AWS = {"boto3", "botocore", "aws_lambda_powertools", "mangum", "fastapi"}
HEAVY = {"torch", "cv2", "numpy", "brain.pipeline.explainer"}
LONGEST_MODULE = 250

# Each room, and the rooms it may import from.
MAY_IMPORT: Mapping[str, set[str]] = {
    "core": set(),
    "face": {"core"},
    "recognition": {"core"},
    "explanation": {"core", "face", "recognition"},
    "rendering": {"core", "explanation"},
    "pipeline": {"core", "face", "recognition", "explanation", "rendering"},
    "cloud": {"core"},
    "importers": {"core", "recognition"},
    "evaluation": {"core", "face", "recognition", "explanation", "rendering", "pipeline"},
    "commands": {
        *("core", "face", "recognition", "explanation", "rendering", "pipeline"),
        *("cloud", "importers", "evaluation"),
    },
}
ROOMS = sorted(MAY_IMPORT)
MODULES = sorted(PACKAGE.rglob("*.py"))
PROJECT = [
    *MODULES,
    *(
        path
        for folder in ("functions", "infra", "benchmarks", "reliability")
        for path in (REPOSITORY / folder).rglob("*.py")
    ),
]


def imports(path: Path) -> Iterator[str]:
    """The modules that a file imports, anywhere in it."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def module_name(path: Path) -> str:
    """`brain.face.photo` for the package's own files, `benchmarks.report` for others."""
    root = PACKAGE.parent if path.is_relative_to(PACKAGE) else REPOSITORY
    return ".".join(path.relative_to(root).with_suffix("").parts).removesuffix(".__init__")


def rooms_imported_by(room: str) -> set[str]:
    """The other rooms that a room's modules import from."""
    names = {name for path in (PACKAGE / room).rglob("*.py") for name in imports(path)}
    return {parts[1] for name in names if (parts := name.split("."))[0] == "brain" and len(parts) > 1} & {
        *ROOMS
    } - {room}


def loaded_after(module: str) -> set[str]:
    """The names in sys.modules once a fresh interpreter has imported a module."""
    code = f"import sys, {module}; print('\\n'.join(sys.modules))"
    paths = [str(PACKAGE.parent), str(REPOSITORY)]
    environment = {"PYTHONPATH": ":".join(paths), "AWS_DEFAULT_REGION": "us-east-1"}
    run = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True
    )
    return set(run.stdout.split())


@pytest.mark.parametrize("path", MODULES, ids=module_name)
def test_brain_never_imports_its_users(path: Path) -> None:
    assert not {name.split(".")[0] for name in imports(path)} & {
        "functions",
        "infra",
        "benchmarks",
        "reliability",
        "tests",
    }


def test_every_room_has_its_rule() -> None:
    folders = {path.name for path in PACKAGE.iterdir() if path.is_dir() and path.name != "__pycache__"}
    assert folders == set(ROOMS)


@pytest.mark.parametrize("room", ROOMS)
def test_rooms_import_in_one_direction(room: str) -> None:
    assert rooms_imported_by(room) <= MAY_IMPORT[room]


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_is_entered_without_loading_anything(room: str) -> None:
    assert (PACKAGE / room / "__init__.py").read_text(encoding="utf-8") == ""


def test_no_circular_imports() -> None:
    graph = {module_name(path): set(imports(path)) for path in PROJECT}
    graph = {name: {other for other in found if other in graph} for name, found in graph.items()}
    # Removing what imports nothing that is left, again and again, leaves the circles.
    while free := {name for name, found in graph.items() if not found & graph.keys()}:
        graph = {name: found for name, found in graph.items() if name not in free}
    assert not graph


def test_modules_and_tests_stay_short() -> None:
    lengths = {
        path.relative_to(REPOSITORY).as_posix(): len(path.read_text(encoding="utf-8").splitlines())
        for path in [*PROJECT, *(REPOSITORY / "tests").rglob("*.py")]
    }
    assert len(lengths) > 500
    assert {path: length for path, length in lengths.items() if length > LONGEST_MODULE} == {}


def test_the_explainer_loads_no_aws_library() -> None:
    assert not loaded_after("brain.pipeline.explainer") & AWS


@pytest.mark.parametrize(
    "module",
    [
        "brain",
        "brain.cloud.repository",
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
