"""Every sentence in every language, and with the same figures."""

from __future__ import annotations

import doctest
from dataclasses import fields
from string import Formatter

import pytest

from brain.core import parts
from brain.core.explanations import (
    Areas,
    Fidelity,
    PairContrast,
)
from brain.core.results import Result
from brain.rendering.words import numbers, rules
from brain.rendering.words.numbers import percent
from brain.rendering.words.phrases import Phrases
from brain.rendering.words.rules import TABLES, explanation
from tests.unit.rendering.spoken import contrast, feature, reason, result


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


@pytest.mark.parametrize("module", [numbers, parts])
def test_the_examples_in_the_documentation_are_true(module: object) -> None:
    outcome = doctest.testmod(module)  # type: ignore[arg-type]
    assert outcome.attempted > 0
    assert outcome.failed == 0


def test_sentences_come_from_the_stored_json_alone() -> None:
    areas = Areas(deletion=0.1, insertion=0.9)
    original = result(
        second=0.1,
        features=(feature("nose", 0.9, fall=0.01), feature("mouth", fall=0.5)),
        reasons=[reason("mouth")],
        contrast=contrast(["mouth"], []),
        outside=0.7,
        evidence_outside=0.8,
        fidelity=Fidelity(cam=areas, evidence=areas, random=areas, inverted=areas, centre=areas),
        language="de",
    )
    written = original.model_copy(update={"explanation": explanation(original)})
    stored = Result.model_validate_json(written.model_dump_json())
    bare = stored.model_copy(update={"explanation": stored.explanation.model_copy(update={"sentences": []})})  # type: ignore[union-attr]
    assert explanation(bare) == written.explanation


def test_both_languages_say_everything_with_the_same_figures() -> None:
    english, german = TABLES["en"], TABLES["de"]
    assert english.parts.keys() == german.parts.keys()
    assert {p: v.plural for p, v in english.parts.items()} == {p: v.plural for p, v in german.parts.items()}
    for field in fields(Phrases):
        in_english, in_german = getattr(english, field.name), getattr(german, field.name)
        if isinstance(in_english, str):
            assert placeholders(in_english) == placeholders(in_german), field.name
            assert in_english != in_german, field.name


def test_every_feature_can_be_said() -> None:
    from brain.face.features import PROPORTIONS

    for name in [*PROPORTIONS, "smile"]:
        assert rules.parts_of([name], TABLES["en"])[0].text == f"the {name}"
    for pair in parts.PAIRED:
        assert rules.parts_of(parts.pair(pair), TABLES["en"])[0].text == f"the {pair}s"


def test_percentages() -> None:
    assert [percent(share) for share in (0.5, 0.0, 1.0)] == ["50 %", "under 1 %", "over 99 %"]
    assert [percent(share, "de") for share in (0.5, 0.0, 1.0)] == ["50 %", "unter 1 %", "über 99 %"]


def test_every_sentence_is_there_in_every_language() -> None:
    pair = PairContrast(
        label_for=0, label_against=1, leads=[1], features_for=["nose"], features_against=[], sentence=""
    )
    written = explanation(
        result(features=(feature("nose", 0.9, 0.5),), reasons=[reason("nose")], contrasts=[pair])
    )
    assert set(written.translations) == set(TABLES)
    assert written.translations["en"].sentences == written.sentences
    assert written.translations["en"].contrasts == [written.contrasts[0].sentence]
    german = written.translations["de"]
    assert len(german.sentences) == len(written.sentences)
    assert german.sentences != written.sentences
    assert german.contrasts == ["Für Ada Lovelace spricht die Nase."]


def test_each_sentence_says_which_features_it_is_about() -> None:
    eyes = [feature("left eye", 0.9, 0.5), feature("right eye", 0.9, 0.4), feature("mouth", 0.9, 0.01)]
    written = explanation(result(features=tuple(eyes), reasons=[reason("left eye", "right eye")]))
    about = dict(zip(written.sentences, written.mentions, strict=True))
    assert [names for text, names in about.items() if "Mostly the eyes" in text] == [
        ["left eye", "right eye"]
    ]
    assert [names for text, names in about.items() if "bright over the mouth" in text] == [["mouth"]]
    assert written.mentions[0] == []
