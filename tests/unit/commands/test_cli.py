"""The command line itself."""

from __future__ import annotations

import subprocess
import sys

import pytest

from brain.commands.cli import build_parser, main


def test_a_nonsensical_command_is_status_64(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(["dance"])
    assert stopped.value.code == 64
    assert "usage: brain" in capsys.readouterr().err


def test_the_module_is_the_command() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "brain", "--help"],
        env={"PYTHONPATH": ":".join(sys.path)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == build_parser().format_help()
