"""What is said about two photos, and their picture."""

from __future__ import annotations

from dataclasses import fields
from string import Formatter

import numpy as np
import pytest

from brain.core.comparisons import ComparedPhoto, Comparison, LikenessVerdict
from brain.core.explanations import Effect, Feature, Map, Reason
from brain.core.geometry import Rectangle
from brain.core.schema import LANGUAGES, Box
from brain.explanation.view import FaceView
from brain.rendering import drawing
from brain.rendering.pair_drawing import GAP, SIDE, draw_pair
from brain.rendering.words.comparisons import worded
from brain.rendering.words.rules import TABLES

NAMES = ("left eye", "right eye", "nose", "mouth")
NONE = Effect(probability=0.0, logit=0.0)


def feature(name: str, effect: float, score: float) -> Feature:
    return Feature(
        name=name,
        box=Box(x=0, y=0, width=9, height=9),
        located_by="landmarks",
        score=score,
        significant=score > 0.5,
        effect=Effect(probability=effect, logit=effect),
    )


def reason(*names: str, before: float = 0.96, after: float = 0.61) -> Reason:
    effect = Effect(probability=before - after, logit=1.0)
    return Reason(features=list(names), before=before, after=after, effect=effect, control=NONE, area=0.1)


def photo(
    *reasons: Reason, against: tuple[Reason, ...] = (), effect: float = 0.0, bright: tuple[str, ...] = ()
) -> ComparedPhoto:
    heat = Map.from_array(np.full((7, 7), 255, np.uint8))
    return ComparedPhoto(
        input=Box(x=20, y=20, width=60, height=60),
        landmarks=[(0, 0)] * 5,
        features=[feature(name, effect, 0.9 if name in bright else 0.1) for name in NAMES],
        reasons=list(reasons),
        reasons_against=list(against),
        evidence=heat,
        against=Map.from_array(np.zeros((7, 7), np.uint8)),
    )


def comparison(
    first: ComparedPhoto,
    second: ComparedPhoto,
    verdict: LikenessVerdict = LikenessVerdict.SAME,
    probability: float = 0.96,
) -> Comparison:
    return Comparison(
        with_id="f" * 32, similarity=0.9, probability=probability, verdict=verdict, photos=(first, second)
    )


def said(found: Comparison, language: str = "en") -> list[str]:
    """The sentences after the first one."""
    return worded(found.model_copy(update={"language": language})).sentences[1:]


@pytest.mark.parametrize(
    ("verdict", "english", "german"),
    [
        (LikenessVerdict.SAME, "The same person: of pairs", "Dieselbe Person: Von Paaren"),
        (LikenessVerdict.PROBABLY_SAME, "Probably the same person", "Vermutlich dieselbe Person"),
        (LikenessVerdict.UNCLEAR, "It is unclear whether this is one person", "bleibt unklar"),
        (LikenessVerdict.PROBABLY_DIFFERENT, "Probably two people", "Vermutlich zwei verschiedene"),
        (LikenessVerdict.DIFFERENT, "Two people: of pairs", "Zwei verschiedene Personen: Von Paaren"),
    ],
)
def test_the_first_sentence_says_the_verdict_and_the_chance(
    verdict: LikenessVerdict, english: str, german: str
) -> None:
    found = worded(comparison(photo(), photo(), verdict))
    assert english in found.translations["en"][0]
    assert "96 % show one person." in found.translations["en"][0]
    assert german in found.translations["de"][0]
    assert "zeigen 96 % eine einzige Person." in found.translations["de"][0]


def test_a_reason_in_both_photos_is_said_once_with_both_numbers() -> None:
    eyes = ("left eye", "right eye")
    found = comparison(photo(reason(*eyes)), photo(reason(*eyes, after=0.7)))
    assert said(found) == [
        "Mostly the eyes: without them in the first photo the chance falls from 96 % to 61 %, in the second"
        " photo to 70 %."
    ]
    assert said(found, "de") == [
        "Vor allem die Augen: Ohne sie auf dem ersten Foto fällt die Wahrscheinlichkeit von 96 % auf 61 %,"
        " auf dem zweiten Foto auf 70 %."
    ]
    assert worded(found).mentions == [[], list(eyes)]


def test_the_largest_effect_comes_first_and_names_its_photo() -> None:
    found = comparison(photo(reason("nose", after=0.7)), photo(reason("mouth", after=0.4)))
    assert said(found) == [
        "Mostly the mouth: without it in the second photo the chance falls from 96 % to 40 %.",
        "Then the nose: without it in the first photo the chance falls from 96 % to 70 %.",
    ]


def test_a_set_of_parts_and_the_whole_face_are_said_for_each_photo() -> None:
    found = comparison(photo(reason("nose", "mouth")), photo(reason(*NAMES)))
    assert sorted(said(found)) == [
        "In the first photo no part decides alone, but the nose and the mouth do together: without them the"
        " chance falls from 96 % to 61 %.",
        "In the second photo it takes the whole face: no single part decides, but without all of them the"
        " chance falls from 96 % to 61 %.",
    ]


def test_two_people_are_told_by_what_speaks_against_one() -> None:
    eyes = reason("left eye", "right eye", before=0.04, after=0.3)
    found = comparison(
        photo(against=(eyes,)),
        photo(against=(reason("nose", before=0.04, after=0.2),)),
        LikenessVerdict.DIFFERENT,
    )
    assert said(found) == [
        "Mostly the eyes speak against it: without them in the first photo the chance rises from 4 % to"
        " 30 %.",
        "Then the nose: without it in the second photo the chance rises from 4 % to 20 %.",
    ]
    assert said(found, "de")[0] == (
        "Dagegen sprechen vor allem die Augen: Ohne sie auf dem ersten Foto steigt die Wahrscheinlichkeit"
        " von 4 % auf 30 %."
    )


def test_the_other_side_has_one_sentence_after_the_verdicts() -> None:
    against = (reason("mouth", before=0.6, after=0.9), reason("nose", before=0.6, after=0.8))
    found = comparison(
        photo(reason("left eye", before=0.6, after=0.3), against=against),
        photo(),
        LikenessVerdict.UNCLEAR,
        0.6,
    )
    assert said(found) == [
        "Mostly the left eye: without it in the first photo the chance falls from 60 % to 30 %.",
        "Mostly the mouth speaks against it: without it in the first photo the chance rises from 60 %"
        " to 90 %.",
    ]


@pytest.mark.parametrize(
    ("effect", "verdict", "probability", "sentence"),
    [
        (0.03, LikenessVerdict.SAME, 0.96, "the chance hardly falls; the lowest is 93 %."),
        (0.001, LikenessVerdict.SAME, 0.999, "the chance hardly falls; the lowest is over 99 %."),
        (-0.03, LikenessVerdict.DIFFERENT, 0.02, "the chance hardly rises; the highest is 5 %."),
        (0.0, LikenessVerdict.DIFFERENT, 0.0, "the chance hardly rises; the highest is under 1 %."),
        (0.1, LikenessVerdict.SAME, 0.96, "none counts more than other places of its size."),
    ],
)
def test_without_a_reason_it_says_how_little_every_part_does(
    effect: float, verdict: LikenessVerdict, probability: float, sentence: str
) -> None:
    (text,) = said(comparison(photo(effect=effect), photo(), verdict, probability))
    assert text.startswith("No single part decides")
    assert text.endswith(sentence)


def test_without_a_reason_the_parts_that_both_maps_show_are_named() -> None:
    first, second = photo(bright=("nose", "left eye", "right eye")), photo(bright=("left eye", "right eye"))
    assert (
        said(comparison(first, second))[1] == "The two are most alike in the eyes, as far as the maps tell."
    )
    assert said(comparison(first, second, LikenessVerdict.DIFFERENT, 0.0))[1] == (
        "The two differ most in the eyes, as far as the maps tell."
    )


def test_features_that_were_not_tested_are_not_spoken_about() -> None:
    untested = photo().model_copy(update={"features": []})
    assert said(comparison(untested, untested)) == []


def test_the_languages_have_the_same_placeholders() -> None:
    def placeholders(language: str) -> dict[str, set[str | None]]:
        phrases = TABLES[language].comparison  # type: ignore[index]
        return {
            each.name: {name for _, name, _, _ in Formatter().parse(getattr(phrases, each.name)) if name}
            for each in fields(phrases)
            if each.name != "verdicts"
        }

    english = placeholders("en")
    for language in LANGUAGES:
        assert set(TABLES[language].comparison.verdicts) == set(LikenessVerdict)
        found = placeholders(language)
        assert {name: values - {"speak"} for name, values in found.items()} == {
            name: values - {"speak"} for name, values in english.items()
        }


@pytest.mark.parametrize("verdict", [LikenessVerdict.SAME, LikenessVerdict.DIFFERENT])
def test_the_picture_shows_both_crops_under_the_map_of_the_verdict(verdict: LikenessVerdict) -> None:
    # The evidence is at its largest everywhere, and nothing speaks against it.
    views = tuple(
        FaceView(
            np.full((side, side, 3), 128, np.uint8),
            Rectangle(20, 20, 60, 60),
            Rectangle(20, 20, 60, 60),
            np.zeros((5, 2)),
        )
        for side in (100, 100)
    )
    picture = drawing.decode(draw_pair(comparison(photo(), photo(), verdict), (views[0], views[1])).data)
    assert picture.shape == (SIDE, 2 * SIDE + GAP, 3)
    for left in (0, SIDE + GAP):
        blue, _, red = picture[SIDE // 2, left + SIDE // 2].astype(int)
        assert (red > blue) == (verdict is LikenessVerdict.SAME)
        assert abs(picture[8, left + 8].astype(int) - 128).max() < 8
