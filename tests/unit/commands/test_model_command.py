"""`brain model ...` as a person types it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from brain.commands import model
from brain.commands.cli import main
from brain.core.errors import ForwardPassFailed, NamesMissing
from brain.core.results import Result
from brain.importers import published
from brain.importers.inspection import recorded_sha256
from brain.importers.trial import try_model
from tests import tiny
from tests.unit.importers import caffe_files, vgg


@pytest.fixture
def models(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The models folder of the settings, which holds the tiny model."""
    monkeypatch.setenv("BRAIN_MODELS", str(tmp_path / "models"))
    monkeypatch.setenv("BRAIN_MODEL", "tiny")
    tiny.write_model(tmp_path / "models" / "tiny", tiny.random_network())
    return tmp_path / "models"


@pytest.fixture
def small_vgg_face(monkeypatch: pytest.MonkeyPatch) -> None:
    """A VGG-Face with the plan of the small network."""
    monkeypatch.setitem(published.BASE_CONFIGS, "vgg-face", replace(vgg.CONFIG, name="vgg-face"))


@pytest.fixture
def caffemodel(tmp_path: Path) -> Path:
    vgg.names_file(tmp_path).rename(tmp_path / "names.txt")
    return caffe_files.write(tmp_path / "VGG_FACE.caffemodel", caffe_files.parts(vgg.weights()))


@pytest.fixture
def installed(models: Path, small_vgg_face: None, caffemodel: Path) -> Path:
    assert main(["model", "import", str(caffemodel), "--as", "vgg-face"]) == 0
    return models / "vgg-face"


def test_what_can_be_imported_is_what_has_a_plan() -> None:
    assert set(model.IMPORTABLE) == set(published.BASE_CONFIGS)


def test_import_says_what_it_did_and_how_to_use_it(
    models: Path, small_vgg_face: None, caffemodel: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["model", "import", str(caffemodel), "--as", "vgg-face"]) == 0
    printed = capsys.readouterr().out
    assert "vgg-face from VGG_FACE.caffemodel (Caffe), 7 identities" in printed
    assert "BGR, mean 93.594, 104.7624, 129.1863" in printed
    assert "BRAIN_MODEL=vgg-face" in printed
    assert (models / "vgg-face" / "names.txt").is_file()


def test_a_network_of_other_widths_is_no_vgg_face(
    models: Path, caffemodel: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["model", "import", str(caffemodel), "--as", "vgg-face"]) == ForwardPassFailed.code
    assert "conv1_1 has a weight of shape (4, 3, 3, 3); (64, 3, 3, 3) was expected" in capsys.readouterr().err
    assert not (models / "vgg-face").exists()


def test_missing_names_are_error_5(
    models: Path, small_vgg_face: None, caffemodel: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (caffemodel.parent / "names.txt").unlink()
    assert main(["model", "import", str(caffemodel), "--as", "vgg-face"]) == NamesMissing.code
    assert "ERROR: could not load names.txt file" in capsys.readouterr().err


def test_fetch_wants_the_licence_accepted(models: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["model", "fetch", "vgg-face", "--accept-licence", "MIT"]) == 1
    printed = capsys.readouterr().err
    assert "Deep Face" in printed
    assert "--accept-licence non-commercial-research" in printed


def test_list_marks_the_one_in_use_and_says_how_to_get_the_other(
    models: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (models / "broken").mkdir()
    (models / "broken" / "weights.safetensors").write_bytes(b"no")
    assert main(["model", "list"]) == 0
    broken, used, absent_resnet, absent_vgg = capsys.readouterr().out.splitlines()
    assert broken.startswith("  broken")
    assert "cannot be read" in broken
    assert used.startswith("* tiny ")
    assert "7 identities" in used
    assert "F32" in used
    assert "brain model import PATH --as dlib-resnet" in absent_resnet
    assert "brain model fetch vgg-face" in absent_vgg


def test_list_shows_what_was_imported(installed: Path, capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    assert main(["model", "list"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert "not installed" not in next(line for line in lines if "vgg-face" in line)


def test_check_prints_spec_shapes_checksum_time_and_memory(
    installed: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()
    assert main(["model", "check", "vgg-face"]) == 0
    printed = capsys.readouterr().out
    report = try_model(installed)
    assert report.sha256 in printed
    assert "(as recorded)" in printed
    for name, shape in report.layers:
        assert f"{name:<9}  {' x '.join(map(str, shape))}" in printed
    assert [name for name, _ in report.layers] == list(vgg.LAYERS)
    assert report.parameters == sum(array.size for array in vgg.weights().values())
    assert 0 < report.pass_seconds < 10
    assert report.peak_bytes > 50e6
    assert "28 x 28 BGR" in printed


def test_check_takes_the_model_in_use(models: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["model", "check"]) == 0
    assert "(none recorded)" in capsys.readouterr().out


def test_check_notices_a_changed_byte(installed: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = installed / "weights.safetensors"
    data = bytearray(path.read_bytes())
    data[-1] ^= 1
    path.write_bytes(data)
    assert main(["model", "check", "vgg-face"]) == ForwardPassFailed.code
    printed = capsys.readouterr()
    assert "NOT as recorded" in printed.out
    assert "have changed" in printed.err


def test_check_of_an_absent_model_is_error_4(models: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["model", "check", "nobody"]) == ForwardPassFailed.code
    assert "no model at nobody" in capsys.readouterr().err


@pytest.mark.parametrize("chosen_by", ["option", "environment"])
def test_explain_takes_the_imported_network(
    installed: Path,
    tmp_path: Path,
    astronaut_jpeg: bytes,
    monkeypatch: pytest.MonkeyPatch,
    chosen_by: str,
) -> None:
    photo, out = tmp_path / "astronaut.jpg", tmp_path / "out"
    photo.write_bytes(astronaut_jpeg)
    if chosen_by == "environment":
        monkeypatch.setenv("BRAIN_MODEL", "vgg-face")
    option = ["--model", "vgg-face"] if chosen_by == "option" else []
    assert main(["explain", str(photo), "--out", str(out), *option]) == 0
    result = Result.model_validate_json((out / "result.json").read_text(encoding="utf-8"))
    assert result.model is not None
    assert result.model.name == "vgg-face"
    assert result.model.sha256 == recorded_sha256(installed)
    assert result.candidates[0].name.startswith("Person ")
