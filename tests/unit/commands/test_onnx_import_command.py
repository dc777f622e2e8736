"""`brain model import FILE.onnx` as a person types it."""

from __future__ import annotations

import argparse
from pathlib import Path

import cv2
import numpy as np
import pytest
from skimage import data

from brain.commands import onnx_import
from brain.commands.cli import main
from brain.commands.terminal import USAGE_ERROR
from brain.core.errors import ForwardPassFailed
from brain.importers import presets
from brain.recognition.calibration import Calibration
from brain.recognition.loading import load_without_people
from tests.unit.importers import onnx_files


@pytest.fixture
def models(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The models folder of the settings, which is empty."""
    monkeypatch.setenv("BRAIN_MODELS", str(tmp_path / "models"))
    return tmp_path / "models"


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return onnx_files.export(
        onnx_files.mobilefacenet(), tmp_path_factory.mktemp("onnx") / "Own Face Net.onnx", 112
    )


def test_the_families_are_those_that_have_a_preset() -> None:
    assert set(onnx_import.FAMILIES) == set(presets.FAMILIES)


def test_import_says_what_it_did_and_what_comes_next(
    models: Path, file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["model", "import", str(file), "--alignment", "arcface-112", "--licence", "MIT"]) == 0
    printed = capsys.readouterr().out
    assert "imported: own-face-net from Own Face Net.onnx, 32 numbers per descriptor" in printed
    assert "112 x 112 RGB, mean 127.5, 127.5, 127.5, scale 0.00784314" in printed
    assert "finite, repeatable" in printed
    assert "onnxruntime differs by" in printed
    assert "brain people build FOLDER --model own-face-net" in printed
    assert main(["model", "list"]) == 0
    assert "own-face-net" in capsys.readouterr().out


def test_what_is_stated_is_stored(models: Path, file: Path) -> None:
    options = ["--as", "mine", "--family", "adaface", "--mean", "1,2,3", "--scale", "1/128", "--mirrored"]
    assert main(["model", "import", str(file), *options, "--metric", "euclidean", "--dtype", "float16"]) == 0
    config = load_without_people(models / "mine").config
    assert (config.mean, config.scale, config.channel_order) == ((1.0, 2.0, 3.0), 1 / 128, "BGR")
    assert config.mirrored
    assert config.metric == "euclidean"


def test_the_layer_is_chosen_by_measuring(
    models: Path, file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    astronaut = cv2.cvtColor(data.astronaut(), cv2.COLOR_RGB2BGR)
    (tmp_path / "photos").mkdir()
    for name, photo in (("a.jpg", astronaut), ("b.png", cv2.flip(astronaut, 1)), ("c.jpg", astronaut[300:])):
        cv2.imwrite(str(tmp_path / "photos" / name), photo)
    command = ["model", "import", str(file), "--as", "own", "--photos", str(tmp_path / "photos")]
    assert main(command) == 0
    printed = capsys.readouterr().out.splitlines()
    start = next(number for number, line in enumerate(printed) if "on 2 faces, the best first" in line)
    measured = [line.split() for line in printed[start + 1 :] if "deletion" in line]
    gains = [float(words[-1]) - float(words[-3].rstrip(",")) for words in measured]
    assert gains == sorted(gains, reverse=True)
    assert len(gains) == 4  # maps of 56, 28, 14 and 7 cells
    assert load_without_people(models / "own").config.cam.layer == measured[0][0]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--as", "../elsewhere"], "cannot be the name"),
        (["--cam-layer", "fc8"], "no layer fc8"),
        (["--alignment", "arcface-113"], "no alignment"),
        (["--photos", "nowhere"], "0 photos"),
    ],
)
def test_what_cannot_be_is_refused(
    models: Path, file: Path, capsys: pytest.CaptureFixture[str], options: list[str], message: str
) -> None:
    assert main(["model", "import", str(file), *options]) == ForwardPassFailed.code
    assert message in capsys.readouterr().err
    assert not list(models.glob("*"))


def test_other_files_keep_their_two_names(models: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        main(["model", "import", "VGG_FACE.t7", "--as", "my-vgg"])
    assert left.value.code == USAGE_ERROR
    assert "vgg-face, dlib-resnet" in capsys.readouterr().err


@pytest.mark.parametrize("text", ["1,2", "grey", ""])
def test_a_mean_is_one_number_or_three(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        onnx_import.mean(text)


def test_a_scale_may_be_a_fraction() -> None:
    parser = argparse.ArgumentParser()
    onnx_import.add_arguments(parser)
    assert parser.parse_args(["--scale", "1/127.5"]).scale == 1 / 127.5
    assert parser.parse_args(["--mean", "127.5"]).mean == (127.5, 127.5, 127.5)


@pytest.fixture
def people(
    models: Path, file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, astronaut: np.ndarray
) -> Path:
    """Two photos each of six people in a gallery of the imported network `own`; the working folder is new."""
    monkeypatch.chdir(tmp_path)
    face = np.ascontiguousarray(astronaut[:300, 60:390])
    for person in range(6):
        folder = tmp_path / "people" / f"Person_{person}"
        folder.mkdir(parents=True)
        for photo in range(2):
            pixels = cv2.convertScaleAbs(face, alpha=0.6 + 0.1 * person, beta=10 * photo)
            cv2.imwrite(str(folder / f"{photo}.png"), pixels)
    assert main(["model", "import", str(file), "--as", "own"]) == 0
    assert main(["people", "build", str(tmp_path / "people"), "--model", "own"]) == 0
    return tmp_path / "people"


def test_an_imported_network_gets_people_and_a_calibration(
    models: Path, people: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["model", "calibrate", "own", str(people)]) == 0
    assert "own on 12 photos of people, among 6 people" in capsys.readouterr().out
    fitted = Calibration.load(models / "own" / "calibration.json")
    assert fitted
    assert load_without_people(models / "own").config.open_set == fitted.open_set
    assert (models / "own" / "pairs.json").is_file()
    assert main(["model", "check", "own"]) == 0
    checked = capsys.readouterr().out
    assert "own 1.0: 6 identities" in checked


def test_a_calibration_that_is_there_is_replaced_only_where_that_is_asked_for(
    models: Path, people: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    command = ["model", "calibrate", "own", str(people)]
    there = models / "own" / "calibration.json"
    assert main(command) == 0
    there.write_text(there.read_text().replace("12", "34"))
    before = there.read_text()
    capsys.readouterr()
    assert main(command) == ForwardPassFailed.code
    assert "calibration.json exists already" in capsys.readouterr().err
    assert there.read_text() == before

    elsewhere = tmp_path / "fitted"
    assert main([*command, "--out", str(elsewhere)]) == 0
    assert str(elsewhere / "pairs.json") in capsys.readouterr().out
    assert there.read_text() == before

    assert main([*command, "--replace"]) == 0
    assert there.read_text() == (elsewhere / "calibration.json").read_text()
