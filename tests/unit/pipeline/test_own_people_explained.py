"""Explaining photos with people of one's own, who change while the explainer is loaded."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from brain.core.clock import now
from brain.core.errors import NamesMissing
from brain.core.results import PhotoRequest, Result, Source
from brain.core.schema import Check, PeopleSource
from brain.core.settings import Settings
from brain.pipeline.enrolment import FaceEmbedder
from brain.pipeline.explainer import Explainer
from brain.pipeline.people_folder import PeopleFolder
from brain.pipeline.verify import verify
from brain.recognition.enrolled import EnrolledPeople, EnrolledPhoto
from brain.recognition.model import load_model
from tests import tiny

MARY = "Mary Somerville"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    tiny.write_resnet(tmp_path / "models" / "dlib-resnet", tiny.random_resnet(), tiny.gallery())
    return Settings(
        models_dir=tmp_path / "models",
        model="dlib-resnet",
        people_dir=tmp_path / "people",
        check=Check.OFF,
        extra_cascades_dir=tmp_path / "none",
    )


def explain(explainer: Explainer, photo: bytes) -> Result:
    return explainer.explain(photo, PhotoRequest("0" * 32, now(), Source())).result


def enrol(settings: Settings, name: str, row: np.ndarray) -> EnrolledPeople:
    sha256 = load_model(settings.models_dir / settings.model).sha256
    photo = EnrolledPhoto(name, "1", "1.jpg", row)
    return PeopleFolder(settings).change(sha256, lambda people: people.adding([photo]))


def test_a_loaded_explainer_notices_who_was_enrolled(settings: Settings, astronaut_jpeg: bytes) -> None:
    explainer = Explainer.load(settings)
    before = explain(explainer, astronaut_jpeg)
    own = enrol(settings, MARY, FaceEmbedder.load(settings).embed(astronaut_jpeg))

    after = explain(explainer, astronaut_jpeg)

    assert before.model is not None
    assert before.model.people is not None
    assert (before.model.people.source, before.model.people.own) == ("both", None)
    assert before.identity is not None
    assert before.identity.source == "embedded"
    assert after.identity is not None
    assert (after.identity.name, after.identity.source, after.identity.label) == (MARY, "own", 7)
    assert after.model == explainer.model
    assert after.model is not None
    assert after.model.people is not None
    assert after.model.people.own == own.version
    assert after.model.identities == 8
    assert {candidate.source for candidate in after.candidates} == {"own", "embedded"}


@pytest.mark.parametrize(("source", "identities"), [("embedded", 7), ("own", 1), ("both", 8)])
def test_the_settings_say_who_competes(
    settings: Settings, astronaut_jpeg: bytes, source: PeopleSource, identities: int
) -> None:
    enrol(settings, MARY, FaceEmbedder.load(settings).embed(astronaut_jpeg))
    result = explain(Explainer.load(replace(settings, people=source)), astronaut_jpeg)
    assert result.model is not None
    assert result.model.people is not None
    assert (result.model.people.source, result.model.identities) == (source, identities)


def test_one_version_serves_a_photo_to_its_end(settings: Settings, astronaut_jpeg: bytes) -> None:
    explainer = Explainer.load(settings)
    row = FaceEmbedder.load(settings).embed(astronaut_jpeg)
    stages = explainer.stages(astronaut_jpeg, PhotoRequest("0" * 32, now(), Source()))
    named = next(stages).result
    enrol(settings, MARY, row)
    done = next(stages).result
    assert named.model == done.model
    assert done.identity is not None
    assert done.identity.source == "embedded"


def test_nobody_can_be_named_before_somebody_was_enrolled(settings: Settings, astronaut_jpeg: bytes) -> None:
    with pytest.raises(NamesMissing) as failure:
        explain(Explainer.load(replace(settings, people="own")), astronaut_jpeg)
    assert failure.value.reason == "nobody-enrolled"


def test_a_result_with_own_people_can_be_verified(
    settings: Settings, astronaut_jpeg: bytes, tmp_path: Path
) -> None:
    row = FaceEmbedder.load(settings).embed(astronaut_jpeg)
    enrol(settings, MARY, row)
    explained = Explainer.load(settings).explain(astronaut_jpeg, PhotoRequest("0" * 32, now(), Source()))
    for name, data in explained.files.items():
        (tmp_path / name).write_bytes(data)
    (tmp_path / "result.json").write_text(explained.result.model_dump_json(), encoding="utf-8")
    assert verify(tmp_path, settings).differences == []
    enrol(settings, "John Herschel", -row)
    differences = [difference.where for difference in verify(tmp_path, settings).differences]
    assert "model.people.own" in differences
