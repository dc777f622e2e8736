"""`brain explain` with one photo, and what is common to one and many."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from brain.commands.cli import main
from brain.core.results import Result
from tests import pictures, tiny


@pytest.fixture
def photo(tmp_path: Path, astronaut_jpeg: bytes) -> Path:
    path = tmp_path / "astronaut.jpg"
    path.write_bytes(astronaut_jpeg)
    return path


@pytest.fixture(autouse=True)
def surroundings(tiny_environment: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BRAIN_EXTRA_CASCADES", str(tmp_path / "extra"))


def test_explain_prints_name_top_five_and_sentences(
    photo: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["explain", str(photo), "--out", str(tmp_path / "out")]) == 0
    result = Result.model_validate_json((tmp_path / "out" / "result.json").read_text())
    printed = capsys.readouterr().out
    assert printed.startswith(result.candidates[0].name)
    for candidate in result.candidates:
        assert candidate.name in printed
    assert result.explanation is not None
    for sentence in result.explanation.sentences:
        assert sentence in printed


def test_explain_writes_every_artifact(photo: Path, tmp_path: Path) -> None:
    assert main(["explain", str(photo)]) == 0
    out = tmp_path / "astronaut_explained"
    result = Result.model_validate_json((out / "result.json").read_text())
    assert {path.name for path in out.iterdir()} == {"result.json", *result.artifacts.values()}


def test_json_is_the_stored_result(photo: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", str(photo), "--json", "--out", "out"]) == 0
    printed = json.loads(capsys.readouterr().out)
    assert printed == json.loads((tmp_path / "out" / "result.json").read_text())


def test_several_photos_get_a_folder_each_and_a_bad_one_spoils_none(
    photo: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bad = tmp_path / "words.jpg"
    bad.write_bytes(pictures.TEXT)
    assert main(["explain", str(bad), str(photo), "--out", "out"]) == 1
    assert (tmp_path / "out" / "astronaut" / "result.json").is_file()
    assert not (tmp_path / "out" / "words").exists()
    assert "ERROR: cannot load input image ... " in capsys.readouterr().err


@pytest.mark.parametrize(
    ("environment", "status"),
    [({"BRAIN_CASCADES": "nowhere"}, 2), ({"BRAIN_MODEL": "nobody"}, 4), ({"BRAIN_MODEL": "nameless"}, 5)],
)
def test_the_status_is_the_errors_code(
    photo: Path,
    models_dir: Path,
    environment: dict[str, str],
    status: int,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    tiny.write_model(models_dir / "nameless", tiny.random_network(), names=())
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert main(["explain", str(photo)]) == status
    message, hint = capsys.readouterr().err.splitlines()[-2:]
    assert message
    assert hint.startswith("  ")


def test_a_file_that_is_not_there_is_error_1(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", "nowhere.jpg", "--json"]) == 1
    captured = capsys.readouterr()
    assert json.loads(captured.out)["error"]["reason"] == "no-such-file"


def test_the_model_can_be_chosen(photo: Path, models_dir: Path) -> None:
    tiny.write_model(models_dir / "other", tiny.random_network(seed=3, name="other"))
    assert main(["explain", str(photo), "--model", "other", "--out", "out"]) == 0
    result = Result.model_validate_json(Path("out/result.json").read_text())
    assert result.model is not None
    assert result.model.name == "other"


def test_language_and_check_can_be_chosen(photo: Path, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["explain", str(photo), "--language", "de", "--check", "off", "--out", "out"]
    assert main(arguments) == 0
    result = Result.model_validate_json(Path("out/result.json").read_text(encoding="utf-8"))
    assert result.explanation is not None
    assert (result.explanation.language, result.explanation.check) == ("de", "off")
    assert "Netz" in capsys.readouterr().out
