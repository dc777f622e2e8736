"""`brain evaluate` with several sets of photos, and with pairs."""

from __future__ import annotations

import csv
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from PIL import Image

from brain.commands.cli import main
from tests.predictions import GREEN, RED
from tests.unit.evaluation.evaluating import evaluate, read_document, read_metrics

pytestmark = pytest.mark.usefixtures("in_folder_with_planted_model")


def test_named_sets_are_reported_side_by_side(
    album: Path, tinted: Callable[[Sequence[float]], bytes], tmp_path: Path
) -> None:
    (tmp_path / "other" / "Alan_Turing").mkdir(parents=True)
    (tmp_path / "other" / "Alan_Turing" / "a.jpg").write_bytes(tinted(GREEN))
    # Ada counts as unknown here, so the model has to answer without her: Alan is all that is left.
    (tmp_path / "unknown" / "Ada_Lovelace").mkdir(parents=True)
    (tmp_path / "unknown" / "Ada_Lovelace" / "a.jpg").write_bytes(tinted(RED))
    options = ["--set", "other=other", "--unknown", "other=unknown", "--out", "out"]
    assert main(["evaluate", "--model", "planted", "--processes", "1", *options, f"lfw={album}"]) == 0
    assert list(read_document("out")["sets"]) == ["lfw", "other"]
    first, other = read_metrics("out", "lfw"), read_metrics("out", "other")
    assert (first["known_photos"], first["accuracies"][0]["top_1"]) == (6, pytest.approx(4 / 6))
    assert (other["known_photos"], other["unknown_photos"], other["accuracies"][0]["top_1"]) == (1, 1, 1.0)
    report = Path("out/report.md").read_text(encoding="utf-8")
    assert "|  | lfw | other |" in report
    assert "| top-1 | 66.7 % | 100.0 % |" in report
    assert f"`brain evaluate --model planted --set other=other --unknown other=unknown lfw={album}`" in report
    with Path("out/per_identity.csv").open(encoding="utf-8", newline="") as file:
        assert [row["set"] for row in csv.DictReader(file)] == ["lfw", "lfw", "other"]


def test_unknown_people_can_be_a_set_of_their_own(album: Path) -> None:
    assert main(["evaluate", "--model", "planted", "--unknown", f"others={album}", "--out", "out"]) == 0
    metrics = read_metrics("out", "others")
    assert (metrics["known_photos"], metrics["unknown_photos"], metrics["accuracies"]) == (0, 7, [])
    assert "| unknown, named |" in Path("out/report.md").read_text(encoding="utf-8")


def test_pairs_are_verified(album: Path, tinted: Callable[[Sequence[float]], bytes]) -> None:
    (album / "Alan_Turing" / "Alan_Turing_0001.jpg").write_bytes(tinted(GREEN))
    lines = ["2\t1"]
    for ada in ("1\t2", "0\t1"):
        lines += [f"Ada_Lovelace\t{ada}", f"Ada_Lovelace\t{ada[0]}\tAlan_Turing\t{ada[0]}"]
    Path("pairs.txt").write_text("\n".join(lines), encoding="utf-8")
    assert (
        main(
            [
                "evaluate",
                "--model",
                "planted",
                "--pairs",
                "pairs.txt",
                "--pairs-photos",
                str(album),
                "--out",
                "out",
            ]
        )
        == 0
    )
    verification = read_document("out")["verification"]
    assert (verification["pairs"], verification["accuracy"], verification["auroc"]) == (4, 1.0, 1.0)
    assert verification["tar_at_far"] == {"0.01": 1.0, "0.001": 1.0}
    report = Path("out/report.md").read_text(encoding="utf-8")
    assert "| pairs | accuracy | TAR at FAR 1 % | TAR at FAR 0.1 % | AUROC | calibration error |" in report
    assert "| 4 | 100.0 % (± 0.00) | 100.0 % | 100.0 % | 1.0000 |" in report
    with Image.open("out/verification.png") as picture:
        assert min(picture.size) > 400


@pytest.mark.parametrize("text", ["album", "=album", "a/b=album"])
def test_a_set_without_a_name_is_refused(album: Path, text: str) -> None:
    with pytest.raises(SystemExit) as stopped:
        evaluate(album, "--set", text)
    assert stopped.value.code == 64
