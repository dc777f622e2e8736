from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from brain.network import LoadedModel
from tests import pictures, tiny
from training.data import Example, readable
from training.evaluate import Answer, accuracy, auroc, calibration_error, evaluate, report


def answers(*ranks: int | None, certainty: float = 0.5) -> list[Answer]:
    return [Answer(rank, certainty, found=True) for rank in ranks]


def test_accuracy_counts_a_photo_without_a_face_as_wrong() -> None:
    given = [*answers(0, 1, None), Answer(None, 0.0, found=False)]
    assert accuracy(given, 1) == 0.25
    assert accuracy(given, 5) == 0.5


def test_a_model_that_is_as_right_as_it_says_has_no_calibration_error() -> None:
    assert calibration_error(answers(0, None)) == pytest.approx(0)
    assert calibration_error(answers(None, None, certainty=0.9)) == pytest.approx(0.9)


def test_auroc_counts_ties_as_half() -> None:
    assert auroc([0.9, 0.8], [0.1, 0.2]) == 1.0
    assert auroc([0.5], [0.5]) == 0.5
    assert auroc([0.1], [0.9]) == 0.0


def test_the_whole_pipeline_is_evaluated(tmp_path: Path, astronaut_jpeg: bytes) -> None:
    network = tiny.random_network()
    photo, blank = tmp_path / "face.jpg", tmp_path / "blank.jpg"
    photo.write_bytes(astronaut_jpeg)
    blank.write_bytes(pictures.jpeg(np.full((100, 100, 3), 128, np.uint8)))
    names = ("Ada_Lovelace", "Alan_Turing")
    model = LoadedModel(network, tuple(readable(name) for name in tiny.NAMES), "0" * 64)
    examples = [Example(path, name, "held_out") for path in (photo, blank) for name in names]
    figures = evaluate(model, [*examples, Example(photo, "Nobody", "strangers")])
    assert figures["photos"] == 4
    assert figures["detected"] == 0.5
    assert figures["top_1"] <= 0.25
    assert figures["strangers"] == 1
    assert "| detected | 0.5000 |" in report(figures)
