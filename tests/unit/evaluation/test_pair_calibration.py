"""The probability that a pair shows one person."""

from __future__ import annotations

import numpy as np
import pytest

from brain.evaluation.logistic import fit_logistic, logistic
from brain.evaluation.pair_calibration import calibrate_pairs


def drawn(pairs: int, slope: float, intercept: float) -> tuple[np.ndarray, np.ndarray]:
    """Similarities, and answers drawn with the probability that a logistic function gives them."""
    rng = np.random.default_rng(0)
    similarities = rng.uniform(0.5, 1, pairs)
    return similarities, rng.random(pairs) < logistic(slope * similarities + intercept)


def test_the_function_that_answers_were_drawn_with_is_found() -> None:
    similarities, same = drawn(20_000, 30, -24)
    (slope,), intercept = fit_logistic(similarities[:, None], same)
    assert slope == pytest.approx(30, rel=0.05)
    assert intercept == pytest.approx(-24, rel=0.05)


@pytest.mark.parametrize(
    ("similarities", "same"),
    [
        ([0.1, 0.2, 0.8, 0.9], [False, False, True, True]),
        ([0.5, 0.5], [True, False]),
        ([0.1, 0.9], [True, True]),
        ([], []),
        ([0.999, 0.9990001] * 50, [True, False] * 50),
    ],
    ids=["separable", "equal", "of one kind", "none", "hardly different"],
)
def test_every_list_of_pairs_has_a_finite_function(similarities: list[float], same: list[bool]) -> None:
    (slope,), intercept = fit_logistic(np.array(similarities)[:, None], np.array(same, bool))
    assert np.isfinite([slope, intercept]).all()


def test_the_error_is_small_where_the_function_is_right() -> None:
    similarities, same = drawn(6000, 30, -24)
    folds = [number // 600 for number in range(6000)]
    found = calibrate_pairs(similarities.tolist(), same.tolist(), folds, "drawn")
    assert found is not None
    assert found.measured.error < 0.02
    assert found.measured.photos == 6000
    assert found.fitted.source == "drawn"
    assert found.fitted.probability(0.8) == pytest.approx(0.5, abs=0.05)


def test_a_fold_is_judged_by_the_others() -> None:
    # In the second fold, the less similar pairs are those of one person.
    similarities = [0.1, 0.2, 0.8, 0.9] * 2
    same = [False, False, True, True, True, True, False, False]
    found = calibrate_pairs(similarities, same, [0] * 4 + [1] * 4, "")
    assert found is not None
    assert found.measured.error > 0.5


def test_pairs_without_a_face_are_left_out() -> None:
    found = calibrate_pairs([None, 0.2, 0.8, None], [True, False, True, False], [0, 0, 1, 1], "")
    assert found is not None
    assert found.measured.photos == 2
    assert calibrate_pairs([None, None], [True, False], [0, 1], "") is None
