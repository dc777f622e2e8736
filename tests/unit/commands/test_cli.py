"""The command line itself."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from pathlib import Path

import pytest

from brain import __version__
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


def test_the_version_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(["--version"])
    assert stopped.value.code == 0
    assert capsys.readouterr().out == f"brain {__version__}\n"


def test_output_that_nobody_reads_is_status_141(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    with os.fdopen(writer, "w", encoding="utf-8") as closed_pipe:
        monkeypatch.setattr(sys, "stdout", closed_pipe)
        assert main(["model", "list"]) == 141
    assert capsys.readouterr().err == ""


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_output_on_a_full_disk_is_status_73(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with Path("/dev/full").open("w", encoding="utf-8") as full_disk:
        monkeypatch.setattr(sys, "stdout", full_disk)
        assert main(["model", "list"]) == 73
    assert "No space left on device" in capsys.readouterr().err


def test_an_interrupted_command_is_status_130(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    class InterruptedOutput(io.StringIO):
        def write(self, text: str) -> int:
            raise KeyboardInterrupt

    monkeypatch.setattr(sys, "stdout", InterruptedOutput())
    assert main(["model", "list"]) == 130
    assert "Interrupted." in capsys.readouterr().err


def test_a_folder_of_people_that_is_a_file_is_an_error_with_a_hint(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "people").write_text("no folder")
    monkeypatch.setenv("BRAIN_PEOPLE", str(tmp_path / "people"))
    assert main(["people", "list"]) == 73
    assert "Check the path" in capsys.readouterr().err
