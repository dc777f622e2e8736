"""`brain evaluate --enrol`: people who are enrolled from some photos and named in the others."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from brain.commands.cli import main
from brain.evaluation.enrolment import chosen, measure
from brain.recognition.config import OpenSetCalibration
from brain.recognition.model import LoadedModel, load_model
from tests import pictures, tiny

CALIBRATION = OpenSetCalibration(top1=1, lead=0, intercept=-16, cohort=3)


@pytest.fixture
def model(tmp_path: Path) -> LoadedModel:
    folder = tmp_path / "models" / "resnet"
    tiny.write_resnet(folder, tiny.random_resnet(open_set=CALIBRATION), tiny.gallery())
    return load_model(folder)


def unit(vector: np.ndarray) -> np.ndarray:
    row: np.ndarray = (vector / np.linalg.norm(vector)).astype(np.float32)
    return row


def person(seed: int, count: int, noise: float) -> list[np.ndarray]:
    """Descriptors of one person's photos."""
    centre = np.random.default_rng(seed).standard_normal(128)
    random = np.random.default_rng(seed + 1000)
    return [unit(centre + noise * random.standard_normal(128)) for _ in range(count)]


def test_people_whose_photos_are_alike_are_named(model: LoadedModel) -> None:
    people = {"Mary": person(1, 8, 0.3), "John": person(2, 7, 0.3)}
    metrics = measure(model, people, person(3, 4, 0.3), 5, "both")
    assert metrics.identities == 9
    assert metrics.photos == 5 * (3 + 2)
    assert metrics.top_1 == metrics.named == 1
    assert metrics.left_out_nobody == metrics.unknown_nobody == 1


def test_people_whose_photos_are_unlike_are_nobody(model: LoadedModel) -> None:
    metrics = measure(model, {"Mary": person(1, 8, 9.0)}, [], 5, "own")
    assert metrics.identities == 1
    assert metrics.top_1 == 1
    assert metrics.named == 0
    assert metrics.left_out_nobody is None
    assert metrics.unknown_nobody is None


def test_somebody_embedded_of_that_name_does_not_compete(model: LoadedModel) -> None:
    rows = [
        unit(row + 0.05 * noise)
        for row, noise in zip([tiny.gallery().means[0]] * 6, person(4, 6, 1), strict=True)
    ]
    metrics = measure(model, {"Ada Lovelace": rows}, [], 5, "both")
    assert metrics.top_1 == 1
    assert metrics.left_out_nobody == 1


def test_each_round_enrols_other_photos() -> None:
    assert [chosen(7, 3, number) for number in range(3)] == [{0, 1, 2}, {3, 4, 5}, {6, 0, 1}]


@pytest.fixture
def album(tmp_path: Path, astronaut: np.ndarray) -> Path:
    """Three photos of one person, and two of another."""
    face = astronaut[:300, 60:390]
    for name, count in (("Mary_Somerville", 3), ("John", 2)):
        (tmp_path / "album" / name).mkdir(parents=True)
        for number in range(count):
            pixels = np.clip(face * (0.8 + 0.1 * number), 0, 255).astype(np.uint8)
            (tmp_path / "album" / name / f"{number}.jpg").write_bytes(pictures.jpeg(pixels))
    return tmp_path / "album"


def evaluate(*arguments: object) -> int:
    return main(["evaluate", "--model", "resnet", "--processes", "1", *map(str, arguments)])


def test_the_report_names_its_command(
    model: LoadedModel,
    album: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("BRAIN_MODELS", str(tmp_path / "models"))
    out = tmp_path / "out"
    assert evaluate("--enrol", album, "--photos", 2, "--unknown", album, "--out", out) == 0
    document: dict[str, Any] = json.loads((out / "enrolment.json").read_text(encoding="utf-8"))
    assert document["command"] == (
        f"brain evaluate --model resnet --unknown {album} --enrol {album} --photos 2"
    )
    assert (document["people"], document["both"]["photos"]) == (1, 5)
    assert document["both"]["identities"] == 8
    report = (out / "enrolment.md").read_text(encoding="utf-8")
    assert report in capsys.readouterr().out
    assert "| people who compete | 8 | 1 |" in report


def test_nobody_with_enough_photos_is_an_error(
    model: LoadedModel,
    album: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("BRAIN_MODELS", str(tmp_path / "models"))
    assert evaluate("--enrol", album, "--out", tmp_path / "out") == 64
    assert "more than 5 photos" in capsys.readouterr().err


def test_a_network_without_a_gallery_is_an_error(
    album: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    tiny.write_model(tmp_path / "models" / "resnet", tiny.random_network())
    monkeypatch.setenv("BRAIN_MODELS", str(tmp_path / "models"))
    assert evaluate("--enrol", album, "--out", tmp_path / "out") == 64
    assert "no gallery" in capsys.readouterr().err
