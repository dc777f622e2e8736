"""What the settings change about an explanation."""

from __future__ import annotations

from dataclasses import replace

import pytest

from brain.core.results import Result
from brain.core.schema import CAM_METHODS, CamMethod, Check
from brain.core.settings import Settings
from brain.pipeline.explained_photo import with_words
from brain.pipeline.explainer import Explainer
from tests.unit.pipeline.explaining import explain


def test_the_number_format_is_a_setting_and_part_of_the_result(
    settings: Settings, astronaut_jpeg: bytes
) -> None:
    for dtype, expected in (("auto", "float32"), ("float32", "float32"), ("bfloat16", "bfloat16")):
        explainer = Explainer.load(replace(settings, dtype=dtype))
        first, second = (explain(explainer, astronaut_jpeg) for _ in range(2))
        assert first.result.model is not None
        assert first.result.model.dtype == expected
        assert first.files == second.files
        assert first.result.candidates == second.result.candidates


def test_without_checks_nothing_is_claimed_to_be_tested(settings: Settings, astronaut_jpeg: bytes) -> None:
    result = explain(Explainer.load(replace(settings, check=Check.OFF)), astronaut_jpeg).result
    assert result.explanation is not None
    assert (result.explanation.check, result.explanation.reasons) == (Check.OFF, [])
    assert (result.explanation.fidelity, result.explanation.evidence_outside) == (None, None)
    assert all(feature.effect is None and not feature.reason for feature in result.features)
    assert all(candidate.evidence is None and candidate.signed is not None for candidate in result.candidates)
    assert set(result.timings) == {"decode", "face", "classify", "cam", "features", "blend"}


def test_features_are_checked_without_an_evidence_map(settings: Settings, astronaut_jpeg: bytes) -> None:
    explained = explain(Explainer.load(replace(settings, check=Check.FEATURES)), astronaut_jpeg)
    result = explained.result
    assert result.explanation is not None
    assert result.explanation.fidelity is None
    assert "evidence" not in result.artifacts
    assert all(feature.effect for feature in result.features)
    assert {"checks"} == set(result.timings) & {"evidence", "checks", "fidelity"}


def test_the_language_is_chosen_and_stored(settings: Settings, astronaut_jpeg: bytes) -> None:
    explainer = Explainer.load(replace(settings, language="de"))
    result = explain(explainer, astronaut_jpeg).result
    assert result.explanation is not None
    assert result.explanation.language == "de"
    assert "Netz kennt" in result.explanation.sentences[0]
    assert with_words(Result.model_validate_json(result.model_dump_json())) == result


def test_bfloat16_gives_the_answer_of_float32_and_tests_it_for_itself(
    settings: Settings, astronaut_jpeg: bytes
) -> None:
    exact, rounded = (
        explain(Explainer.load(replace(settings, dtype=dtype)), astronaut_jpeg).result
        for dtype in ("float32", "bfloat16")
    )
    assert rounded.model is not None
    assert rounded.model.dtype == "bfloat16"
    assert rounded.identity == exact.identity
    for candidate, other in zip(rounded.candidates, exact.candidates, strict=True):
        assert (candidate.probability, candidate.map, candidate.signed) == (
            other.probability,
            other.map,
            other.signed,
        )
    effects = [feature.effect for feature in rounded.features]
    assert effects != [feature.effect for feature in exact.features]


@pytest.mark.parametrize("method", CAM_METHODS)
def test_the_method_of_the_maps_is_chosen_and_named(
    settings: Settings, astronaut_jpeg: bytes, method: CamMethod
) -> None:
    explainer = Explainer.load(replace(settings, cam=method, check=Check.OFF))
    result = explain(explainer, astronaut_jpeg).result
    assert result.explanation is not None
    assert result.explanation.cam == method
    beside = [candidate.grad_cam for candidate in result.candidates]
    assert all(each is None for each in beside) == (method == "gradcam")
    expected = explain(Explainer.load(replace(settings, cam="gradcam", check=Check.OFF)), astronaut_jpeg)
    maps = [candidate.map for candidate in expected.result.candidates]
    assert (maps == [candidate.map for candidate in result.candidates]) == (method == "gradcam")
    assert method == "gradcam" or maps == beside
