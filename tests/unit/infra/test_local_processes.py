"""Processes that are started again when they exit, waited for, and ended with their parent."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from threading import Event

import pytest

from brain.core.settings import REPOSITORY
from infra.local.processes import Processes, ProcessFailed, Stopped

SECONDS = 60.0


def program(folder: Path, source: str) -> Mapping[str, str]:
    """Write a module `program` and return an environment in which it can be run."""
    (folder / "program.py").write_text(
        f"import pathlib, sys, time\nfolder = pathlib.Path(sys.argv[1])\n{source}"
    )
    return {**os.environ, "PYTHONPATH": str(folder)}


def runs(folder: Path) -> int:
    return len(list(folder.glob("run-*")))


RECORD = "(folder / f'run-{time.time_ns()}').touch()\n"


def test_a_process_is_started_again(tmp_path: Path) -> None:
    environment = program(tmp_path, RECORD + "time.sleep(60 if len(list(folder.glob('run-*'))) > 1 else 0)")

    with Processes(Event()) as processes:
        processes.start("the program", "program", str(tmp_path), environment=environment)
        processes.restart_on_exit("the program")
        processes.wait_until(lambda: runs(tmp_path) == 2, "the second run", SECONDS)


def test_a_process_that_is_not_to_be_restarted_fails(tmp_path: Path) -> None:
    environment = program(tmp_path, "sys.exit(3)")

    with Processes(Event()) as processes:
        processes.start("the program", "program", str(tmp_path), environment=environment)
        with pytest.raises(ProcessFailed, match="the program exited with code 3"):
            processes.wait_until(lambda: False, "nothing", SECONDS)


def test_a_process_that_keeps_exiting_fails(tmp_path: Path) -> None:
    environment = program(tmp_path, RECORD + "sys.exit(3)")

    with Processes(Event()) as processes:
        processes.start("the program", "program", str(tmp_path), environment=environment)
        processes.restart_on_exit("the program")
        with pytest.raises(ProcessFailed, match="the program exited with code 3"):
            processes.wait_until(lambda: False, "nothing", SECONDS)

    assert runs(tmp_path) == 3


def test_waiting_ends_when_the_user_stops_the_stack() -> None:
    stopping = Event()
    stopping.set()

    with Processes(stopping) as processes, pytest.raises(Stopped):
        processes.watch()


def test_waiting_times_out() -> None:
    with Processes(Event()) as processes, pytest.raises(ProcessFailed, match="waiting for rain"):
        processes.wait_until(lambda: False, "rain", 0.01)


def test_a_child_process_ends_with_its_parent(tmp_path: Path) -> None:
    child_id = tmp_path / "child"
    child = (
        "import os, time, pathlib; from infra.local.parent_process import end_with_parent; "
        "end_with_parent(); "
        f"pathlib.Path({str(child_id)!r}).write_text(str(os.getpid())); time.sleep({SECONDS})"
    )
    starter = (
        "import subprocess, sys, time; "
        f"subprocess.Popen([sys.executable, '-c', {child!r}], stdin=subprocess.PIPE); time.sleep({SECONDS})"
    )
    with subprocess.Popen([sys.executable, "-c", starter], cwd=REPOSITORY) as process:
        wait_for(lambda: child_id.exists() and bool(child_id.read_text(encoding="utf-8")))
        process.kill()

    wait_for(lambda: not alive(int(child_id.read_text(encoding="utf-8"))))


def wait_for(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + SECONDS
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def alive(process_id: int) -> bool:
    """Whether the process is running; a zombie is not."""
    state = subprocess.run(
        ["ps", "-o", "stat=", "-p", str(process_id)], capture_output=True, text=True, check=False
    )
    return bool(state.stdout.strip()) and not state.stdout.startswith("Z")
