"""What the documentation claims and a machine can check."""

from __future__ import annotations

import json
import re
import shlex
import tomllib
from pathlib import Path

import pytest
from fastapi.routing import APIRoute

import brain
from brain.commands.cli import build_parser
from brain.core.errors import BrainError
from brain.core.settings import REPOSITORY, Settings
from brain.importers.download import PUBLISHED
from functions.api.app import create_app
from functions.api.openapi import document
from infra.local.template import read_template
from tests.fakes import FakeResults

README = (REPOSITORY / "README.md").read_text(encoding="utf-8")
DOCUMENTS = sorted(
    [*REPOSITORY.glob("*.md"), *REPOSITORY.glob("docs/*.md"), *REPOSITORY.glob("models/*/*.md")]
)
MODELS = (REPOSITORY / "docs" / "models.md").read_text(encoding="utf-8")
COMMANDS = [
    line
    for block in re.findall(r"```sh\n(.*?)```", README + MODELS, re.DOTALL)
    for line in block.splitlines()
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
    coded = [(str(e.code), e.text.strip()) for e in errors if e.__module__ == "brain.core.errors"]
    assert documented == coded


def test_the_table_of_downloads_is_what_is_fetched() -> None:
    documented = re.findall(r"^\| `(\w+)`.*?\]\((\S+)\) \| (?:`(\w{32})`)?", MODELS, re.MULTILINE)
    fetched = [(form, f"{one.folder}/{one.file}", one.md5 or "") for form, one in PUBLISHED.items()]
    assert documented == fetched


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


def section(document: str) -> str:
    return (REPOSITORY / "docs" / document).read_text(encoding="utf-8")


def test_every_parameter_has_its_line() -> None:
    template = read_template(REPOSITORY / "template.yaml")
    lines = [line for line in section("deploy.md").splitlines() if line.startswith("| `")]
    documented = [name for line in lines for name in re.findall(r"`([A-Za-z]+)`", line.split("|")[1])]
    assert sorted(documented) == sorted(template["Parameters"])


def test_every_alarm_has_its_page() -> None:
    template = read_template(REPOSITORY / "template.yaml")
    alarms = [name for name, one in template["Resources"].items() if one["Type"] == "AWS::CloudWatch::Alarm"]
    assert sorted(re.findall(r"^### (\w+Alarm)$", section("operations.md"), re.MULTILINE)) == sorted(alarms)


def test_every_output_that_a_command_takes_is_there() -> None:
    template = read_template(REPOSITORY / "template.yaml")
    taken = set(re.findall(r"\$\(output (\w+)\)", section("operations.md")))
    assert taken
    assert taken <= set(template["Outputs"])


def test_the_keys_policy_names_every_service_that_uses_it() -> None:
    (block,) = re.findall(r"```json\n(.*?)```", section("security.md"), re.DOTALL)
    statements = json.loads(block)["Statement"]
    named = json.dumps([one["Principal"] for one in statements])
    for service in ("s3", "events", "cloudwatch", "logs.eu-central-1"):
        assert f'"{service}.amazonaws.com"' in named
    assert all("Condition" in one for one in statements if "Service" in one["Principal"])


@pytest.mark.parametrize("document", ["deploy.md", "operations.md", "architecture.md"])
def test_every_make_target_in_the_documents_exists(document: str) -> None:
    makefile = (REPOSITORY / "Makefile").read_text(encoding="utf-8")
    for target in re.findall(r"(?:^|`)(?:BRAIN_MODEL=\S+ )?make ([a-z]+)", section(document), re.MULTILINE):
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), target
