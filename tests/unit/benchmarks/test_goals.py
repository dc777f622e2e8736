"""The table of goals, and the reports written from it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from benchmarks import cost_page, explainers, goals, latency, page, processes, readme, report, storage
from benchmarks.goals import AT_LEAST, AT_MOST, Goal, equal_quality, single
from benchmarks.measurements import Measurements, Section

MACHINE = {"processor": "some processor", "date": "2026-01-02 03:04 UTC"}
CHEAP, DEAR = (
    explainers.OCCLUSION.format(windows.side, windows.side, windows.stride)
    for windows in explainers.WINDOWS[:2]
)


def areas(deletion: float, insertion: float) -> dict[str, float]:
    return {"deletion": deletion, "insertion": insertion}


def measured() -> Measurements:
    """A small run."""
    stored = {
        storage.NAMED: [0.18, 0.2, 0.19],
        storage.DONE: [0.9, 0.95, 0.92],
        storage.PIPELINE: [0.85, 0.9, 0.87],
        storage.PLAIN: [0.15, 0.16, 0.155],
    }
    values = {
        "passes": {"naming": 2.0, "evidence": 25.0},
        "bytes": 2e5,
        "photo bytes": 1e6,
        "timings": {"cam": 0.1},
    }
    function = {"loading": 1.0, "first": 1.1, "second": 0.9, "peak": 4e8}
    return Measurements(
        {"torch": "2"},
        {
            "latency": Section(
                MACHINE, {str(latency.HEADLINE): {latency.NAMED: [0.1], latency.DONE: [0.8]}}, values
            ),
            "storage": Section(MACHINE, {storage.GROUP: stored}),
            "page": Section(MACHINE, values={page.POLLS: 9}),
            "functions": Section(MACHINE, values={processes.FUNCTION.format(processes.DEFAULT, 1): function}),
        },
    )


@pytest.mark.parametrize(
    ("relation", "value", "met"),
    [
        (AT_LEAST, 4.0, True),
        (AT_LEAST, 3.99, False),
        (AT_MOST, 4.0, True),
        (AT_MOST, 4.01, False),
        (AT_LEAST, None, None),
    ],
)
def test_a_goal_is_met_up_to_its_bound(relation: str, value: float | None, met: bool | None) -> None:
    assert Goal("what", relation, 4.0, "times", single(value)).met is met


def test_goals_come_from_the_measured_times() -> None:
    by_name = {goal.what: goal for goal in goals.headline_goals(measured())}
    stored = by_name["Name, candidates and activation map stored"]
    assert (stored.found, stored.met) == ("0.190 (0.185 to 0.195)", True)
    everything = by_name["Everything stored, full checks"]
    assert (everything.met, everything.verdict) == (False, "**no**")
    assert by_name["Arithmetic of everything"].found == "27.00"
    assert by_name[f"Peak memory, {processes.DEFAULT}, full checks"].verdict == "not measured"


def test_occlusion_is_compared_at_equal_quality_if_it_gets_there() -> None:
    ours = {explainers.EVERYTHING: areas(0.15, 0.70)}
    worse, as_good = {CHEAP: areas(0.16, 0.75)}, {DEAR: areas(0.15, 0.70)}
    assert equal_quality(ours | worse | as_good)[0] == DEAR


def test_the_most_expensive_occlusion_is_a_lower_bound_if_none_is_as_good() -> None:
    ours = {explainers.EVERYTHING: areas(0.15, 0.70)}
    name, note = equal_quality(ours | {CHEAP: areas(0.16, 0.75), DEAR: areas(0.10, 0.69)})
    assert name == DEAR
    assert "or more: no configuration is as good" in note


def test_the_report_lists_what_was_missed_and_what_failed() -> None:
    measurements = measured()
    measurements.sections["storage"].problems.append("deepface: ImportError: none")
    text = "\n".join(report.page(measurements))
    assert "| Everything stored, full checks | at most 0.8 s | 0.920 (0.910 to 0.935) | **no** |" in text
    assert "- Everything stored, full checks: 0.920 (0.910 to 0.935); the goal is at most 0.8 s." in text
    assert "- Skipped: deepface: ImportError: none" in text


def test_the_cost_page_is_computed_from_the_measured_function() -> None:
    lines = list(cost_page.page(measured()))
    (row,) = [line for line in lines if line.startswith(f"| {processes.DEFAULT} | 1769 |")]
    assert row.startswith(f"| {processes.DEFAULT} | 1769 | 0.95 | 2.15 |")


def test_readme_shows_seven_rows_from_both_commands(tmp_path: Path) -> None:
    accuracy = {"top_1": 0.91, "top_5": 0.975, "among": 5749}
    sets = {
        "lfw": {"accuracies": [accuracy], "open_set": None, "left_out": {"auroc": 0.98}},
        "foreign": {"accuracies": [accuracy], "open_set": {"auroc": 0.969}, "left_out": None},
    }
    metrics = {"sets": sets, "verification": {"accuracy": 0.989}}
    (tmp_path / "metrics.json").write_text(json.dumps(metrics), encoding="utf-8")
    explanations = {"sets": {"lfw": {"reasons": {"holds": 0.95}}}}
    (tmp_path / "explanations.json").write_text(json.dumps(explanations), encoding="utf-8")
    gains = {"all": {"corrrise": [{"mean": 0.00361}, {"mean": -0.002}]}}
    (tmp_path / "pair_explanations.json").write_text(json.dumps({"found": 0.803, "gains": gains}))
    rows = list(readme.figures(measured(), tmp_path))[2:]
    assert len(rows) == 7
    assert "of 5,749 people | lfw 91.0 % and 97.5 %; foreign 91.0 % and 97.5 % |" in rows[0]
    assert "| lfw 0.980; foreign 0.969 |" in rows[1]
    assert "| 98.9 % |" in rows[2]
    assert "| 80.3 %; +0.0036 and -0.0020 |" in rows[4]
    assert "| 0.19 s and 0.92 s; 27 forward passes |" in rows[5]


def test_readme_says_what_was_not_measured(tmp_path: Path) -> None:
    rows = list(readme.figures(Measurements(), tmp_path))[2:]
    assert [row.split("|")[2].strip() for row in rows] == ["not measured"] * 7
