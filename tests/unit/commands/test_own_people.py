"""People of one's own on the command line, as a person types it."""

from __future__ import annotations

import json
from pathlib import Path

import cv2
import numpy as np
import pytest

from brain.commands.cli import main
from brain.core.errors import ForwardPassFailed
from brain.core.results import Result
from brain.pipeline.own_people import OwnPeople
from tests import tiny

NAME = "José María + Söhne"
LEFT_OUT = 65


@pytest.fixture
def model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A network of dlib's architecture with seven embedded people."""
    folder = tmp_path / "models" / "resnet"
    tiny.write_resnet(folder, tiny.random_resnet(), tiny.gallery())
    monkeypatch.setenv("BRAIN_MODELS", str(tmp_path / "models"))
    monkeypatch.setenv("BRAIN_MODEL", "resnet")
    monkeypatch.setenv("BRAIN_PEOPLE", str(tmp_path / "own"))
    monkeypatch.chdir(tmp_path)
    return folder


@pytest.fixture
def photos(tmp_path: Path, astronaut: np.ndarray) -> Path:
    """Two photos of one person, and one without a face."""
    folder = tmp_path / "photos" / "Mary_Somerville"
    folder.mkdir(parents=True)
    face = astronaut[:300, 60:390]
    save(folder / "0.png", face)
    save(folder / "1.png", np.clip(face * 0.9, 0, 255))
    save(folder / "2.png", np.full((200, 200, 3), 99.0))
    return folder


def save(path: Path, pixels: np.ndarray) -> None:
    path.write_bytes(cv2.imencode(".png", pixels.astype(np.uint8))[1].tobytes())


def files(folder: Path, *numbers: int) -> list[str]:
    return [str(folder / f"{number}.png") for number in numbers]


def test_an_enrolled_person_is_named(
    model: Path, photos: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["people", "add", NAME, *files(photos, 0, 1)]) == 0
    assert capsys.readouterr().out.count(f"enrolled  {NAME}: ") == 2

    for people, identities in (("both", 8), ("own", 1), ("embedded", 7)):
        photo = files(photos, 0)[0]
        assert (
            main(["explain", photo, "--check", "off", "--out", "explained", "--json", "--people", people])
            == 0
        )
        result = Result.model_validate_json(capsys.readouterr().out)
        assert result.model is not None
        assert result.model.identities == identities
        assert result.identity is not None
        assert (result.identity.name == NAME) is (people != "embedded")


def test_a_photo_without_a_face_is_named_and_left_out(
    model: Path, photos: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["people", "add", NAME, *files(photos, 0, 2), "missing.jpg"]) == LEFT_OUT
    printed = capsys.readouterr().out
    assert f"enrolled  {NAME}: {photos / '0.png'}" in printed
    assert f"left out  {NAME}: {photos / '2.png'} (no-face)" in printed
    assert "missing.jpg (no-such-file)" in printed
    assert [photo.file for photo in OwnPeople().enrolled.photos] == ["0.png"]


def test_a_photo_added_twice_counts_once(model: Path, photos: Path) -> None:
    assert main(["people", "add", NAME, *files(photos, 0)]) == 0
    before = OwnPeople().enrolled.version
    assert main(["people", "add", NAME, *files(photos, 0, 0)]) == 0
    assert OwnPeople().enrolled.version == before


def test_a_folder_of_folders_is_enrolled_without_changing_the_model(
    model: Path, photos: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = (model / "gallery.safetensors").read_bytes()
    assert main(["people", "build", str(photos.parent), "--own"]) == LEFT_OUT
    assert "1 person of your own" in capsys.readouterr().out
    assert OwnPeople().names == ("Mary Somerville",)
    assert (model / "gallery.safetensors").read_bytes() == before


def test_list_tells_own_people_from_embedded_ones(
    model: Path, photos: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["people", "add", NAME, *files(photos, 0, 1)]) == 0
    capsys.readouterr()
    assert main(["people", "list"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "Ada Lovelace (1 photo)"
    assert lines[-2:] == [f"{NAME} (2 photos, your own)", "1 person of your own"]
    assert main(["people", "list", "--people", "own"]) == 0
    assert len(capsys.readouterr().out.splitlines()) == 2
    assert main(["people", "list", "--people", "embedded"]) == 0
    assert NAME not in capsys.readouterr().out


def test_a_removed_person_is_forgotten(model: Path, photos: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["people", "add", "Ada Lovelace", *files(photos, 0)]) == 0
    assert main(["people", "remove", "Ada Lovelace"]) == 0
    assert "one of your own people" in capsys.readouterr().out
    assert OwnPeople().names == ()
    assert not (model / "removals.txt").exists()
    assert b"Lovelace" not in (model.parents[1] / "own" / "resnet.safetensors").read_bytes()
    assert main(["people", "remove", "Ada Lovelace"]) == 0
    assert (model / "removals.txt").read_text(encoding="utf-8") == "Ada Lovelace\n"


def test_check_names_photos_of_a_folder_without_enrolling_them(
    model: Path, photos: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["people", "check", str(photos.parent)]) == LEFT_OUT
    assert f"Mary Somerville: {photos / '2.png'} (no-face)" in capsys.readouterr().out
    assert OwnPeople().names == ()
    assert main(["people", "check"]) == 0
    assert "No problems found." in capsys.readouterr().out


def test_check_names_two_people_who_are_one(
    model: Path, photos: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["people", "add", "Mary", *files(photos, 0)]) == 0
    assert main(["people", "add", "Mrs Somerville", *files(photos, 1)]) == 0
    capsys.readouterr()
    assert main(["people", "check"]) == LEFT_OUT
    assert "one person?  Mary and Mrs Somerville" in capsys.readouterr().out


def test_people_travel_in_a_file(
    model: Path, photos: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["people", "add", NAME, *files(photos, 0, 1)]) == 0
    before = OwnPeople().enrolled.version
    assert main(["people", "export", "copy.safetensors"]) == 0
    document = json.loads(Path("copy.json").read_text(encoding="utf-8"))
    assert {person for person, _, _ in document["photos"]} == {NAME}
    monkeypatch.setenv("BRAIN_PEOPLE", "elsewhere")
    assert main(["people", "import", "copy.safetensors"]) == 0
    assert "imported: 1 person, 2 photos" in capsys.readouterr().out
    assert OwnPeople().enrolled.version == before


def test_descriptors_of_another_network_are_not_imported(
    model: Path, photos: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["people", "add", NAME, *files(photos, 0)]) == 0
    assert main(["people", "export", "copy.safetensors"]) == 0
    tiny.write_resnet(model.parent / "other", tiny.random_resnet(seed=1), tiny.gallery())
    imports = ["people", "import", "copy.safetensors", "--model", "other"]
    assert main(imports) == ForwardPassFailed.code
    assert "another network" in capsys.readouterr().err
    Path("copy.safetensors").write_bytes(b"something else")
    assert main(["people", "import", "copy.safetensors"]) == ForwardPassFailed.code
    assert "holds no people" in capsys.readouterr().err


@pytest.mark.parametrize("name", ["", "  ", "a/b", "a\nb", "\u200b"])
def test_what_is_no_name_is_refused(
    model: Path, photos: Path, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["people", "add", name, *files(photos, 0)]) == ForwardPassFailed.code
    assert "is not a name" in capsys.readouterr().err


def test_a_folder_that_cannot_be_written_is_status_73(
    model: Path, photos: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("BRAIN_PEOPLE", str(tmp_path / "file"))
    assert main(["people", "add", NAME, *files(photos, 0)]) == 73


def test_a_network_with_fixed_identities_enrols_nobody(
    model: Path, photos: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    tiny.write_model(model.parent / "tiny", tiny.random_network())
    added = main(["people", "add", NAME, *files(photos, 0), "--model", "tiny"])
    assert added == ForwardPassFailed.code
    assert "fixed list of identities" in capsys.readouterr().err
