"""`brain evaluate` from the command line to its files."""

from __future__ import annotations

import csv
import importlib.util
import json
from pathlib import Path

import pytest
from PIL import Image

from brain.commands.cli import main
from brain.core.settings import Settings
from tests import pictures
from tests.answers import BLANK


@pytest.fixture(autouse=True)
def surroundings(planted: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BRAIN_MODELS", str(planted.models_dir))
    monkeypatch.delenv("BRAIN_MODEL", raising=False)
    monkeypatch.chdir(tmp_path)


def evaluate(album: Path, *options: str) -> int:
    return main(["evaluate", "--model", "planted", "--processes", "1", *options, str(album)])


def read_figures(folder: str = "build/evaluation/planted") -> dict:
    return json.loads(Path(folder, "figures.json").read_text(encoding="utf-8"))


def test_every_photo_is_named_and_reported(album: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert evaluate(album) == 0
    figures = read_figures()
    (score,) = figures["scores"]
    assert (score["photos"], score["identities"], score["among"]) == (6, 2, 2)
    assert (score["top_1"], score["top_5"]) == pytest.approx((4 / 6, 5 / 6))
    assert figures["detected"] == {"known": pytest.approx(5 / 6), "strangers": 1.0}
    assert figures["model"]["name"] == "tiny"
    # The stranger's grey lights up neither identity, so every known face is more certain.
    assert figures["known"]["auroc"] == 1.0
    report = Path("build/evaluation/planted/report.md").read_text(encoding="utf-8")
    assert "| all identities | 2 | 2 | 6 | 66.7 % (30.0 to 90.3) | 83.3 % |" in report
    assert f"`brain evaluate --model planted {album}`" in report
    assert "Without an answer: 1 no-face." in report
    assert "| Ada Lovelace | 3 of 4 | 4 of 4 | Alan Turing |" in report
    assert report in capsys.readouterr().out


def test_the_table_has_a_row_a_person(album: Path) -> None:
    assert evaluate(album, "--out", "elsewhere") == 0
    with Path("elsewhere/per_identity.csv").open(encoding="utf-8", newline="") as file:
        ada, alan = csv.DictReader(file)
    assert (ada["name"], ada["photos"], ada["top_1"], ada["mistaken_for"]) == (
        "Ada Lovelace",
        "4",
        "3",
        "Alan Turing",
    )
    assert (alan["photos"], alan["found"], alan["top_1"]) == ("2", "1", "1")


def test_the_plots_are_pictures(album: Path) -> None:
    assert evaluate(album, "--out", "out") == 0
    for name in ("calibration.png", "known.png"):
        with Image.open(Path("out", name)) as picture:
            picture.load()
            assert min(picture.size) > 400
            assert len(picture.convert("RGB").getcolors(1 << 20) or []) > 20


def test_held_out_photos_are_the_last_fifth(album: Path) -> None:
    assert evaluate(album, "--held-out", "--out", "out") == 0
    figures = read_figures("out")
    # Ada's green photo and Alan's without a face.
    assert (figures["known_photos"], figures["stranger_photos"], figures["scores"][0]["top_1"]) == (2, 1, 0.0)
    assert "--held-out" in figures["command"]


def test_more_strangers_can_be_brought(album: Path, astronaut_jpeg: bytes, tmp_path: Path) -> None:
    (tmp_path / "strangers").mkdir()
    (tmp_path / "strangers" / "a.jpg").write_bytes(astronaut_jpeg)
    (tmp_path / "strangers" / "b.jpg").write_bytes(pictures.jpeg(BLANK))
    assert evaluate(album, "--unknown", "strangers", "--out", "out") == 0
    figures = read_figures("out")
    assert (figures["stranger_photos"], figures["known"]["strangers"]) == (3, 2)


def test_a_folder_without_strangers_is_measured_all_the_same(album: Path) -> None:
    assert evaluate(album, "--out", "out") == 0
    for photo in (album / "Nobody_Known").iterdir():
        photo.unlink()
    assert evaluate(album, "--out", "out") == 0
    assert read_figures("out")["known"] is None
    assert not Path("out/known.png").exists()
    assert "whether the model tells them apart was not measured" in Path("out/report.md").read_text()


def test_photos_without_any_face_are_an_answer_too(tmp_path: Path) -> None:
    (tmp_path / "album" / "Ada_Lovelace").mkdir(parents=True)
    (tmp_path / "album" / "Ada_Lovelace" / "a.jpg").write_bytes(pictures.jpeg(BLANK))
    assert evaluate(tmp_path / "album", "--out", "out") == 0
    figures = read_figures("out")
    assert (figures["scores"][0]["top_1"], figures["calibration"], figures["known"]) == (0.0, None, None)
    assert not list(Path("out").glob("*.png"))
    assert "the calibration was not measured" in Path("out/report.md").read_text(encoding="utf-8")


def test_groups_of_the_model_are_reported(album: Path, planted: Settings) -> None:
    groups = planted.models_dir / "planted" / "groups.json"
    groups.write_text(json.dumps({"never trained on, named from class means": ["Alan Turing"]}))
    assert evaluate(album, "--out", "out") == 0
    last = read_figures("out")["scores"][-1]
    assert last["title"] == "never trained on, named from class means"
    assert (last["photos"], last["among"], last["top_1"]) == (2, 2, 0.5)


def test_answers_are_taken_from_an_earlier_run_unless_told_otherwise(
    album: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert evaluate(album, "--out", "out") == 0
    first = read_figures("out")
    journal = Path("out/answers.jsonl")
    lines = journal.read_bytes().splitlines(keepends=True)
    journal.write_bytes(b"".join(lines[:5]) + lines[5][:40])
    capsys.readouterr()
    assert evaluate(album, "--out", "out") == 0
    assert "5 of 7 were answered before." in capsys.readouterr().err
    again = read_figures("out")
    del first["seconds"], again["seconds"]
    assert again == first
    assert evaluate(album, "--out", "out", "--fresh") == 0
    assert "answered before" not in capsys.readouterr().err


def test_two_processes_say_the_same_as_one(album: Path) -> None:
    assert evaluate(album, "--out", "one") == 0
    assert evaluate(album, "--out", "two", "--processes", "2") == 0
    one, two = read_figures("one"), read_figures("two")
    del one["seconds"], two["seconds"]
    assert one == two


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["nowhere"], "There is no folder at nowhere."),
        (["empty"], "is of somebody whom the model knows"),
        (["album", "--unknown", "nowhere"], "There is no folder at nowhere."),
    ],
)
def test_nothing_to_evaluate_is_said_clearly(
    album: Path, arguments: list[str], complaint: str, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("empty").mkdir()
    assert main(["evaluate", "--model", "planted", *arguments]) == 64
    assert complaint in capsys.readouterr().err


def test_an_absent_model_is_error_4(album: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["evaluate", "--model", "absent", str(album)]) == 4
    assert "There is no model at absent." in capsys.readouterr().err


def test_a_missing_library_is_named_before_the_work(
    album: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    find = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util, "find_spec", lambda name: None if name == "matplotlib" else find(name)
    )
    assert evaluate(album) == 64
    printed = capsys.readouterr().err
    assert "matplotlib cannot be imported." in printed
    assert "brain-faces[explain,evaluate]" in printed


@pytest.mark.parametrize("number", ["0", "-1", "many"])
def test_a_senseless_number_of_processes_is_refused(album: Path, number: str) -> None:
    with pytest.raises(SystemExit) as stopped:
        evaluate(album, "--processes", number)
    assert stopped.value.code == 64
