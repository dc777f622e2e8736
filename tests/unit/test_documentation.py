"""The documentation agrees with the code."""

from __future__ import annotations

import ast
import json
import re
import shlex
import tomllib
from pathlib import Path
from typing import get_args

import pytest
from fastapi.routing import APIRoute
from pydantic import BaseModel

import brain
from brain.commands.cli import build_parser
from brain.core.errors import BrainError
from brain.core.results import Result
from brain.core.settings import CHOICES, REPOSITORY, Settings
from brain.importers.download import PUBLISHED
from functions.api.app import create_app
from functions.api.openapi import document
from infra.local.template import read_template
from tests.fakes import FakeApiRepository

README = (REPOSITORY / "README.md").read_text(encoding="utf-8")
CONTRIBUTING = (REPOSITORY / "CONTRIBUTING.md").read_text(encoding="utf-8")
PACKAGE = REPOSITORY / "layers" / "brain" / "python" / "brain"
MAKEFILE = (REPOSITORY / "Makefile").read_text(encoding="utf-8")
DOCUMENTS = sorted(
    [*REPOSITORY.glob("*.md"), *REPOSITORY.glob("docs/*.md"), *REPOSITORY.glob("models/*/*.md")]
)
MODELS = (REPOSITORY / "docs" / "models.md").read_text(encoding="utf-8")
COMMANDS = [
    line
    for document in DOCUMENTS
    for block in re.findall(r"```sh\n(.*?)```", document.read_text(encoding="utf-8"), re.DOTALL)
    for line in block.splitlines()
]


def section(document: str) -> str:
    return (REPOSITORY / "docs" / document).read_text(encoding="utf-8")


def test_the_api_table_lists_every_route() -> None:
    documented = set(re.findall(r"^\| `([A-Z]+) (/api/\S+)`", README, re.MULTILINE))
    app = create_app(Settings(), FakeApiRepository())
    served = {
        (method, route.path)
        for route in app.routes
        if isinstance(route, APIRoute)
        for method in route.methods or ()
    }
    assert documented == served


def test_the_openapi_document_is_current() -> None:
    """`make docs` regenerates it."""
    assert (REPOSITORY / "docs" / "openapi.json").read_text(encoding="utf-8") == document()


def test_the_table_of_errors_lists_every_error() -> None:
    documented = re.findall(r"^\| ([1-6]) \| (.*?) \|", section("contracts.md"), re.MULTILINE)
    errors = sorted(BrainError.__subclasses__(), key=lambda error: error.code)
    coded = [(str(e.code), e.text.strip()) for e in errors if e.__module__ == "brain.core.errors"]
    assert documented == coded


def test_every_reason_of_an_error_is_documented() -> None:
    errors = {error.__name__ for error in BrainError.__subclasses__()}
    reasons = {
        call.args[0].value
        for path in PACKAGE.rglob("*.py")
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id in errors
        if isinstance(call.args[0], ast.Constant)
    }
    assert {"no-face", "names-length"} <= reasons
    assert reasons - set(re.findall(r"`([a-z-]+)`", section("contracts.md"))) == set()


def test_the_table_of_downloads_lists_what_is_fetched() -> None:
    documented = re.findall(r"^\| `(\w+)`.*?\]\((\S+)\) \| (?:`(\w{32})`)?", MODELS, re.MULTILINE)
    fetched = [(form, f"{file.folder}/{file.file}", file.md5 or "") for form, file in PUBLISHED.items()]
    assert documented == fetched


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_make_target_exists(document: Path) -> None:
    text = document.read_text(encoding="utf-8")
    targets = set(re.findall(r"(?:^|`)(?:[A-Z_]+=\S+ )?make ([a-z]+)", text, re.MULTILINE))
    assert targets <= set(re.findall(r"^([a-z]+):", MAKEFILE, re.MULTILINE))


@pytest.mark.parametrize(
    ("field", "variable"), re.findall(r"^\| `(\w+)` \| `(BRAIN_\w+)` \|", section("library.md"), re.MULTILINE)
)
def test_every_setting_is_read_from_its_variable(field: str, variable: str) -> None:
    default = getattr(Settings(), field)
    other = next((each for each in CHOICES.get(field, ()) if each not in (None, default)), "0.7")
    assert getattr(Settings.from_environment({variable: other}), field) != default


def test_every_command_is_documented() -> None:
    commands = set(re.findall(r"^    (\w+) ", build_parser().format_help(), re.MULTILINE))
    documented = set(re.findall(r"^\| `brain (\w+)", section("command-line.md"), re.MULTILINE))
    assert commands
    assert documented == commands


@pytest.mark.parametrize("command", [c.strip() for c in COMMANDS if "bin/brain " in c])
def test_every_brain_command_parses(command: str) -> None:
    words = shlex.split(command.partition("bin/brain ")[2])
    assert build_parser().parse_args(words).run


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_link_to_a_file_resolves(document: Path) -> None:
    links = re.findall(r"\]\((?!https?:|#)([^)#]+)", document.read_text(encoding="utf-8"))
    assert [link for link in links if not (document.parent / link).exists()] == []


def contracts(annotation: object) -> set[type[BaseModel]]:
    """A type's models, with those of their fields."""
    found: set[type[BaseModel]] = set()
    for part in get_args(annotation):
        found |= contracts(part)
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        found.add(annotation)
        for field in annotation.model_fields.values():
            found |= contracts(field.annotation)
    return found


@pytest.mark.parametrize("contract", sorted(contracts(Result), key=str), ids=lambda each: each.__name__)
def test_every_field_of_a_result_is_documented(contract: type[BaseModel]) -> None:
    described = section("contracts.md").partition("## result.json")[2].partition("\n## ")[0]
    assert [name for name in contract.model_fields if not re.search(rf"\b{name}\b", described)] == []


def test_the_version_is_the_same_everywhere() -> None:
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    changelog = (REPOSITORY / "CHANGELOG.md").read_text(encoding="utf-8")
    assert project["version"] == brain.__version__
    assert f"## {brain.__version__} - " in changelog


def test_every_parameter_is_documented() -> None:
    template = read_template(REPOSITORY / "template.yaml")
    lines = [line for line in section("deploy.md").splitlines() if line.startswith("| `")]
    documented = [name for line in lines for name in re.findall(r"`([A-Za-z]+)`", line.split("|")[1])]
    assert sorted(documented) == sorted(template["Parameters"])


def test_every_alarm_has_a_section() -> None:
    template = read_template(REPOSITORY / "template.yaml")
    alarms = [
        name
        for name, resource in template["Resources"].items()
        if resource["Type"] == "AWS::CloudWatch::Alarm"
    ]
    assert sorted(re.findall(r"^### (\w+Alarm)$", section("operations.md"), re.MULTILINE)) == sorted(alarms)


def test_every_output_that_a_command_reads_exists() -> None:
    template = read_template(REPOSITORY / "template.yaml")
    outputs = set(re.findall(r"\$\(output (\w+)\)", section("operations.md")))
    assert outputs
    assert outputs <= set(template["Outputs"])


def test_the_key_policy_allows_every_service_that_uses_the_key() -> None:
    (block,) = re.findall(r"```json\n(.*?)```", section("security.md"), re.DOTALL)
    statements = json.loads(block)["Statement"]
    principals = json.dumps([statement["Principal"] for statement in statements])
    for service in ("s3", "events", "cloudwatch", "logs.eu-central-1"):
        assert f'"{service}.amazonaws.com"' in principals
    assert all("Condition" in statement for statement in statements if "Service" in statement["Principal"])


def glossary() -> list[tuple[str, str]]:
    """Each term and identifier of CONTRIBUTING's glossary."""
    (table,) = re.findall(r"## Glossary\n.*?\n\|---\|---\|---\|\n(.*?)\n\n", CONTRIBUTING, re.DOTALL)
    rows = [[cell.strip() for cell in row.strip("|").split("|")] for row in table.splitlines()]
    return [
        (term, identifier)
        for terms, _, identifiers in rows
        for term in terms.split(", ")
        for identifier in re.findall(r"`(\w+)`", identifiers)
    ]


def text_of(*paths: Path) -> str:
    return "\n".join(path.read_text(encoding="utf-8") for path in paths)


def test_the_glossary_is_sorted() -> None:
    terms = list(dict.fromkeys(term for term, _ in glossary() if term not in ("insertion", "done")))
    assert terms == sorted(terms)


@pytest.mark.parametrize("term", sorted({term for term, _ in glossary()}))
def test_every_glossary_term_is_used_in_the_documentation(term: str) -> None:
    documents = [path for path in DOCUMENTS if path.name not in ("CONTRIBUTING.md", "CHANGELOG.md")]
    assert re.search(rf"\b{term}s?\b", text_of(*documents), re.IGNORECASE)


@pytest.mark.parametrize("identifier", sorted({identifier for _, identifier in glossary()}))
def test_every_glossary_identifier_is_used_in_the_package(identifier: str) -> None:
    assert re.search(rf"\b{identifier}\b", text_of(*PACKAGE.rglob("*.py")))


def test_every_room_is_described_in_the_order_of_a_photos_way() -> None:
    described = re.findall(r"^\| `(\w+)` \| .*? \| (.*?) ?\|$", CONTRIBUTING, re.MULTILINE)
    rooms = [room for room, _ in described if (PACKAGE / room).is_dir()]
    assert sorted(rooms) == sorted(path.parent.name for path in PACKAGE.glob("*/__init__.py"))
    assert rooms.index("face") < rooms.index("recognition") < rooms.index("explanation")
    for room, modules in described:
        for module in re.findall(r"`(\w+)`", modules):
            path = PACKAGE / room / module
            assert path.with_suffix(".py").is_file() or path.is_dir(), f"{room}/{module}"
