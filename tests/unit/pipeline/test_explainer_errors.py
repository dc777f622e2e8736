"""The six errors of one photo's explanation."""

from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest

from brain.core.errors import CascadesMissing, FaceNotFound, ForwardPassFailed, NamesMissing, PhotoUnreadable
from brain.core.results import Status
from brain.core.schema import Check
from brain.core.settings import Settings
from brain.pipeline.explainer import Explainer
from tests import pictures
from tests.unit.pipeline.explaining import explain


def test_error_1_for_what_is_no_photo(explainer: Explainer) -> None:
    with pytest.raises(PhotoUnreadable):
        explain(explainer, pictures.TEXT)


def test_error_2_for_a_folder_without_cascades(settings: Settings, tmp_path: Path) -> None:
    with pytest.raises(CascadesMissing):
        Explainer.load(replace(settings, cascades_dir=tmp_path))


def test_error_3_for_a_photo_of_nobody(explainer: Explainer) -> None:
    with pytest.raises(FaceNotFound):
        explain(explainer, pictures.jpeg(np.full((200, 300, 3), 99, np.uint8)))


def test_error_4_for_a_model_that_is_not_there(settings: Settings) -> None:
    with pytest.raises(ForwardPassFailed):
        Explainer.load(replace(settings, model="nobody"))


def test_error_5_for_a_model_without_names(settings: Settings) -> None:
    (settings.models_dir / "tiny" / "names.txt").unlink()
    with pytest.raises(NamesMissing):
        Explainer.load(settings)


def test_error_6_keeps_name_and_maps(
    settings: Settings, astronaut_jpeg: bytes, capsys: pytest.CaptureFixture[str]
) -> None:
    explained = explain(Explainer.load(replace(settings, threshold=1.0, check=Check.OFF)), astronaut_jpeg)
    result = explained.result
    assert result.status is Status.DONE
    assert result.error is not None
    assert (result.error.code, result.error.reason) == (6, "none-significant")
    assert result.error.message == "ERROR: No significant features found"
    assert len(result.candidates) == 5
    assert len(explained.files) == 4
    assert not any(feature.significant for feature in result.features)
    assert "ERROR: No significant features found" in capsys.readouterr().err


def test_error_6_also_when_only_the_feature_cascades_are_missing(
    settings: Settings, astronaut_jpeg: bytes, tmp_path: Path
) -> None:
    folder = tmp_path / "faces-only"
    folder.mkdir()
    for path in Path(cv2.data.haarcascades).glob("*face*.xml"):
        (folder / path.name).write_bytes(path.read_bytes())
    result = explain(Explainer.load(replace(settings, cascades_dir=folder)), astronaut_jpeg).result
    assert result.error is not None
    assert result.error.reason == "feature-cascades"
    assert result.identity is not None
    assert result.features == []
