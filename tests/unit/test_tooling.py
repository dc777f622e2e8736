"""The developer's tools agree with each other."""

from __future__ import annotations

import re
from pathlib import Path

import yaml

from brain.core.settings import REPOSITORY

LINTERS = {"ruff check", "ruff format", "mypy", "eslint", "tsc"}


def linters(text: str) -> set[str]:
    """The linters that commands call, as a program and its subcommand."""
    return set(re.findall(r"(?:bin|BIN\))/(ruff check|ruff format|mypy|eslint|tsc)\b", text))


def commands(target: str) -> str:
    """The recipes of a target of the Makefile and of what it depends on."""
    makefile = (REPOSITORY / "Makefile").read_text(encoding="utf-8")
    found = re.search(rf"^{re.escape(target)}:([^#\n]*).*\n((?:\t.*\n)*)", makefile, re.MULTILINE)
    return found[2] + "".join(map(commands, found[1].split())) if found else ""


def test_make_lint_runs_every_linter() -> None:
    assert linters(commands("lint")) == LINTERS


def test_make_test_runs_every_linter_and_every_test() -> None:
    recipe = commands("test")
    (targets,) = re.findall(r"\$\(MAKE\) \$\(JOBS\) (.*)", recipe)
    assert {"setup", "lint", "javascript"} == set(targets.split())
    assert "node " in commands("javascript")
    folders = {
        str(path.relative_to(REPOSITORY)) for path in (REPOSITORY / "tests").iterdir() if has_tests(path)
    }
    assert folders == set(re.findall(r"tests/\w+", recipe))


def has_tests(folder: Path) -> bool:
    return any(folder.rglob("test_*.py"))


def test_pre_commit_runs_the_linters_of_make_lint() -> None:
    configuration = yaml.safe_load((REPOSITORY / ".pre-commit-config.yaml").read_text(encoding="utf-8"))
    hooks = [hook for repository in configuration["repos"] for hook in repository["hooks"]]
    assert {linter for hook in hooks for linter in linters(hook["entry"])} == LINTERS


def test_continuous_integration_runs_make_test() -> None:
    script = (REPOSITORY / ".ci" / "run").read_text(encoding="utf-8")
    makefile = (REPOSITORY / "Makefile").read_text(encoding="utf-8")
    assert "make test" in script
    assert re.search(r"^pr: test\b", makefile, re.MULTILINE)
