"""`brain evaluate --models A,B`, from the command line to its files."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch
from PIL import Image

from brain.commands.cli import main
from brain.commands.terminal import USAGE_ERROR
from brain.core.settings import Settings
from brain.evaluation.disagreements import Answer, answers_of, find_disagreements, who_is_correct
from brain.evaluation.sanity import cascading_randomization
from brain.evaluation.side_by_side_report import disagreements
from brain.importers import presets
from brain.importers.onnx_import import OnnxOptions, import_onnx
from brain.recognition.loading import load_without_people
from tests import tiny
from tests.predictions import predicted
from tests.unit.importers import onnx_files


@pytest.fixture
def surroundings(planted: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two recognisers: the second calls red faces Alan Turing and green ones Ada Lovelace."""
    tiny.write_model(planted.models_dir / "contrary", tiny.planted_network(), ("Alan Turing", "Ada Lovelace"))
    monkeypatch.setenv("BRAIN_MODELS", str(planted.models_dir))
    monkeypatch.setenv("BRAIN_EXTRA_CASCADES", str(tmp_path / "none"))
    monkeypatch.delenv("BRAIN_MODEL", raising=False)
    monkeypatch.chdir(tmp_path)


@pytest.mark.usefixtures("surroundings")
def test_recognisers_are_measured_on_the_same_photos(album: Path, capsys: pytest.CaptureFixture[str]) -> None:
    command = ["evaluate", "--models", "planted,contrary", "--processes", "1", "--limit", "1", str(album)]
    assert main(command) == 0
    out = Path("build/evaluation/planted_contrary")
    report = (out / "models.md").read_text(encoding="utf-8")
    assert report in capsys.readouterr().out
    assert f"`brain evaluate --models planted,contrary --limit 1 {album}`" in report
    assert "|  | planted | contrary |" in report
    assert "| photos: top-1 | 66.7 % | 16.7 % |" in report
    assert "| photos: photos explained | 1 | 1 |" in report
    assert "5 (83.3 %) get different names" in report
    assert "| planted | 4 |\n| contrary | 1 |" in report
    assert "- planted: Ada Lovelace (" in report
    assert "- contrary: Alan Turing (" in report
    document = json.loads((out / "models.json").read_text(encoding="utf-8"))
    assert document["photos"] == 6
    assert len(document["disagreements"]) == 5
    for name in ("planted", "contrary"):
        cost = document["models"][name]["footprint"]
        assert cost["parameters"] == 304
        assert cost["bytes"] == (Path("models") / name / "weights.safetensors").stat().st_size
        assert cost["peak_bytes"] > 50e6
        assert cost["name_seconds"] > 0
        assert (out / name / "report.md").is_file()
        assert (out / name / "explanations.md").is_file()
    for number in range(1, 6):
        with Image.open(out / f"disagreement_{number}.png") as picture:
            assert picture.size[0] > picture.size[1] > 300


@pytest.mark.usefixtures("surroundings")
@pytest.mark.parametrize("models", ["planted", "planted,planted"])
def test_one_recogniser_is_none_to_compare(
    album: Path, models: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["evaluate", "--models", models, str(album)]) == USAGE_ERROR
    assert "two different recognisers" in capsys.readouterr().err


def test_only_people_whom_all_know_count() -> None:
    first = answers_of([predicted(path="a"), predicted(path="b"), predicted(path="c")], ["Ada", "Alan"])
    second = answers_of(
        [predicted(1, path="a"), predicted(path="b"), predicted(path="c", label=None)], ["Ada", "Alan"]
    )
    (found,) = find_disagreements({"one": first, "two": second})
    assert found.path == "a"
    assert found.answers == {"one": Answer("Ada", 0.75, True), "two": Answer("Alan", 0.75, False)}
    assert who_is_correct([found]) == {("one",): 1}


def test_a_photo_without_a_face_for_one_of_them_is_a_disagreement() -> None:
    missing = predicted(path="a", problem="no-face", labels=(), probabilities=())
    answers = {"one": answers_of([predicted(path="a")], ["Ada"]), "two": answers_of([missing], ["Ada"])}
    (found,) = find_disagreements(answers)
    assert found.answers["two"] == Answer("no face found", 0.0, False)


def test_what_is_said_where_nobody_or_nothing_is_disputed() -> None:
    assert "No photo" in disagreements([], 0, [])
    assert "all 12 photos" in disagreements([], 12, [])


def test_every_stage_of_an_imported_network_is_randomised(tmp_path: Path) -> None:
    file = onnx_files.export(onnx_files.mobilefacenet(), tmp_path / "own.onnx", 112)
    import_onnx(file, tmp_path / "models", OnnxOptions("own", presets.FAMILIES["mobilefacenet"]))
    network = load_without_people(tmp_path / "models" / "own")
    before = {name: tensor.clone() for name, tensor in network.state_dict().items()}
    reached = list(cascading_randomization(network))
    assert [name for name, _ in reached][:2] == ["gallery", "descriptor"]
    assert len(reached) == 2 + 4  # maps of 56, 28, 14 and 7 cells
    after = reached[-1][1].state_dict()
    for name, tensor in before.items():
        if tensor.dim() == 4:
            assert not torch.equal(tensor, after[name])
    torch.testing.assert_close(network.state_dict(), before)
