"""BRAIN's own network, exported to ONNX and imported again: the same names, maps and sentences."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from brain.core.results import Result
from brain.core.settings import Settings
from brain.importers import presets
from brain.importers.onnx_import import OnnxOptions, import_onnx
from brain.importers.published import DLIB_RESNET
from brain.pipeline.explainer import Explainer
from brain.pipeline.library import explain
from brain.recognition.calibration import CALIBRATION, Calibration
from brain.recognition.gallery import GALLERY, Gallery
from brain.recognition.loading import load_classifier
from brain.recognition.names import load_names
from brain.recognition.resnet import FaceResNet
from tests.unit.importers import onnx_files

OWN = Settings.models_dir / "dlib-resnet"
PEOPLE = 200


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The network as it is, with some of its people, and as it comes back from ONNX."""
    models = tmp_path_factory.mktemp("models")
    network = load_classifier(OWN)
    assert isinstance(network, FaceResNet)
    file = onnx_files.export(onnx_files.Descriptor(network), models / "dlib.onnx", 150)
    # The last layer with 14 cells or more is the last one with 17, which ends stage2.
    options = OnnxOptions("imported", presets.FAMILIES["dlib"], mirrored=True)
    _, checked = import_onnx(file, models, options)
    assert checked.batch < 1e-5
    (models / "own").mkdir()
    (models / "own" / "weights.safetensors").symlink_to(OWN / "weights.safetensors")
    people = Gallery.load(OWN / GALLERY)
    people = people.without(load_names(OWN / "names.txt", len(people.names))[PEOPLE:])
    assert DLIB_RESNET.open_set is not None
    fitted = Calibration(DLIB_RESNET.logit_scale, DLIB_RESNET.open_set, 0, 0, "")
    for name in ("own", "imported"):
        people.save(models / name / GALLERY)
        names = "".join(f"{each}\n" for each in people.names)
        (models / name / "names.txt").write_text(names, encoding="utf-8")
        fitted.save(models / name / CALIBRATION)
    return models


@pytest.fixture(scope="module")
def results(models: Path, astronaut: np.ndarray) -> tuple[Result, Result]:
    photo = np.ascontiguousarray(astronaut[:, :, ::-1])
    settings = Settings(models_dir=models, people="embedded")
    own, imported = (
        explain(photo, explainer=Explainer.load(replace(settings, model=name))).result
        for name in ("own", "imported")
    )
    return own, imported


def test_names_and_figures_are_the_same(results: tuple[Result, Result]) -> None:
    own, imported = results
    assert own.model is not None
    assert imported.model is not None
    assert (own.model.name, imported.model.name) == ("dlib-resnet", "imported")
    assert [each.name for each in own.candidates] == [each.name for each in imported.candidates]
    for mine, theirs in zip(own.candidates, imported.candidates, strict=True):
        assert theirs.probability == pytest.approx(mine.probability, abs=1e-3)
    assert own.identity is not None
    assert imported.identity is not None
    assert imported.identity.certainty == pytest.approx(own.identity.certainty, abs=1e-3)
    assert imported.identity.verdict == own.identity.verdict
    assert imported.face == own.face


def test_maps_are_the_same(results: tuple[Result, Result]) -> None:
    own, imported = results
    for mine, theirs in zip(own.candidates, imported.candidates, strict=True):
        for role in ("map", "grad_cam", "evidence"):
            first, second = (getattr(each, role).to_array().astype(int) for each in (mine, theirs))
            assert np.abs(first - second).max() <= 2
    assert set(imported.artifacts) == set(own.artifacts)


def test_the_sentences_are_the_same(results: tuple[Result, Result]) -> None:
    own, imported = results
    assert own.explanation is not None
    assert imported.explanation is not None
    assert imported.explanation.sentences == own.explanation.sentences
    assert imported.explanation.translations == own.explanation.translations
    assert [each.features for each in imported.explanation.reasons] == [
        each.features for each in own.explanation.reasons
    ]


def test_without_a_calibration_the_result_says_so(models: Path, astronaut: np.ndarray) -> None:
    calibration = (models / "imported" / CALIBRATION).read_bytes()
    (models / "imported" / CALIBRATION).unlink()
    settings = Settings(models_dir=models, model="imported", people="embedded", language="de")
    result = explain(astronaut[:, :, ::-1].copy(), explainer=Explainer.load(settings)).result
    (models / "imported" / CALIBRATION).write_bytes(calibration)
    assert result.identity is not None
    assert not result.identity.calibrated
    assert result.explanation is not None
    assert any("nicht kalibriert" in sentence for sentence in result.explanation.sentences)
    english = result.explanation.translations["en"].sentences
    assert any("was not calibrated" in sentence for sentence in english)
