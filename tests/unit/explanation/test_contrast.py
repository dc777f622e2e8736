from __future__ import annotations

import numpy as np
import pytest

from brain.core.explanations import Candidate, Feature, Map, SignedMap
from brain.core.geometry import Rectangle
from brain.core.schema import Box
from brain.explanation.contrast import contrast, contrasts

FIELD = Rectangle(0, 0, 20, 20)
DARK = Map(height=2, width=2, data="AAAAAA==")


def candidate(label: int, values: list[list[float]]) -> Candidate:
    signed = SignedMap.from_array(np.array(values))
    return Candidate(label=label, name=f"number {label}", probability=0.4, map=DARK, signed=signed)


def feature(name: str, x: int, y: int, falls: list[float] | None = None) -> Feature:
    box = Box(x=x, y=y, width=10, height=10)
    return Feature(name=name, box=box, located_by="geometry", score=0, significant=False, falls=falls or [])


CORNERS = [feature("left eye", 10, 0), feature("right eye", 0, 0), feature("mouth", 0, 10)]
ONE = candidate(3, [[4.0, -1.0], [0.5, 0.0]])
OTHER = candidate(7, [[0.0, 1.0], [0.5, 0.0]])


def test_the_maps_are_the_two_signs_of_the_difference() -> None:
    found = contrast([ONE, OTHER], CORNERS, FIELD)
    assert found is not None
    assert (found.label_for, found.label_against) == (3, 7)
    assert found.map.to_array().tolist() == [[255, 0], [0, 0]]
    # The same scale on both sides: half the difference is half as bright.
    assert found.against.to_array() == pytest.approx(np.array([[0, 128], [0, 0]]), abs=2)


def test_unmeasured_features_are_told_apart_by_the_map() -> None:
    found = contrast([ONE, OTHER], CORNERS, FIELD)
    assert found is not None
    assert (found.features_for, found.features_against) == (["right eye"], ["left eye"])


def test_measured_features_are_told_apart_by_what_was_measured() -> None:
    measured = [
        feature("left eye", 10, 0, [3.0, 0.5]),
        feature("right eye", 0, 0, [0.0, 0.2]),
        feature("mouth", 0, 10, [-1.0, 0.9]),
    ]
    found = contrast([ONE, OTHER], measured, FIELD)
    assert found is not None
    assert (found.features_for, found.features_against) == (["left eye"], ["mouth"])


def test_small_differences_name_nothing() -> None:
    found = contrast([ONE, OTHER], [feature("mouth", 0, 10, [0.02, 0.01])], FIELD)
    assert found is not None
    assert (found.features_for, found.features_against) == ([], [])


def test_one_candidate_has_nobody_to_be_told_from() -> None:
    assert contrast([ONE], CORNERS, FIELD) is None


def test_signed_maps_keep_their_values_to_within_half_a_step() -> None:
    array = np.random.default_rng(0).normal(size=(14, 14)) * 3
    stored = SignedMap.model_validate_json(SignedMap.from_array(array).model_dump_json())
    assert np.abs(stored.to_array() - array).max() <= stored.scale / 254 * 1.001
    assert not SignedMap.from_array(np.zeros((2, 2))).to_array().any()


def test_boxes_lie_in_the_crop_and_maps_in_the_field() -> None:
    field = Rectangle(20, 40, 20, 20)
    moved = [feature("left eye", 30, 40), feature("right eye", 20, 40), feature("mouth", 20, 50)]
    found = contrast([ONE, OTHER], moved, field)
    assert found is not None
    assert (found.features_for, found.features_against) == (["right eye"], ["left eye"])


def test_every_pair_is_compared_in_the_order_of_the_candidates() -> None:
    third = candidate(9, [[0.0, 0.0], [0.0, 2.0]])
    pairs = contrasts([ONE, OTHER, third], CORNERS, FIELD)
    assert [(pair.label_for, pair.label_against) for pair in pairs] == [(3, 7), (3, 9), (7, 9)]
    first = contrast([ONE, OTHER], CORNERS, FIELD)
    assert first is not None
    assert (pairs[0].leads, pairs[0].features_for) == (first.leads, first.features_for)
    # The left eye's box covers the upper right cell, where 7 has 1 and 9 has nothing.
    assert pairs[2].leads == pytest.approx([1.0, 0.0, 0.5], abs=0.02)


def test_each_pair_is_told_apart_by_the_drops_of_its_own_two_logits() -> None:
    third = candidate(9, [[0.0, 0.0], [0.0, 0.0]])
    measured = [feature("left eye", 10, 0, [3.0, 0.5, 4.0]), feature("mouth", 0, 10, [1.0, 1.0, 0.25])]
    pairs = contrasts([ONE, OTHER, third], measured, FIELD)
    assert [pair.leads for pair in pairs] == [[2.5, 0.0], [-1.0, 0.75], [-3.5, 0.75]]
    assert (pairs[1].features_for, pairs[1].features_against) == (["mouth"], ["left eye"])


def test_candidates_without_signed_maps_are_not_compared() -> None:
    blind = OTHER.model_copy(update={"signed": None})
    assert contrasts([ONE, blind], CORNERS, FIELD) == []
    assert contrast([ONE, blind], CORNERS, FIELD) is None
