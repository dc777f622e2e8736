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
from tests.predictions import BLANK
from tests.unit.evaluation.evaluating import evaluate, read_document, read_metrics

pytestmark = pytest.mark.usefixtures("in_folder_with_planted_model")


def test_every_photo_is_evaluated_and_reported(album: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert evaluate(album) == 0
    metrics = read_metrics()
    (accuracy,) = metrics["accuracies"]
    assert (accuracy["photos"], accuracy["identities"], accuracy["among"]) == (6, 2, 2)
    assert (accuracy["top_1"], accuracy["top_5"]) == pytest.approx((4 / 6, 5 / 6))
    assert metrics["found"] == {"known": pytest.approx(5 / 6), "unknown": 1.0}
    assert read_document("build/evaluation/planted")["model"]["name"] == "tiny"
    # The unknown person's grey activates neither identity, so every known face is more certain.
    assert metrics["open_set"]["auroc"] == 1.0
    report = Path("build/evaluation/planted/report.md").read_text(encoding="utf-8")
    assert "| all identities | 2 | 2 | 6 | 66.7 % (30.0 to 90.3) | 83.3 % |" in report
    assert f"`brain evaluate --model planted {album}`" in report
    assert "Without a prediction: 1 no-face." in report
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
    for name in ("calibration_photos.png", "open_set_photos.png"):
        with Image.open(Path("out", name)) as picture:
            picture.load()
            assert min(picture.size) > 400
            assert len(picture.convert("RGB").getcolors(1 << 20) or []) > 20


def test_held_out_photos_are_the_last_fifth(album: Path) -> None:
    assert evaluate(album, "--held-out", "--out", "out") == 0
    metrics = read_metrics("out")
    # Ada's green photo and Alan's without a face.
    assert (metrics["known_photos"], metrics["unknown_photos"], metrics["accuracies"][0]["top_1"]) == (
        2,
        1,
        0.0,
    )
    assert metrics["held_out"] is True
    assert "--held-out" in read_document("out")["command"]


def test_more_unknown_people_can_be_added(album: Path, astronaut_jpeg: bytes, tmp_path: Path) -> None:
    (tmp_path / "unknown").mkdir()
    (tmp_path / "unknown" / "a.jpg").write_bytes(astronaut_jpeg)
    (tmp_path / "unknown" / "b.jpg").write_bytes(pictures.jpeg(BLANK))
    assert evaluate(album, "--unknown", "unknown", "--out", "out") == 0
    metrics = read_metrics("out")
    assert (metrics["unknown_photos"], metrics["open_set"]["unknown"]) == (3, 2)


def test_a_folder_without_unknown_people_is_measured_all_the_same(album: Path) -> None:
    assert evaluate(album, "--out", "out") == 0
    for photo in (album / "Nobody_Known").iterdir():
        photo.unlink()
    assert evaluate(album, "--out", "out") == 0
    assert read_metrics("out")["open_set"] is None
    assert "known against unknown was not measured" in Path("out/report.md").read_text(encoding="utf-8")


def test_photos_without_any_face_are_a_result_too(tmp_path: Path) -> None:
    (tmp_path / "album" / "Ada_Lovelace").mkdir(parents=True)
    (tmp_path / "album" / "Ada_Lovelace" / "a.jpg").write_bytes(pictures.jpeg(BLANK))
    assert evaluate(tmp_path / "album", "--out", "out") == 0
    metrics = read_metrics("out")
    assert (metrics["accuracies"][0]["top_1"], metrics["calibration"], metrics["open_set"]) == (
        0.0,
        None,
        None,
    )
    assert not list(Path("out").glob("*.png"))
    assert "the calibration was not measured" in Path("out/report.md").read_text(encoding="utf-8")


def test_groups_of_the_model_are_reported(album: Path, planted: Settings) -> None:
    groups = planted.models_dir / "planted" / "groups.json"
    groups.write_text(json.dumps({"never trained on, named from class means": ["Alan Turing"]}))
    assert evaluate(album, "--out", "out") == 0
    last = read_metrics("out")["accuracies"][-1]
    assert last["title"] == "never trained on, named from class means"
    assert (last["photos"], last["among"], last["top_1"]) == (2, 2, 0.5)


def test_records_of_an_earlier_run_are_reused_unless_fresh(
    album: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert evaluate(album, "--out", "out") == 0
    first = read_metrics("out")
    journal = Path("out/predictions.jsonl")
    lines = journal.read_bytes().splitlines(keepends=True)
    journal.write_bytes(b"".join(lines[:5]) + lines[5][:40])
    capsys.readouterr()
    assert evaluate(album, "--out", "out") == 0
    assert "5 of 7 photos were evaluated before." in capsys.readouterr().err
    again = read_metrics("out")
    del first["latency"], again["latency"]
    assert again == first
    assert evaluate(album, "--out", "out", "--fresh") == 0
    assert "evaluated before" not in capsys.readouterr().err


def test_two_processes_measure_the_same_as_one(album: Path) -> None:
    assert evaluate(album, "--out", "one") == 0
    assert evaluate(album, "--out", "two", "--processes", "2") == 0
    first, second = read_metrics("one"), read_metrics("two")
    del first["latency"], second["latency"]
    assert first == second


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "There is nothing to evaluate."),
        (["nowhere"], "There is no folder at nowhere."),
        (["album", "--set", "photos=album"], "Two sets have the same name."),
        (["--pairs", "pairs.txt"], "The pairs have no photos."),
        (["--pairs", "absent.txt", "album"], "cannot be read as a list of pairs"),
        (["empty"], "shows somebody whom the model knows"),
        (["album", "--unknown", "nowhere"], "There is no folder at nowhere."),
    ],
)
def test_nothing_to_evaluate_is_a_clear_error(
    album: Path, arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("empty").mkdir()
    assert main(["evaluate", "--model", "planted", *arguments]) == 64
    assert message in capsys.readouterr().err


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
def test_a_nonsensical_number_of_processes_is_refused(album: Path, number: str) -> None:
    with pytest.raises(SystemExit) as stopped:
        evaluate(album, "--processes", number)
    assert stopped.value.code == 64


def test_the_figures_go_into_the_models_card(album: Path, planted: Settings) -> None:
    card = planted.models_dir / "planted" / "MODEL_CARD.md"
    assert evaluate(album, "--out", "out", "--card") == 64
    card.write_text("# Planted\n<!-- figures -->\n<!-- end of figures -->\n", encoding="utf-8")
    assert evaluate(album, "--out", "out", "--card") == 0
    assert "| top-1 | 66.7 % |" in card.read_text(encoding="utf-8")
    copied = json.loads((card.parent / "metrics.json").read_text(encoding="utf-8"))
    assert copied["sets"]["photos"]["accuracies"] == read_metrics("out")["accuracies"]
