"""Metrics of predictions whose metrics are known, or can be had from another library."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from brain.evaluation.accuracy import Group, accuracy, built_in_groups, wilson
from brain.evaluation.calibration import calibrate
from brain.evaluation.metrics import set_metrics
from brain.evaluation.open_set import open_set_roc, roc
from tests.predictions import predicted, undetected

NAMES = ("Ada", "Alan", "Grace", "Edsger", "Barbara", "Tony", "Zoë")
EVERYBODY = Group("everybody", frozenset(range(7)))


def test_a_photo_without_a_face_is_wrong() -> None:
    measured = accuracy([predicted(), predicted(1), predicted(1, 2, 3, 4, 5), undetected()], EVERYBODY, 7)
    assert measured is not None
    assert (measured.top_1, measured.top_5, measured.found) == (0.25, 0.5, 0.75)
    assert (measured.photos, measured.identities, measured.among) == (4, 1, 7)


def test_people_count_alike_in_the_mean_over_people() -> None:
    predictions = [predicted(label=0), predicted(label=0), predicted(label=0), predicted(0, label=1)]
    measured = accuracy(predictions, EVERYBODY, 7)
    assert measured is not None
    assert (measured.top_1, measured.top_1_by_person) == (0.75, 0.5)


def test_in_a_closed_group_only_its_own_compete() -> None:
    predictions = [predicted(4, label=0), predicted(0, label=1), predicted(label=4)]
    own = frozenset({0, 1})
    open_set, closed = (accuracy(predictions, Group("g", own, closed), 7) for closed in (False, True))
    assert open_set is not None
    assert closed is not None
    assert (open_set.top_1, open_set.among, open_set.photos) == (0.0, 7, 2)
    assert (closed.top_1, closed.among, closed.photos) == (0.5, 2, 2)


def test_a_group_without_photos_has_no_accuracy() -> None:
    assert accuracy([predicted(label=0)], Group("others", frozenset({1})), 7) is None


def test_built_in_groups_are_by_number_of_photos() -> None:
    everybody, closed, many, few = built_in_groups({0: 10, 1: 9, 2: 40}, 7)
    assert (everybody.labels, everybody.closed) == (frozenset(range(7)), False)
    assert (closed.labels, closed.closed) == (frozenset({0, 2}), True)
    assert (many.labels, many.closed) == (frozenset({0, 2}), False)
    assert few.labels == frozenset({1})
    assert [group.title for group in built_in_groups({0: 3, 1: 9}, 7)] == ["all identities"]


@pytest.mark.parametrize(("right", "photos"), [(0, 5), (5, 5), (93, 100), (1, 1072)])
def test_the_interval_is_wilsons(right: int, photos: int) -> None:
    expected = stats.binomtest(right, photos).proportion_ci(method="wilson")
    assert wilson(right, photos) == pytest.approx((expected.low, expected.high), abs=1e-6)


def test_a_model_that_is_as_right_as_it_says_has_no_calibration_error() -> None:
    right, wrong = calibrate([0.5, 0.5], [True, False]), calibrate([0.9, 0.9], [False, False])
    assert right is not None
    assert wrong is not None
    assert (right.error, wrong.error) == pytest.approx((0, 0.9))


def test_the_calibration_error_weighs_bins_by_their_photos() -> None:
    measured = calibrate([0.15, 0.15, 0.15, 1.0], [True, False, False, True])
    assert measured is not None
    assert measured.error == pytest.approx(3 / 4 * abs(1 / 3 - 0.15))
    assert [(each.low, each.high, each.photos) for each in measured.bins] == [(0.1, 0.2, 3), (0.9, 1.0, 1)]
    assert measured.bins[0].accuracy == pytest.approx(1 / 3)


def test_the_area_is_that_of_the_rank_sum() -> None:
    random = np.random.default_rng(0)
    known, unknown = (random.normal(mean, 1, 300).round(1) for mean in (1, 0))
    measured = open_set_roc(known.tolist(), unknown.tolist())
    assert measured is not None
    expected = stats.mannwhitneyu(known, unknown).statistic / (300 * 300)
    assert measured.auroc == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize(
    ("known", "unknown", "auroc", "fpr_at_95_tpr"),
    [([0.9, 0.8], [0.1, 0.2], 1.0, 0.0), ([0.5], [0.5], 0.5, 1.0), ([0.1], [0.9], 0.0, 1.0)],
)
def test_ends_of_the_scale(
    known: list[float], unknown: list[float], auroc: float, fpr_at_95_tpr: float
) -> None:
    measured = open_set_roc(known, unknown)
    assert measured is not None
    assert (measured.auroc, measured.fpr_at_95_tpr) == (auroc, fpr_at_95_tpr)


def test_the_curve_passes_through_what_each_threshold_does() -> None:
    known, unknown = [0.9, 0.6, 0.6], [0.7, 0.6, 0.1, 0.1]
    false_positive, true_positive = roc(known, unknown)
    assert false_positive.tolist() == [0, 0, 0.25, 0.5, 1]
    assert true_positive.tolist() == pytest.approx([0, 1 / 3, 1 / 3, 1, 1])
    measured = open_set_roc(known, unknown)
    assert measured is not None
    at = dict(zip(measured.false_positive_rate, measured.true_positive_rate, strict=True))
    assert (at[0.0], at[0.5], at[1.0]) == pytest.approx((1 / 3, 1, 1))


def test_without_unknown_people_nothing_is_said_of_them() -> None:
    assert open_set_roc([0.5], []) is None
    measured = set_metrics("photos", [predicted()], NAMES, [EVERYBODY])
    assert measured.open_set is None
    assert list(measured.found) == ["known"]
    assert list(measured.verdicts) == ["known", "known, left out"]


def test_verdicts_and_detection_are_counted_for_each_side() -> None:
    predictions = [
        predicted(verdict="strong"),
        predicted(1, verdict="strong"),
        predicted(1, verdict="nobody"),
        undetected(),
        predicted(label=None, verdict="weak", certainty=0.4),
    ]
    measured = set_metrics("photos", predictions, NAMES, [EVERYBODY])
    known, unknown = measured.verdicts["known"], measured.verdicts["unknown"]
    assert list(known) == ["strong", "weak", "nobody", "no prediction"]
    assert [count.share for count in known.values()] == [0.5, 0.0, 0.25, 0.25]
    assert [count.accuracy for count in known.values()] == [0.5, None, 0.0, 0.0]
    assert (unknown["weak"].share, unknown["weak"].accuracy) == (1.0, None)
    assert measured.found == {"known": 0.75, "unknown": 1.0}
    assert measured.problems == {"no-face": 1}
    assert measured.open_set is not None
    assert (measured.open_set.known, measured.open_set.unknown, measured.open_set.auroc) == (3, 1, 1.0)


def test_calibration_leaves_out_photos_without_a_face_and_unknown_people() -> None:
    predictions = [
        predicted(probabilities=(0.75,)),
        undetected(),
        predicted(label=None, probabilities=(0.99,)),
    ]
    measured = set_metrics("photos", predictions, NAMES, [EVERYBODY]).calibration
    assert measured is not None
    assert [each.photos for each in measured.bins] == [1]
    assert measured.error == pytest.approx(0.25)


def test_each_person_has_a_row() -> None:
    predictions = [
        predicted(label=1),
        predicted(2, 0, label=1),
        predicted(2, label=1),
        predicted(0, label=1),
        undetected(1),
        predicted(label=0),
    ]
    ada, alan = set_metrics("photos", predictions, NAMES, [EVERYBODY]).people
    assert (ada.name, ada.photos, ada.top_1, ada.mistaken_for) == ("Ada", 1, 1, "")
    assert (alan.name, alan.photos, alan.found, alan.top_1, alan.top_5) == ("Alan", 5, 4, 1, 4)
    assert alan.mistaken_for == "Grace"
    assert alan.probability == pytest.approx(0.6)


def test_time_is_the_median() -> None:
    predictions = [predicted(seconds=seconds) for seconds in (0.1, 0.2, 9.0)]
    latency = set_metrics("photos", predictions, NAMES, [EVERYBODY]).latency
    assert latency is not None
    assert latency.median == pytest.approx(0.2)


def test_left_out_people_count_as_unknown() -> None:
    predictions = [
        predicted(left_out_verdict="weak", left_out_certainty=0.9),
        predicted(left_out_certainty=0.2),
        undetected(),
        predicted(label=None, certainty=0.1),
    ]
    measured = set_metrics("photos", predictions, NAMES, [EVERYBODY])
    shares = [count.share for count in measured.verdicts["known, left out"].values()]
    assert shares == pytest.approx([0, 1 / 3, 1 / 3, 1 / 3])
    assert measured.left_out is not None
    assert (measured.left_out.known, measured.left_out.unknown, measured.left_out.auroc) == (2, 2, 0.5)
