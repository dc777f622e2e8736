"""`brain cascades install`: nothing is installed unasked or unverified."""

from __future__ import annotations

from pathlib import Path

import pytest

from brain.commands.cli import main


@pytest.fixture(autouse=True)
def surroundings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BRAIN_EXTRA_CASCADES", str(tmp_path / "extra"))


def test_cascades_are_not_installed_unless_the_licence_is_accepted(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["cascades", "install", "--accept-licence", "no", "--source", str(tmp_path)]) == 1
    assert "CC-BY-NC-4.0" in capsys.readouterr().err
    assert not (tmp_path / "extra").exists()


def test_a_saved_web_page_is_no_cascade(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "haarcascade_mcs_mouth.xml").write_text("<!DOCTYPE html><html></html>")
    arguments = ["cascades", "install", "--accept-licence", "CC-BY-NC-4.0", "--source", str(tmp_path)]
    assert main(arguments) == 1
    assert "is not a cascade" in capsys.readouterr().err
    assert list((tmp_path / "extra").iterdir()) == []
