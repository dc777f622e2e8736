"""Assembles the same file tree as the Dockerfile, to run and measure it where no image can be built.

The packages are those required by `REQUIREMENTS`, as installed in this environment.
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
REQUIREMENTS = ("requirements.in", "torch.txt")
MODULES = ("handler.py", "report.py")
NAME = re.compile(r"^[A-Za-z0-9._-]+")


class NotInstalled(Exception):
    """A package that the image needs is not installed in this environment."""


def assemble(folder: Path, model: Path, compiled: bool = True) -> None:
    """Create the function's root folder: `packages`, `models/<name>` and the code.

    Args:
        folder: destination, which must not exist.
        model: the model's folder.
        compiled: whether to compile bytecode, as the image does; takes a minute.

    Raises:
        NotInstalled: the message is the name of the missing package.
    """
    packages = folder / "packages"
    required = [line for name in REQUIREMENTS for line in (EXPLAIN / name).read_text("utf-8").splitlines()]
    for package in closure(required):
        _link(package, packages)
    slim(packages)
    if compiled:
        compileall.compile_dir(packages, quiet=2, workers=0)
    shutil.copytree(model, folder / "models" / model.name)
    shutil.copytree(PACKAGE, folder / "brain", ignore=shutil.ignore_patterns("__pycache__"))
    for name in MODULES:
        shutil.copy(EXPLAIN / name, folder)


def closure(requirements: list[str]) -> Iterator[Distribution]:
    """The installed distributions of the requirements and of their dependencies, without extras."""
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
            if ";" in requirement:  # only required on another platform or Python version
                continue
            raise NotInstalled(found.group()) from None
        yield package
        waiting += package.requires or []


def _link(package: Distribution, target: Path) -> None:
    """Hard-link where possible: copying would take minutes and a gigabyte."""
    for file in package.files or []:
        source = Path(str(package.locate_file(file)))
        if ".." in file.parts or "__pycache__" in file.parts or not source.is_file():
            continue
        destination = target / file
        destination.parent.mkdir(parents=True, exist_ok=True)
        try:
            os.link(source, destination)
        except OSError:
            shutil.copy2(source, destination)
