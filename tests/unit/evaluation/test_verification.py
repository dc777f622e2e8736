"""LFW's verification protocol."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from brain.evaluation.errors import EvaluationError
from brain.evaluation.pairs import photos_in, read_pairs
from brain.evaluation.verification import best_threshold, verify_pairs

PAIRS = """\
2\t1
Ada_Lovelace\t1\t2
Ada_Lovelace\t2\tAlan_Turing\t1
Alan_Turing\t1\t2
Alan_Turing\t2\tAda_Lovelace\t1
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("Ada_Lovelace", "Alan_Turing"):
        (tmp_path / name).mkdir()
        for number in (1, 2):
            (tmp_path / name / f"{name}_{number:04}.jpg").touch()
    return tmp_path


def write(folder: Path, text: str) -> Path:
    (folder / "pairs.txt").write_text(text, encoding="utf-8")
    return folder / "pairs.txt"


def test_pairs_are_read_in_folds(folder: Path) -> None:
    pairs = read_pairs(write(folder, PAIRS), folder)
    assert [(pair.same, pair.fold) for pair in pairs] == [(True, 0), (False, 0), (True, 1), (False, 1)]
    assert (pairs[1].first.name, pairs[1].second.name) == ("Ada_Lovelace_0002.jpg", "Alan_Turing_0001.jpg")
    assert len(photos_in(pairs)) == 4


@pytest.mark.parametrize(
    "text",
    ["", "ten\t300\n", "2\t2\n" + PAIRS.partition("\n")[2], "0\t0\n", PAIRS.replace("\t2\n", "\n", 1)],
    ids=["empty", "no numbers", "too few", "no folds", "a word is missing"],
)
def test_what_is_no_list_of_pairs_is_refused(folder: Path, text: str) -> None:
    with pytest.raises(EvaluationError, match="pairs"):
        read_pairs(write(folder, text), folder)


def test_a_missing_photo_is_named(folder: Path) -> None:
    (folder / "Alan_Turing" / "Alan_Turing_0002.jpg").unlink()
    with pytest.raises(EvaluationError, match="Alan_Turing_0002") as raised:
        read_pairs(write(folder, PAIRS), folder)
    assert "--pairs-photos" in raised.value.hint


def test_the_threshold_is_the_most_accurate_one() -> None:
    similarities = np.array([0.1, 0.2, 0.3, 0.6, 0.7, 0.9])
    same = np.array([False, False, True, False, True, True])
    threshold = best_threshold(similarities, same)
    accuracies = {t: np.mean((similarities >= t) == same) for t in (*similarities, threshold)}
    assert accuracies[threshold] == max(accuracies.values()) == 5 / 6


@pytest.mark.parametrize("same", [True, False])
def test_a_threshold_may_accept_all_or_none(same: bool) -> None:
    similarities = np.array([0.2, 0.5])
    threshold = best_threshold(similarities, np.array([same, same]))
    assert ((similarities >= threshold) == same).all()


def test_each_fold_is_judged_by_the_threshold_of_the_others() -> None:
    # Both folds are separable, but at different thresholds.
    similarities = [0.9, 0.6, 0.5, 0.1]
    measured = verify_pairs(similarities, [True, False, True, False], [0, 0, 1, 1])
    assert measured.thresholds == pytest.approx((0.3, 0.75))
    assert measured.fold_accuracies == (0.5, 0.5)
    assert (measured.accuracy, measured.standard_error) == (0.5, 0.0)


def test_separable_pairs_are_verified_without_error() -> None:
    similarities = [0.8, 0.1] * 20
    measured = verify_pairs(similarities, [True, False] * 20, [number // 4 for number in range(40)])
    assert (measured.accuracy, measured.auroc, measured.pairs) == (1.0, 1.0, 40)
    assert dict(measured.tar_at_far) == {0.01: 1.0, 0.001: 1.0}


def test_the_true_accept_rate_is_that_at_the_false_accept_rate() -> None:
    # One of a hundred mismatched pairs is more similar than a quarter of the matching ones.
    mismatched = [0.5, *np.linspace(-0.2, 0.1, 99)]
    matching = [0.4, 0.6, 0.7, 0.8] * 25
    same = [False] * 100 + [True] * 100
    measured = verify_pairs([*mismatched, *matching], same, list(range(10)) * 20)
    assert dict(measured.tar_at_far) == {0.01: 1.0, 0.001: 0.75}


def test_a_pair_without_a_face_counts_as_mismatched() -> None:
    similarities = [None, 0.1, 0.9, 0.1, 0.9, None]
    measured = verify_pairs(similarities, [True, False] * 3, [0, 0, 1, 1, 2, 2])
    assert measured.without_face == 2
    assert measured.fold_accuracies == (0.5, 1.0, 1.0)
