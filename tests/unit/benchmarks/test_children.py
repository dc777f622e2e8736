"""Fresh processes, and the conditions under which they run."""

from __future__ import annotations

import os
import time
from itertools import product

import pytest

from benchmarks import child, machine
from benchmarks.conditions import Condition, neighbour


def test_a_function_runs_in_a_bare_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET", "none of the child's business")
    assert child.call(os.getenv, {"MARKER": "set"}, key="MARKER") == "set"
    assert child.call(os.getenv, {}, key="SECRET") is None


def test_a_process_is_bound_to_so_many_processors() -> None:
    assert child.call(machine.describe, {}, processors=1)["processors"] == "1"


def test_a_failure_says_what_went_wrong() -> None:
    with pytest.raises(child.ChildFailed, match="TypeError"):
        child.call(os.getenv, {}, no_such_argument=1)


def test_a_condition_sets_instructions_and_threads() -> None:
    environment = Condition(threads=2).environment
    assert environment["ONEDNN_MAX_CPU_ISA"] == "AVX2"
    assert environment["OMP_NUM_THREADS"] == "2"
    assert "ONEDNN_MAX_CPU_ISA" not in Condition(avx2=False).environment
    assert "OMP_NUM_THREADS" not in Condition(threads=None).environment


def test_conditions_are_told_apart_by_their_titles() -> None:
    conditions = [Condition(*choices) for choices in product((None, 1, 2), (False, True), (False, True))]
    assert len({str(condition) for condition in conditions}) == 12
    assert str(Condition()) == "AVX2, one thread, idle"


def test_a_busy_neighbour_computes_until_the_block_ends() -> None:
    def computed() -> float:
        times = os.times()
        return times.children_user + times.children_system

    before, seconds = computed(), 0.3
    while computed() <= before + 0.02:
        assert seconds < 60, "it does not compute"
        with neighbour(busy=True):
            time.sleep(seconds)
        seconds *= 2
