"""`brain people ...` as a person types it."""

from __future__ import annotations

import shutil
from pathlib import Path

import cv2
import numpy as np
import pytest

from brain.commands.cli import main
from brain.commands.people_builder import FACE_CODE, run_fingerprint
from brain.core.errors import ForwardPassFailed
from brain.core.settings import Settings
from brain.pipeline.enrolment import FaceEmbedder
from brain.recognition.gallery import Gallery
from brain.recognition.model import load_model
from tests import tiny


@pytest.fixture
def model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A network of dlib's architecture that has no people yet."""
    folder = tmp_path / "models" / "resnet"
    tiny.write_resnet(folder, tiny.random_resnet(), tiny.gallery())
    (folder / "gallery.safetensors").unlink()
    (folder / "names.txt").unlink()
    monkeypatch.setenv("BRAIN_MODELS", str(tmp_path / "models"))
    monkeypatch.setenv("BRAIN_MODEL", "resnet")
    monkeypatch.chdir(tmp_path)
    return folder


@pytest.fixture
def photos(tmp_path: Path, astronaut: np.ndarray) -> Path:
    """Six photos of one person, one of another, and one without a face."""
    folder = tmp_path / "photos"
    face = astronaut[:300, 60:390]
    for number in range(6):
        save(folder / "Ada_Lovelace" / f"{number}.png", np.clip(face * (0.7 + 0.1 * number), 0, 255))
    save(folder / "Zoë_Ångström" / "0.png", face[:, ::-1])
    save(folder / "Zoë_Ångström" / "1.png", np.full((200, 200, 3), 99.0))
    return folder


def save(path: Path, pixels: np.ndarray) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(cv2.imencode(".png", pixels.astype(np.uint8))[1].tobytes())


def gallery(model: Path) -> Gallery:
    return Gallery.load(model / "gallery.safetensors")


def test_a_folder_of_folders_becomes_a_gallery(
    model: Path, photos: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["people", "build", str(photos), "--source", "holiday photos"]) == 0
    printed = capsys.readouterr().out
    assert "2 people from 7 photos of holiday photos" in printed
    assert "one photo  1 person" in printed
    assert "1.png (no-face)" in printed
    people = gallery(model)
    assert people.names == ("Ada Lovelace", "Zoë Ångström")
    assert people.photos.tolist() == [6, 1]
    assert people.source == "holiday photos"
    np.testing.assert_allclose(np.linalg.norm(people.means, axis=1), 1, atol=1e-3)
    loaded = load_model(model)
    assert loaded.names == people.names
    assert people.weights_sha256 == loaded.sha256


def test_photos_for_evaluation_are_left_out(model: Path, photos: Path) -> None:
    (photos / "Zoë_Ångström" / "1.png").unlink()
    assert main(["people", "build", str(photos), "--leave-held-out"]) == 0
    assert gallery(model).photos.tolist() == [5, 1]


def test_an_interrupted_build_goes_on_where_it_stopped(
    model: Path, photos: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["people", "build", str(photos)]) == 0
    before = gallery(model)
    (photos / "Ada_Lovelace" / "0.png").write_bytes(b"no longer a photo")
    assert main(["people", "build", str(photos)]) == 0
    np.testing.assert_array_equal(gallery(model).means, before.means)
    capsys.readouterr()
    assert main(["people", "build", str(photos), "--fresh"]) == 0
    assert "0.png (" in capsys.readouterr().out
    assert gallery(model).photos.tolist() == [5, 1]


def test_photos_are_described_again_once_faces_are_found_in_another_way(model: Path, tmp_path: Path) -> None:
    embedder = FaceEmbedder.load(Settings(models_dir=model.parent, model=model.name))
    code = tmp_path / "face"
    shutil.copytree(FACE_CODE, code)
    assert run_fingerprint(embedder, code) == run_fingerprint(embedder)
    (code / "landmarks.py").write_text("PASSES = 5\n")
    assert run_fingerprint(embedder, code) != run_fingerprint(embedder)


def test_a_removed_person_stays_out(model: Path, photos: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["people", "build", str(photos)]) == 0
    assert main(["people", "remove", "ada lovelace"]) == 0
    assert gallery(model).names == load_model(model).names == ("Zoë Ångström",)
    capsys.readouterr()
    assert main(["people", "build", str(photos)]) == 0
    assert "removed    Ada Lovelace" in capsys.readouterr().out
    assert gallery(model).names == ("Zoë Ångström",)


def test_nobody_is_removed_by_a_wrong_name(
    model: Path, photos: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["people", "build", str(photos)]) == 0
    assert main(["people", "remove", "Alan Turing"]) == ForwardPassFailed.code
    assert "Alan Turing is not in the gallery" in capsys.readouterr().err
    assert not (model / "removals.txt").exists()


def test_list_says_who_is_there(model: Path, photos: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["people", "build", str(photos)]) == 0
    capsys.readouterr()
    assert main(["people", "list"]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "Ada Lovelace (6 photos)",
        "Zoë Ångström (1 photo)",
        "2 people, 1 of them from one photo",
    ]


@pytest.mark.parametrize("action", [["list"], ["remove", "Ada Lovelace"]])
def test_without_a_gallery_there_is_a_hint(
    model: Path, action: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["people", *action]) == ForwardPassFailed.code
    assert "brain people build" in capsys.readouterr().err


def test_a_network_with_fixed_identities_has_no_people_to_build(
    model: Path, photos: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    tiny.write_model(model.parent / "tiny", tiny.random_network())
    assert main(["people", "build", str(photos), "--model", "tiny"]) == ForwardPassFailed.code
    assert "fixed list of identities" in capsys.readouterr().err


@pytest.mark.parametrize("content", [[], ["empty"]])
def test_a_folder_without_photos_is_refused(
    model: Path, tmp_path: Path, content: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    for name in content:
        (tmp_path / "photos" / name).mkdir(parents=True)
    assert main(["people", "build", str(tmp_path / "photos")]) == ForwardPassFailed.code
    assert "one folder of photos per person" in capsys.readouterr().err
