from __future__ import annotations

from typing import Any

import pytest

from benchmarks.measurements import Measurements
from benchmarks.page_figures import figures


def metrics_of_set(auroc: float, top_1: float, unknown: dict[str, Any]) -> dict[str, Any]:
    shares = {
        verdict: {"share": share}
        for verdict, share in zip(("strong", "weak", "nobody"), (0.6, 0.3, 0.1), strict=True)
    }
    return {
        "known_photos": 200,
        "accuracies": [{"top_1": top_1, "top_5": 0.97}, {"top_1": 0.1, "top_5": 0.1}],
        "verdicts": {"known": shares, **unknown},
        "open_set": {"auroc": auroc} if unknown else None,
        "left_out": {"auroc": auroc},
    }


METRICS = {
    "model": {"name": "net", "version": "2.0", "identities": 5749},
    "sets": {
        "lfw": metrics_of_set(0.98, 0.91, {}),
        "foreign": metrics_of_set(
            0.96, 0.92, {"unknown": {verdict: {"share": 0.04} for verdict in ("strong", "weak", "nobody")}}
        ),
    },
    "verification": {"pairs": 6000, "accuracy": 0.992, "tar_at_far": {"0.01": 0.99, "0.001": 0.97}},
    "pair_calibration": {"fitted": {"slope": 20.0, "intercept": -18.0}, "measured": {"error": 0.006}},
}


def test_every_set_has_a_row_and_nothing_is_invented() -> None:
    shown = figures(METRICS, None, Measurements())
    assert shown["model"] == {"name": "net 2.0", "people": 5749}
    lfw, foreign = shown["sets"]
    assert (lfw["top1"], lfw["photos"], lfw["unknown"]) == (0.91, 200, None)
    assert lfw["known"] == pytest.approx(0.9)
    assert foreign["unknown"] == pytest.approx(0.08)
    assert shown["stats"] == {"auroc": 0.96}


def test_pairs_have_the_figures_that_were_measured() -> None:
    pairs = figures(METRICS, None, Measurements())["pairs"]
    assert pairs == {
        "count": 6000, "accuracy": 0.992, "accepted": 0.97, "calibration": 0.006, "even": pytest.approx(0.9)
    }  # fmt: skip
    assert figures(METRICS, {"found": 0.8}, Measurements())["pairs"] == {**pairs, "planted": 0.8}
    bare = {**METRICS, "verification": None, "pair_calibration": None}
    assert figures(bare, {"found": None}, Measurements())["pairs"] == {}
