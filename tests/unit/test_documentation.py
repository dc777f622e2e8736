"""What the documentation claims and a machine can check."""

from __future__ import annotations

import re
import shlex
import tomllib
from pathlib import Path

import pytest
from fastapi.routing import APIRoute

import brain
from brain.cli import build_parser
from brain.errors import BrainError
from brain.settings import REPOSITORY, Settings
from functions.api.app import create_app
from functions.api.openapi import document
from tests.fakes import FakeResults

README = (REPOSITORY / "README.md").read_text(encoding="utf-8")
DOCUMENTS = sorted(
    [*REPOSITORY.glob("*.md"), *REPOSITORY.glob("docs/*.md"), *REPOSITORY.glob("models/*/*.md")]
)
COMMANDS = [
    line for block in re.findall(r"```sh\n(.*?)```", README, re.DOTALL) for line in block.splitlines()
]


def test_the_table_of_the_api_is_the_api() -> None:
    documented = set(re.findall(r"^\| `([A-Z]+) (/api/\S+)`", README, re.MULTILINE))
    app = create_app(Settings(), FakeResults())
    served = {
        (method, route.path)
        for route in app.routes
        if isinstance(route, APIRoute)
        for method in route.methods
    }
    assert documented == served


def test_the_openapi_document_is_the_apis() -> None:
    """`make docs` writes it anew."""
    assert (REPOSITORY / "docs" / "openapi.json").read_text(encoding="utf-8") == document()


def test_the_table_of_errors_is_the_errors() -> None:
    documented = re.findall(r"^\| ([1-6]) \| (.*?) \|", README, re.MULTILINE)
    errors = sorted(BrainError.__subclasses__(), key=lambda error: error.code)
    coded = [(str(error.code), error.text.strip()) for error in errors if error.__module__ == "brain.errors"]
    assert documented == coded


@pytest.mark.parametrize("target", sorted(set(re.findall(r"\bmake ([a-z]+)", README))))
def test_every_make_target_exists(target: str) -> None:
    makefile = (REPOSITORY / "Makefile").read_text(encoding="utf-8")
    assert re.search(rf"^{target}:", makefile, re.MULTILINE)


@pytest.mark.parametrize("command", [c.strip() for c in COMMANDS if "bin/brain " in c])
def test_every_brain_command_is_understood(command: str) -> None:
    words = shlex.split(command.partition("bin/brain ")[2])
    assert build_parser().parse_args(words).run


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_link_between_documents_leads_somewhere(document: Path) -> None:
    links = re.findall(r"\]\((?!https?:|#)([^)#]+)", document.read_text(encoding="utf-8"))
    assert [link for link in links if not (document.parent / link).exists()] == []


def test_one_version_everywhere() -> None:
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    changelog = (REPOSITORY / "CHANGELOG.md").read_text(encoding="utf-8")
    assert project["version"] == brain.__version__
    assert f"## {brain.__version__} - " in changelog
