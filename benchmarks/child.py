"""Run a function in a fresh process, and return its result by way of JSON.

    python -m benchmarks.child MODULE FUNCTION ARGUMENTS FILE

calls FUNCTION with the keyword arguments in ARGUMENTS, a JSON object, and writes what it returns to FILE.
"""

from __future__ import annotations

import benchmarks.start_time  # noqa: F401  # isort: skip

import importlib
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

from brain.core.settings import REPOSITORY

T = TypeVar("T")


class ChildFailed(Exception):
    """A child process ended with an error; carries the end of its output."""


def call(
    function: Callable[..., T],
    environment: Mapping[str, str],
    *,
    processors: int | None = None,
    **arguments: object,
) -> T:
    """Call a module's function in a fresh process.

    Args:
        function: its result must be serialisable as JSON.
        environment: environment variables, added to an otherwise empty environment.
        processors: number of processors to bind the process to; None for all.
        **arguments: keyword arguments of the function; must be serialisable as JSON.

    Raises:
        ChildFailed: the process ended with an error.
    """
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "result.json"
        words = [function.__module__, function.__qualname__, json.dumps(arguments), str(out)]
        run(["-m", "benchmarks.child", *words], environment, processors)
        result: T = json.loads(out.read_text(encoding="utf-8"))
        return result


def run(
    arguments: Sequence[str], environment: Mapping[str, str] | None = None, processors: int | None = None
) -> None:
    """Run this Python in a fresh process.

    Args:
        arguments: the interpreter's arguments.
        environment: environment variables, added to an otherwise empty environment.
        processors: number of processors to bind the process to; None for all.

    Raises:
        ChildFailed: the process ended with an error.
    """

    def bind() -> None:
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:processors])

    finished = subprocess.run(
        [sys.executable, *arguments],
        env=bare_environment() | dict(environment or {}),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        preexec_fn=bind,
        check=False,
    )
    if finished.returncode:
        last = finished.stdout.strip().splitlines()[-1:]
        raise ChildFailed(f"{' '.join(arguments[:3])}: {''.join(last) or finished.returncode}")


def bare_environment() -> dict[str, str]:
    """The environment of a child: only PATH, HOME and the project's import path."""
    inherited = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    return inherited | {"PYTHONPATH": f"{REPOSITORY / 'layers/brain/python'}:{REPOSITORY}"}


def main(module: str, function: str, arguments: str, out: str) -> None:
    """Call the function and write its result."""
    values: dict[str, Any] = json.loads(arguments)
    result = getattr(importlib.import_module(module), function)(**values)
    Path(out).write_text(json.dumps(result), encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
