"""A photo compared with one that was explained before, through the library, the command line and `verify`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

import brain
from brain.core.clock import now
from brain.core.comparisons import Comparison, LikenessVerdict
from brain.core.errors import FaceNotFound, PhotoUnreadable
from brain.core.results import OtherPhoto, PhotoRequest, Source, Status
from brain.core.settings import Settings
from brain.pipeline.explainer import Explainer
from brain.recognition.pairs import PAIRS
from brain.rendering import drawing
from tests import tiny

ID, OTHER = "0123456789abcdef" * 2, "fedcba9876543210" * 2
MakeExplainer = Callable[[str], Explainer]


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """`first` and `second` differ in their weights; `uncalibrated` is `first` without pairs."""
    folder = tmp_path_factory.mktemp("models")
    for name, seed in (("first", 0), ("second", 1), ("uncalibrated", 0)):
        tiny.write_comparing(folder / name, seed)
    (folder / "uncalibrated" / PAIRS).unlink()
    return folder


@pytest.fixture(scope="module")
def load(models: Path) -> MakeExplainer:
    return lambda model: Explainer.load(
        Settings(models_dir=models, model=model, extra_cascades_dir=models / "none")
    )


def request(upload_id: str = ID, compare_with: OtherPhoto | None = None) -> PhotoRequest:
    return PhotoRequest(upload_id, now(), Source(), compare_with=compare_with)


def named(explainer: Explainer, photo: bytes) -> OtherPhoto:
    found = next(explainer.stages(photo, request(OTHER)))
    return OtherPhoto(found.result, found.files["cropped.jpg"])


@pytest.fixture(scope="module")
def other(load: MakeExplainer, dark_jpeg: bytes) -> OtherPhoto:
    return named(load("first"), dark_jpeg)


def test_the_comparison_comes_with_the_last_stage(
    load: MakeExplainer, other: OtherPhoto, astronaut_jpeg: bytes
) -> None:
    first, last = load("first").stages(astronaut_jpeg, request(compare_with=other))
    assert (first.result.status, last.result.status) == (Status.NAMED, Status.DONE)
    assert first.result.comparison is None
    found = last.result.comparison
    assert isinstance(found, Comparison)
    assert found.with_id == OTHER
    assert found.probability == tiny.PAIR_CALIBRATION.probability(found.similarity)
    assert found.sentences == found.translations["en"]
    assert len(found.mentions) == len(found.sentences) == len(found.translations["de"])
    assert "compare" in last.result.timings
    for photo, result in zip(found.photos, (last.result, other.result), strict=True):
        assert result.face is not None
        assert photo.input == result.face.input
        assert [feature.name for feature in photo.features] == [feature.name for feature in result.features]
        assert all(feature.effect for feature in photo.features)


def test_the_pictures_stand_alone(load: MakeExplainer, other: OtherPhoto, astronaut_jpeg: bytes) -> None:
    explained = load("first").explain(astronaut_jpeg, request(compare_with=other))
    artifacts = explained.result.artifacts
    assert set(artifacts.values()) == set(explained.files)
    assert explained.files[artifacts["other_cropped"]] == other.crop
    height, width = drawing.decode(explained.files[artifacts["comparison"]]).shape[:2]
    assert width > 2 * height


def test_a_photo_is_the_same_person_as_itself(load: MakeExplainer, astronaut_jpeg: bytes) -> None:
    explainer = load("first")
    result = explainer.explain(astronaut_jpeg, request(compare_with=named(explainer, astronaut_jpeg))).result
    assert result.comparison is not None
    assert result.comparison.similarity == pytest.approx(1, abs=1e-5)
    assert result.comparison.verdict is LikenessVerdict.SAME
    first, second = result.comparison.photos
    assert first.evidence == second.evidence
    assert first.reasons == second.reasons


def test_either_photo_may_be_the_first_one(
    load: MakeExplainer, other: OtherPhoto, astronaut_jpeg: bytes, dark_jpeg: bytes
) -> None:
    explainer = load("first")
    one = explainer.explain(astronaut_jpeg, request(compare_with=other)).result.comparison
    turned = request(compare_with=named(explainer, astronaut_jpeg))
    two = explainer.explain(dark_jpeg, turned).result.comparison
    assert one is not None
    assert two is not None
    assert (one.similarity, one.verdict) == (two.similarity, two.verdict)
    assert one.photos == two.photos[::-1]


@pytest.mark.parametrize(
    ("spoil", "hint"),
    [
        (lambda other: replace(other, crop=b"no picture"), "not finished or damaged"),
        (
            lambda other: replace(
                other, result=other.result.model_copy(update={"face": None, "status": Status.FAILED})
            ),
            "not finished or damaged",
        ),
        (
            lambda other: replace(other, result=other.result.model_copy(update={"model": None})),
            "another model",
        ),
    ],
)
def test_what_cannot_be_compared_is_a_fault_of_the_photo(
    load: MakeExplainer,
    other: OtherPhoto,
    astronaut_jpeg: bytes,
    spoil: Callable[[OtherPhoto], OtherPhoto],
    hint: str,
) -> None:
    with pytest.raises(PhotoUnreadable, match="the photo to compare with") as raised:
        load("first").explain(astronaut_jpeg, request(compare_with=spoil(other)))
    assert raised.value.reason == "not-comparable"
    assert raised.value.photo_at_fault
    assert hint in raised.value.hint


@pytest.mark.parametrize(("model", "hint"), [("second", "another model"), ("uncalibrated", "not calibrated")])
def test_another_model_cannot_compare(
    load: MakeExplainer, other: OtherPhoto, astronaut_jpeg: bytes, model: str, hint: str
) -> None:
    with pytest.raises(PhotoUnreadable) as raised:
        load(model).explain(astronaut_jpeg, request(compare_with=other))
    assert hint in raised.value.hint


def test_a_network_without_descriptors_cannot_compare(
    models_dir: Path, other: OtherPhoto, astronaut_jpeg: bytes
) -> None:
    explainer = Explainer.load(Settings(models_dir=models_dir, model="tiny"))
    with pytest.raises(PhotoUnreadable) as raised:
        explainer.explain(astronaut_jpeg, request(compare_with=other))
    assert "not calibrated" in raised.value.hint


def test_the_library_compares(load: MakeExplainer, astronaut_jpeg: bytes, dark_jpeg: bytes) -> None:
    compared = brain.compare(astronaut_jpeg, dark_jpeg, explainer=load("first"))
    assert compared.comparison is not None
    assert compared.comparison == compared.result.comparison
    assert compared.image("comparison").shape[2] == 3
    assert compared.image("other_cropped").shape[0] == compared.image("other_cropped").shape[1]
    with pytest.raises(FaceNotFound):
        brain.compare(astronaut_jpeg, dark_jpeg, face_b=1, explainer=load("first"))


def test_a_later_explanation_in_the_folder_removes_the_pictures_of_the_pair(
    load: MakeExplainer, astronaut_jpeg: bytes, dark_jpeg: bytes, tmp_path: Path
) -> None:
    explainer = load("first")
    brain.compare(astronaut_jpeg, dark_jpeg, explainer=explainer).save(tmp_path)
    assert (tmp_path / "comparison.jpg").exists()
    brain.explain(astronaut_jpeg, explainer=explainer).save(tmp_path)
    assert not {"comparison.jpg", "other_cropped.jpg"} & {path.name for path in tmp_path.iterdir()}
