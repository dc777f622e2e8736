"""What `brain drop` and `brain results` refuse."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from brain.commands.cli import main
from brain.commands.dropped import DroppedPhoto
from brain.commands.results import with_own_folders
from tests.integration.dropping import BUCKET, write_photos


@pytest.fixture(autouse=True)
def photos(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    write_photos(tmp_path / "photos")


@pytest.mark.parametrize(
    ("command", "status"),
    [
        (["drop", "nothing.jpg"], 1),
        (["drop", "empty"], 64),
        (["drop", "photos", "--face", "-1"], 64),
        (["drop", "photos", "--compare-with", "x"], 64),
        (["drop", "photos", "--bucket", "nowhere"], 69),
        (["results", "out"], 64),
        (["results", "out", "--prefix", "inbox/", "--bucket", "nowhere"], 69),
    ],
)
@pytest.mark.usefixtures("cloud")
def test_what_makes_no_sense_is_said_with_a_hint(
    command: list[str], status: int, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("empty").mkdir()
    assert main(command) == status
    assert any(line.startswith("  ") for line in capsys.readouterr().err.splitlines())


@pytest.mark.parametrize("command", ["drop photos", "results out --prefix inbox/", "dlq list"])
def test_without_boto3_a_hint_says_how_to_install_it(
    command: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "boto3", None)

    assert main(command.split()) == 69
    assert "pip install 'brain-faces[cloud]'" in capsys.readouterr().err


def test_no_key_leaves_the_folder_or_takes_anothers() -> None:
    def dropped(folder: str, key: str) -> DroppedPhoto:
        return DroppedPhoto(key, folder, BUCKET, key, "e")

    folders = [
        photo.folder
        for photo in with_own_folders(
            dropped(folder, str(number))
            for number, folder in enumerate(
                ["../../etc/x.jpg", "/x.jpg", "a//b.jpg", "A/B.jpg", "..\\..\\y.jpg", "..", "x.jpg"]
            )
        )
    ]

    assert folders[:3] == ["etc/x.jpg", "x.jpg", "a/b.jpg"]
    assert folders[4] == "y.jpg"
    assert len({folder.casefold() for folder in folders}) == len(folders)
    assert not any({"..", ""} & set(folder.split("/")) for folder in folders)
