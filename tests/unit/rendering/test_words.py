"""The words: what is said, when, and in which language."""

from __future__ import annotations

from typing import Any, Literal

import pytest

from brain.core.clock import now
from brain.core.explanations import (
    Reason,
)
from brain.core.results import Face, Result, Status, Verdict
from brain.core.schema import Box, CamMethod, Check, Language
from brain.rendering.words.rules import explanation, hints, sentences
from tests.unit.rendering.spoken import EMPTY, contrast, feature, reason, result


@pytest.mark.parametrize(
    ("verdict", "english", "german"),
    [
        (Verdict.STRONG, "finds this face most like Ada Lovelace (83 %)", "am meisten Ada Lovelace (83 %)"),
        (Verdict.WEAK, "leans towards Ada Lovelace (83 %), but it is not sure", "aber nicht sicher"),
        (Verdict.NOBODY, "nobody the network knows; the nearest is Ada Lovelace", "nach niemandem aus"),
    ],
)
def test_the_first_sentence_is_as_sure_as_the_verdict(verdict: Verdict, english: str, german: str) -> None:
    # The probability is the same throughout: it does not decide.
    assert english in sentences(result(verdict=verdict))[0]
    assert german in sentences(result(verdict=verdict), "de")[0]


@pytest.mark.parametrize(
    ("reasons", "english", "german"),
    [
        (
            [reason("left eye", "right eye")],
            ["Mostly the eyes: without them the match falls from 83 % to 31 %."],
            ["Vor allem die Augen: Ohne sie fällt die Übereinstimmung von 83 % auf 31 %."],
        ),
        (
            [reason("left eye")],
            ["Mostly the left eye: without it the match falls from 83 % to 31 %."],
            ["Vor allem das linke Auge: Ohne es fällt die Übereinstimmung von 83 % auf 31 %."],
        ),
        (
            [reason("mouth", after=0.005), reason("nose", after=0.5)],
            [
                "Mostly the mouth: without it the match falls from 83 % to under 1 %.",
                "Then the nose: without it, 50 % is left.",
            ],
            [
                "Vor allem der Mund: Ohne ihn fällt die Übereinstimmung von 83 % auf unter 1 %.",
                "Dann die Nase: Ohne sie sinkt der Wert auf 50 %.",
            ],
        ),
        (
            [reason("left eye", "right eye", "nose", "mouth", "chin")],
            [
                "It takes the whole face: no single part decides, but without all of them the match falls"
                " from 83 % to 31 %."
            ],
            [
                "Es braucht das ganze Gesicht: Kein Teil entscheidet allein, doch ohne sie alle fällt die"
                " Übereinstimmung von 83 % auf 31 %."
            ],
        ),
        (
            [reason("left eye", "right eye", "nose")],
            [
                "No part decides alone, but the eyes and the nose do together: without them the match falls"
                " from 83 % to 31 %."
            ],
            [
                "Kein Teil entscheidet allein, aber die Augen und die Nase zusammen: Ohne sie fällt die"
                " Übereinstimmung von 83 % auf 31 %."
            ],
        ),
    ],
)
def test_reasons_carry_their_numbers(reasons: list[Reason], english: list[str], german: list[str]) -> None:
    tested = tuple(feature(name, fall=0.01) for name in ("left eye", "right eye", "nose", "mouth", "chin"))
    assert sentences(result(features=tested, reasons=reasons))[1:] == english
    assert sentences(result(features=tested, reasons=reasons), "de")[1:] == german


def test_no_reason_reads_naturally_too() -> None:
    slight = (feature("nose", fall=0.02), feature("chin", fall=-0.1))
    assert sentences(result(features=slight))[1] == (
        "No single part decides: whichever is blurred out, the match hardly falls; the lowest is 81 %."
    )
    beaten = (feature("nose", fall=0.4),)
    assert sentences(result(features=beaten))[1].startswith("No single part decides: none counts more than")


def test_a_bright_feature_without_effect_is_said_to_be_so() -> None:
    bright = (
        feature("nose", 0.9, fall=0.01),
        feature("mouth", 0.8, fall=0.5),
        feature("chin", 0.2, fall=0.0),
    )
    spoken = sentences(result(features=bright, reasons=[reason("mouth")]))
    assert spoken[2:] == [
        "The Grad-CAM map is bright over the nose too, but blurring that out hardly changes the match."
    ]


def test_a_bright_feature_that_its_controls_match_is_said_to_be_so() -> None:
    bright = (feature("nose", 0.9, fall=0.3), feature("mouth", 0.1, fall=0.5))
    spoken = sentences(result(features=bright, reasons=[reason("mouth")]))
    assert spoken[2:] == [
        "The Grad-CAM map is bright over the nose too, but other places of that size count as much."
    ]


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (["nose"], "the nose"),
        (["nose", "mouth"], "the nose and the mouth"),
        (["left eye", "nose", "right eye", "chin", "mouth"], "the eyes, the nose and the chin"),
        (["left brow"], "the left brow"),
    ],
)
def test_untested_the_map_alone_is_told_as_such(names: list[str], expected: str) -> None:
    bright = tuple(feature(name, 0.9 - i / 100) for i, name in enumerate(names))
    spoken = sentences(result(features=bright, check=Check.OFF))[1]
    assert spoken == (
        f"The Grad-CAM map is brightest over {expected}. Whether the name depends on it was not tested."
    )


def test_untested_and_dull() -> None:
    spoken = sentences(result(features=(feature("nose", 0.3),), check=Check.OFF))
    assert spoken[1] == "No part of the face stands out in the Grad-CAM map."


@pytest.mark.parametrize("check", list(Check))
def test_an_empty_map_is_not_blamed_on_the_photo(check: Check) -> None:
    assert sentences(result(seen=EMPTY, check=check))[1].startswith("The Grad-CAM map is empty")


@pytest.mark.parametrize(("second", "said"), [(0.16, True), (0.01, False)])
def test_a_close_runner_up_is_named_and_told_apart(second: float, said: bool) -> None:
    spoken = sentences(result(second=second, contrast=contrast(["mouth"], ["left eye", "right eye"])))
    assert ("Next comes Alan Turing (16 %)." in spoken) is said
    apart = "What tells the two apart: the mouth speaks for Ada Lovelace; the eyes speak for Alan Turing."
    assert (apart in spoken) is said


def test_a_runner_up_that_nothing_tells_apart_is_only_named() -> None:
    spoken = sentences(result(second=0.16, contrast=contrast([], [])))
    assert spoken[1:] == ["Next comes Alan Turing (16 %)."]


@pytest.mark.parametrize(
    ("both", "english", "german"),
    [
        ((["mouth"], []), "The mouth speaks for Ada Lovelace.", "Für Ada Lovelace spricht der Mund."),
        (
            ([], ["nose", "chin"]),
            "The nose and the chin speak for Alan Turing.",
            "Für Alan Turing sprechen die Nase und das Kinn.",
        ),
        (
            ([], []),
            "No single part of the face decides between Ada Lovelace and Alan Turing.",
            "Kein einzelner Teil des Gesichts entscheidet zwischen Ada Lovelace und Alan Turing.",
        ),
    ],
)
def test_contrast_has_a_sentence_of_its_own(
    both: tuple[list[str], list[str]], english: str, german: str
) -> None:
    for language, expected in (("en", english), ("de", german)):
        written = explanation(result(contrast=contrast(*both), language=language)).contrast
        assert written is not None
        assert written.sentence == expected


@pytest.mark.parametrize(
    ("shares", "said"),
    [
        ({"outside": 0.9, "evidence_outside": 0.61}, "Careful: 61 % of the evidence lies on no named part"),
        ({"outside": 0.9, "evidence_outside": 0.3}, None),
        ({"outside": 0.61}, "Careful: 61 % of the Grad-CAM map lies on no named part"),
        ({"outside": 0.3}, None),
    ],
)
def test_evidence_beyond_the_face_is_said_aloud(shares: dict[str, Any], said: str | None) -> None:
    careful = [sentence for sentence in sentences(result(**shares)) if sentence.startswith("Careful")]
    assert [sentence.startswith(said or "never") for sentence in careful] == ([True] if said else [])


@pytest.mark.parametrize(
    ("cam", "name"), [("gradcam", "Grad-CAM"), ("layercam", "LayerCAM"), ("hirescam", "HiResCAM")]
)
@pytest.mark.parametrize("language", ["en", "de"])
def test_sentences_name_the_method_of_the_map(cam: CamMethod, name: str, language: Language) -> None:
    untested = result(seen=EMPTY, check=Check.OFF, language=language)
    assert untested.explanation is not None
    drawn = untested.explanation.model_copy(update={"cam": cam})
    said = sentences(untested.model_copy(update={"explanation": drawn}), language)
    assert any(f"{name}-Karte" in each or f"{name} map" in each for each in said)
    assert not any("{" in each for each in said)


@pytest.mark.parametrize(
    ("rotation", "said"),
    [(0, None), (180, "In the photo the face is turned by 180 degrees; it was set upright first.")],
)
def test_a_turned_face_is_mentioned(rotation: Literal[0, 180], said: str | None) -> None:
    box = Box(x=0, y=0, width=10, height=10)
    face = Face(
        box=box,
        crop=box,
        landmarks=[(1, 1)] * 5,
        found_by="yunet",
        rotation=rotation,
        transform=((1, 0, 0), (0, 1, 0)),
        input=box,
    )
    spoken = sentences(result().model_copy(update={"face": face}))
    assert [each for each in spoken if "upright" in each] == ([said] if said else [])


def test_a_result_that_names_nobody_has_no_words() -> None:
    with pytest.raises(ValueError, match="without candidates"):
        sentences(Result(id="0" * 32, status=Status.WAITING, created_at=now()))


def test_error_6_says_what_to_try() -> None:
    assert "sharper photo" in hints("en").none_significant
    assert "BRAIN_" not in hints("en").none_significant
    assert "schärferes Foto" in hints("de").none_significant
    assert "BRAIN_" not in hints("de").none_significant
