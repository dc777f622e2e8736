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


@pytest.mark.parametrize("arguments", [["explain", "a.jpg"], ["model", "list"], ["verify", "explained"]])
def test_a_malformed_variable_is_status_64(
    arguments: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("BRAIN_CHECK", "some")
    assert main(arguments) == 64
    assert "BRAIN_CHECK must be one of off, features, full, not 'some'" in capsys.readouterr().err


def test_the_module_is_the_command() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "brain", "--help"],
        env={"PYTHONPATH": ":".join(sys.path)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == build_parser().format_help()
