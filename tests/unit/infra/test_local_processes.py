"""Starting processes again when they exit."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from threading import Event

import pytest

from infra.local.processes import Processes, ProcessFailed

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
