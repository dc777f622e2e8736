"""Lays out what the Dockerfile lays out, so that it can be run and weighed where no image can be built.

The packages are those that `functions/explain/requirements.txt` needs, as they are installed here.
"""

from __future__ import annotations

import compileall
import os
import re
import shutil
from collections.abc import Iterator
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

from functions.explain.slim import slim
from infra.local.environment import REPOSITORY

EXPLAIN = REPOSITORY / "functions" / "explain"
PACKAGE = REPOSITORY / "layers" / "brain" / "python" / "brain"
MODULES = ("handler.py", "report.py")
NAME = re.compile(r"^[A-Za-z0-9._-]+")


class NotInstalled(Exception):
    """A package that the image needs is not installed here."""


def assemble(folder: Path, model: Path, compiled: bool = True) -> None:
    """Lay out the function's root folder: `packages`, `models/<name>`, the code.

    Args:
        folder: must not exist yet.
        model: the model's folder.
        compiled: whether to write bytecode, as the image does; takes a minute.

    Raises:
        NotInstalled: names the package.
    """
    packages = folder / "packages"
    for package in closure((EXPLAIN / "requirements.txt").read_text(encoding="utf-8").splitlines()):
        _link(package, packages)
    slim(packages)
    if compiled:
        compileall.compile_dir(packages, quiet=2, workers=0)
    shutil.copytree(model, folder / "models" / model.name)
    shutil.copytree(PACKAGE, folder / "brain", ignore=shutil.ignore_patterns("__pycache__"))
    for name in MODULES:
        shutil.copy(EXPLAIN / name, folder)


def closure(requirements: list[str]) -> Iterator[Distribution]:
    """The distributions that satisfy the requirements, and theirs in turn; extras are left out."""
    waiting, seen = [*requirements], set[str]()
    while waiting:
        requirement = waiting.pop()
        found = NAME.match(requirement)
        if not found or "extra ==" in requirement or found.group().lower() in seen:
            continue
        seen.add(found.group().lower())
        try:
            package = distribution(found.group())
        except PackageNotFoundError:
            if ";" in requirement:  # needed on another system or another Python only
                continue
            raise NotInstalled(found.group()) from None
        yield package
        waiting += package.requires or []


def _link(package: Distribution, target: Path) -> None:
    """Hard links where possible: a copy would take minutes and a gigabyte."""
    for file in package.files or []:
        source = Path(str(package.locate_file(file)))
        if ".." in file.parts or "__pycache__" in file.parts or not source.is_file():
            continue
        place = target / file
        place.parent.mkdir(parents=True, exist_ok=True)
        try:
            os.link(source, place)
        except OSError:
            shutil.copy2(source, place)
