from __future__ import annotations

import doctest

import pytest

from brain import words
from brain.results import Box, Candidate, Explanation, Feature, Map, Result, Status, now
from brain.words import enumerate_words, join_pairs, percent, sentences

BRIGHT = Map(height=1, width=1, data="/w==")
EMPTY = Map(height=1, width=1, data="AA==")


def feature(name: str, score: float) -> Feature:
    box = Box(x=0, y=0, width=1, height=1)
    return Feature(name=name, box=box, located_by="geometry", score=score, significant=score > 0.5)


def result(
    first: float = 0.9,
    second: float = 0.01,
    features: tuple[Feature, ...] = (),
    outside: float = 0.1,
    seen: Map = BRIGHT,
) -> Result:
    return Result(
        id="0" * 32,
        status=Status.DONE,
        created_at=now(),
        candidates=[
            Candidate(label=0, name="Ada Lovelace", probability=first, map=seen),
            Candidate(label=1, name="Alan Turing", probability=second, map=seen),
        ],
        features=list(features),
        explanation=Explanation(sentences=[], outside=outside),
    )


def test_the_examples_in_the_documentation_are_true() -> None:
    outcome = doctest.testmod(words)
    assert outcome.attempted > 0
    assert outcome.failed == 0


@pytest.mark.parametrize(
    ("probability", "phrase"),
    [(0.95, "most like Ada Lovelace (95 %)"), (0.4, "it is not sure"), (0.05, "nobody the network knows")],
)
def test_the_first_sentence_is_as_sure_as_the_network(probability: float, phrase: str) -> None:
    first = sentences(result(first=probability))[0]
    assert phrase in first
    assert "Ada Lovelace" in first


@pytest.mark.parametrize(
    ("features", "expected"),
    [
        ([("nose", 0.9)], "Its map is brightest over the nose."),
        ([("nose", 0.9), ("mouth", 0.8)], "Its map is brightest over the nose, then the mouth."),
        (
            [("left eye", 0.9), ("nose", 0.8), ("right eye", 0.7), ("chin", 0.6)],
            "Its map is brightest over both eyes, then the nose and the chin.",
        ),
        ([("left brow", 0.9), ("right brow", 0.2)], "Its map is brightest over the left brow."),
    ],
)
def test_features_are_named_best_first(features: list[tuple[str, float]], expected: str) -> None:
    assert sentences(result(features=tuple(feature(*f) for f in features)))[1] == expected


def test_an_empty_map_is_not_blamed_on_the_photo() -> None:
    assert sentences(result(seen=EMPTY))[1].startswith("Its map is empty")


def test_no_feature_is_said_too() -> None:
    assert sentences(result(features=(feature("nose", 0.3),)))[1].startswith("No single feature stood out")


@pytest.mark.parametrize(("second", "said"), [(0.2, True), (0.01, False)])
def test_a_close_runner_up_is_named(second: float, said: bool) -> None:
    assert any("Alan Turing" in sentence for sentence in sentences(result(first=0.7, second=second))) is said


@pytest.mark.parametrize(("outside", "said"), [(0.61, True), (0.3, False)])
def test_a_map_beyond_the_face_is_said_aloud(outside: float, said: bool) -> None:
    spoken = sentences(result(outside=outside))
    assert any(sentence.startswith("Careful: 61 %") for sentence in spoken) is said


def test_sentences_come_from_the_stored_json_alone() -> None:
    original = result(second=0.08, features=(feature("nose", 0.9),), outside=0.7)
    stored = Result.model_validate_json(original.model_dump_json())
    assert sentences(stored) == sentences(original)


def test_a_result_that_names_nobody_has_no_words() -> None:
    with pytest.raises(ValueError, match="without candidates"):
        sentences(Result(id="0" * 32, status=Status.WAITING, created_at=now()))


def test_small_phrases() -> None:
    assert join_pairs(["left cheek", "right cheek", "right eye"]) == ["both cheeks", "the right eye"]
    assert enumerate_words(["one"]) == "one"
    assert percent(0.5) == "50 %"
