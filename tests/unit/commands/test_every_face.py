"""`brain explain --every-face`, and its results in the report."""

from __future__ import annotations

import csv
import json
import re
from pathlib import Path

import numpy as np
import pytest

from brain.commands.cli import main
from brain.core.results import Result
from tests import pictures


@pytest.fixture(autouse=True)
def surroundings(tiny_environment: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BRAIN_CHECK", "off")


@pytest.fixture
def photos(tmp_path: Path, astronaut: np.ndarray) -> Path:
    """A folder with a group photo, a portrait and a photo without a face."""
    folder = tmp_path / "photos"
    folder.mkdir()
    (folder / "group.jpg").write_bytes(pictures.jpeg(np.hstack([astronaut, astronaut[:, ::-1]])))
    (folder / "alone.jpg").write_bytes(pictures.jpeg(astronaut))
    (folder / "nobody.jpg").write_bytes(pictures.jpeg(np.full((300, 400, 3), 128, np.uint8)))
    return folder


def test_every_face_has_a_folder_beside_the_overview(
    photos: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["explain", str(photos / "group.jpg"), "--every-face", "--out", "out"]) == 0

    assert sorted(path.name for path in Path("out").iterdir()) == ["face-0", "face-1", "overview.jpg"]
    for index in range(2):
        result = Result.model_validate_json(Path(f"out/face-{index}/result.json").read_bytes())
        assert result.face is not None
        assert result.face.index == index
    lines = capsys.readouterr().out.splitlines()
    assert [re.search(r"face \d", line)[0] for line in lines] == ["face 0", "face 1"]  # type: ignore[index]


def test_json_has_a_document_per_face(photos: Path, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["explain", str(photos), "--every-face", "--out", "out", "--json", "--processes", "1"]
    assert main(arguments) == 3

    documents = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert sorted((each["source"]["key"], (each["face"] or {}).get("index")) for each in documents[:3]) == [
        ("alone.jpg", 0),
        ("group.jpg", 0),
        ("group.jpg", 1),
    ]
    assert documents[3]["error"]["reason"] == "no-face"


def test_a_batch_is_resumed_face_by_face(photos: Path, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["explain", str(photos), "--every-face", "--out", "out", "--processes", "1"]
    main(arguments)
    capsys.readouterr()

    main(arguments)
    assert capsys.readouterr().out.count("as before") == 3
    Path("out/group.jpg/face-1/result.json").unlink()
    main(arguments)
    assert capsys.readouterr().out.count("as before") == 1
    Path("out/group.jpg/overview.jpg").unlink()
    main(arguments)
    assert capsys.readouterr().out.count("as before") == 1
    assert Path("out/group.jpg/face-1/result.json").is_file()
    assert Path("out/group.jpg/overview.jpg").is_file()


def test_overviews_are_no_photos(photos: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["explain", str(photos / "group.jpg"), "--every-face", "--out", str(photos / "out")])
    capsys.readouterr()
    main(["explain", str(photos), "--out", "again", "--processes", "1"])
    assert "2 of 3 photos explained, 1 failed." in capsys.readouterr().err


def test_a_face_and_every_face_exclude_each_other(photos: Path) -> None:
    with pytest.raises(SystemExit) as raised:
        main(["explain", str(photos), "--every-face", "--face", "1"])
    assert raised.value.code == 64


def test_the_report_shows_the_overview_with_its_faces(photos: Path) -> None:
    main(["explain", str(photos), "--every-face", "--out", "out", "--processes", "1"])

    assert main(["report", "out"]) == 0

    page = Path("out/report.html").read_text(encoding="utf-8")
    assert "<h1>3 photos, 4 faces</h1>" in page
    assert page.count('<li class="overview"') == 2
    assert page.count("<li data-person") == 4
    assert "group.jpg: 2 faces" in page
    overview = page.index("group.jpg: 2 faces")
    assert overview < page.index("out/group.jpg/face-0".removeprefix("out/"))
    with Path("out/report.csv").open(encoding="utf-8", newline="") as file:
        rows = [(row["photo"], row["face"]) for row in csv.DictReader(file)]
    assert rows == [("alone.jpg", "0"), ("group.jpg", "0"), ("group.jpg", "1"), ("nobody.jpg", "")]
