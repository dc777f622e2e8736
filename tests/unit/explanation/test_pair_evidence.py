"""From what was measured in both photos of a pair to the maps of one of them."""

from __future__ import annotations

import numpy as np
import pytest

from brain.explanation.pair_evidence import pair_maps
from brain.explanation.prior import MAP_SIZE
from brain.recognition.pair_network import DIFFERENT, SAME

MIDDLE = MAP_SIZE // 2


def measured(place: tuple[int, int], value: float = 1.0) -> np.ndarray:
    """What makes photos alike in the upper left, and unlike at a place."""
    maps = np.zeros((2, MAP_SIZE, MAP_SIZE), np.float32)
    maps[SAME, 3:6, 3:6] = 1
    maps[DIFFERENT, place[0] - 1 : place[0] + 2, place[1] - 1 : place[1] + 2] = value
    return np.asarray(maps - maps[::-1])


def peak(heat: np.ndarray) -> tuple[int, int]:
    row, column = np.unravel_index(heat.argmax(), heat.shape)
    return int(row), int(column)


NOTHING = np.zeros((2, MAP_SIZE, MAP_SIZE), np.float32)


@pytest.mark.parametrize("verdict", [SAME, DIFFERENT])
def test_the_map_for_the_verdict_is_that_of_the_photo_alone(verdict: int) -> None:
    own = measured((MIDDLE, MIDDLE))
    maps = pair_maps(own, measured((25, 25)), verdict)
    assert np.array_equal(maps[verdict], own[verdict].clip(min=0))
    assert maps.min() == 0
    assert maps.max() == 1


def test_the_other_photo_supports_what_speaks_against_the_verdict() -> None:
    own = measured((MIDDLE, MIDDLE), value=0.5)
    alone, supported = (pair_maps(own, other, SAME)[DIFFERENT] for other in (NOTHING, own))
    assert peak(alone) == peak(supported) == (MIDDLE, MIDDLE)
    assert supported.max() > 1.5 * alone.max()
    elsewhere = pair_maps(NOTHING, measured((20, 12)), SAME)[DIFFERENT]
    assert peak(elsewhere) == (20, 12)


def test_what_lies_at_the_border_counts_less_against_the_verdict() -> None:
    middle, border = (
        pair_maps(measured(place), NOTHING, SAME)[DIFFERENT].max() for place in ((MIDDLE, MIDDLE), (30, 30))
    )
    assert middle > 1.3 * border > 0


def test_nothing_measured_is_nothing_shown() -> None:
    assert not pair_maps(NOTHING, NOTHING, SAME).any()
