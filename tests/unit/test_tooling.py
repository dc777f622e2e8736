"""The developer's tools agree with each other."""

from __future__ import annotations

import re

import yaml

from brain.core.settings import REPOSITORY

LINTERS = {"ruff check", "ruff format", "mypy", "eslint", "tsc"}


def linters(text: str) -> set[str]:
    """The linters that commands call, as a program and its subcommand."""
    return set(re.findall(r"(?:bin|BIN\))/(ruff check|ruff format|mypy|eslint|tsc)\b", text))


def makefile_recipe(target: str) -> str:
    makefile = (REPOSITORY / "Makefile").read_text(encoding="utf-8")
    found = re.search(rf"^{target}:.*\n((?:\t.*\n)+)", makefile, re.MULTILINE)
    assert found
    return found[1]


def test_make_lint_runs_every_linter() -> None:
    assert linters(makefile_recipe("lint")) == LINTERS


def test_pre_commit_runs_the_linters_of_make_lint() -> None:
    configuration = yaml.safe_load((REPOSITORY / ".pre-commit-config.yaml").read_text(encoding="utf-8"))
    hooks = [hook for repository in configuration["repos"] for hook in repository["hooks"]]
    assert {linter for hook in hooks for linter in linters(hook["entry"])} == LINTERS


def test_continuous_integration_runs_make_test() -> None:
    script = (REPOSITORY / ".ci" / "run").read_text(encoding="utf-8")
    makefile = (REPOSITORY / "Makefile").read_text(encoding="utf-8")
    assert "make test" in script
    assert re.search(r"^pr: test\b", makefile, re.MULTILINE)
