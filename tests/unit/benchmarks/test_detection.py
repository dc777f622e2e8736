"""The count of faces that each detector finds."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from benchmarks import detection
from brain.face.detector import FaceDetector
from tests import pictures


def test_the_table_counts_what_is_found(
    tmp_path: Path, astronaut: np.ndarray, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "people" / "Eileen_Collins").mkdir(parents=True)
    (tmp_path / "people" / "Eileen_Collins" / "1.jpg").write_bytes(pictures.jpeg(astronaut))
    (tmp_path / "people" / "grey.png").write_bytes(
        pictures.encode(pictures.to_image(np.full((64, 64, 3), 90, np.uint8)), "PNG")
    )
    detection.main([str(tmp_path / "people"), "--detector", "yunet", "--pictures", "moon", "coins"])
    header, _, found, mistaken = capsys.readouterr().out.splitlines()
    assert header.split(" | ")[3:] == ["0°", "15°", "30°", "90°", "180°", "270° |"]
    assert found == f"| yunet | people | 2 | {' | '.join(['50.0 %'] * 6)} |"
    assert mistaken.startswith("| yunet | without a face: 0 with one | 8 |")


@pytest.mark.parametrize("angle", [15, 90, 180])
def test_points_turn_with_the_picture(detector: FaceDetector, astronaut: np.ndarray, angle: int) -> None:
    picture, to_picture = detection.turned(astronaut, angle)
    (face,) = detector.detect(astronaut)
    centre = to_picture[:, :2] @ face.box.centre + to_picture[:, 2]
    (found,) = detector.detect(picture)
    assert np.hypot(*(np.array(found.box.centre) - centre)) < 12
