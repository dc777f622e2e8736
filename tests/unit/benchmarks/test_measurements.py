"""How contenders are timed and compared, and what is stored."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from benchmarks.measurements import Measurements, Section
from benchmarks.timing import Spread, interleave, ratio


def test_every_contender_runs_once_per_round_and_each_runs_first_once() -> None:
    order: list[str] = []
    contenders = {name: partial(order.append, name) for name in ("a", "b", "c")}
    seconds = interleave(contenders, rounds=3, warm_up=0)
    assert {name: len(values) for name, values in seconds.items()} == {"a": 3, "b": 3, "c": 3}
    assert sorted(order[::3]) == ["a", "b", "c"]


def test_a_ratio_is_taken_within_each_round() -> None:
    """Both are slower in the second round; the ratio of their medians would be 2.5."""
    seconds = {"slow": [4.0, 40.0, 2.0], "fast": [2.0, 20.0, 1.0]}
    assert ratio(seconds, "slow", "fast") == Spread(2.0, 2.0, 2.0)


def test_a_failure_is_recorded_and_the_run_goes_on() -> None:
    section = Section()
    with section.recording_failures("the peer"):
        raise ImportError("no such module\nand more")
    assert section.problems == ["the peer: ImportError: no such module"]


def test_what_was_not_measured_is_none() -> None:
    measurements = Measurements(sections={"maps": Section(times={"idle": {"ours": [1.0], "peer": []}})})
    assert measurements.ratio("maps", "idle", "peer", "ours") is None
    assert measurements.median("maps", "busy", "ours") is None
    assert measurements.value("memory", "peak") is None


def test_measurements_are_read_as_they_were_written(tmp_path: Path) -> None:
    section = Section({"processor": "some"}, {"idle": {"ours": [0.1234567]}}, {"peak": 1.5}, ["a problem"])
    Measurements({"torch": "2"}, {"maps": section}).write(tmp_path / "results.json")
    found = Measurements.read(tmp_path / "results.json")
    assert found.versions == {"torch": "2"}
    assert found.times("maps", "idle") == {"ours": [0.123457]}
    assert found.value("maps", "peak") == 1.5
    assert found.sections["maps"].problems == ["a problem"]
