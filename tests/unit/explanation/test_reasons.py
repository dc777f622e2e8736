from __future__ import annotations

import numpy as np

from brain.core.explanations import Control, Effect
from brain.core.geometry import Rectangle
from brain.core.schema import Box
from brain.explanation.reasons import CheckedPart, apart, heat_of, name_once, undominated

SPOT = Box(x=0, y=0, width=1, height=1)
PLACES = {
    "left eye": Rectangle(60, 20, 20, 10),
    "right eye": Rectangle(20, 20, 20, 10),
    "mouth": Rectangle(30, 70, 40, 20),
    "smile": Rectangle(32, 68, 38, 22),
    "nose": Rectangle(40, 40, 20, 25),
}


def part(*names: str, effect: float, control: float = 0.0, area: float = 0.1) -> CheckedPart:
    return CheckedPart(
        names=names,
        boxes=tuple(PLACES[name] for name in names),
        effect=Effect(probability=effect, logit=10 * effect),
        logit_drops=[10 * effect],
        area=area,
        controls=[Control(box=SPOT, probability=control, logit=10 * control)],
    )


def names(parts: list[CheckedPart]) -> list[tuple[str, ...]]:
    return [each.names for each in parts]


def test_the_largest_effect_comes_first() -> None:
    assert names(name_once([part("nose", effect=0.2), part("mouth", effect=0.5)])) == [("mouth",), ("nose",)]


def test_one_place_is_named_once() -> None:
    assert names(name_once([part("mouth", effect=0.4), part("smile", effect=0.5)])) == [("smile",)]


def test_parts_at_the_place_of_an_earlier_one_are_left_out() -> None:
    parts = [part("smile", effect=0.1), part("nose", effect=0.3), part("mouth", effect=0.2)]
    assert names(apart(parts)) == [("smile",), ("nose",)]


def test_of_a_pair_the_feature_that_has_most_of_the_effect_is_named() -> None:
    pair = part("left eye", "right eye", effect=0.5, area=0.2)
    one_sided = [part("left eye", effect=0.45), pair]
    assert names(name_once(one_sided)) == [("left eye",)]
    both = [part("left eye", effect=0.3), part("right eye", effect=0.3), pair]
    assert names(name_once(both)) == [("left eye", "right eye")]


def test_a_part_is_no_reason_where_one_with_more_effect_is_none() -> None:
    exceeded = part("nose", effect=0.6, control=0.7)
    mouth = part("mouth", effect=0.3)
    assert undominated([exceeded, mouth]) == []
    assert names(undominated([part("nose", effect=0.6), mouth])) == [("nose",), ("mouth",)]
    assert names(undominated([part("nose", effect=0.2, control=0.3), mouth])) == [("mouth",)]


def test_related_parts_do_not_dominate() -> None:
    eye = part("left eye", effect=0.3)
    related = part("left eye", "right eye", effect=0.6, control=0.7)
    assert names(undominated([related, eye])) == [("left eye",)]


def test_heat_is_the_effect_per_pixel_of_single_features() -> None:
    field = Rectangle(10, 10, 80, 80)
    heat = heat_of([part("nose", effect=0.5), part("left eye", "right eye", effect=0.9)], field)
    assert heat.shape == (80, 80)
    assert np.argwhere(heat).min(0).tolist() == [30, 30]
    assert heat.max() == 0.5 / 500
