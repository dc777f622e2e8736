"""Planning the local stack's workers."""

from __future__ import annotations

from pathlib import Path

import pytest

from infra.local.workers import (
    BYTES_PER_WORKER,
    InvalidWorkers,
    WorkerPlan,
    available_cores,
    available_memory,
    plan_workers,
    processor_for,
)

PLENTY = 1 << 40


@pytest.mark.parametrize(
    ("environ", "cores", "memory", "plan"),
    [
        ({}, 1, PLENTY, WorkerPlan(1, 1)),
        ({}, 8, PLENTY, WorkerPlan(8, 1)),
        ({}, 8, 3 * BYTES_PER_WORKER, WorkerPlan(3, 2)),
        ({}, 2, 0, WorkerPlan(1, 2)),
        ({"BRAIN_WORKERS": ""}, 2, PLENTY, WorkerPlan(2, 1)),
        ({"BRAIN_WORKERS": "1"}, 8, PLENTY, WorkerPlan(1, 8)),
        ({"BRAIN_WORKERS": "4"}, 2, 0, WorkerPlan(4, 1)),
    ],
)
def test_workers_suit_the_machine(environ: dict[str, str], cores: int, memory: int, plan: WorkerPlan) -> None:
    assert plan_workers(environ, cores, memory) == plan


@pytest.mark.parametrize("text", ["0", "-1", "many", "1.5", "²"])
def test_an_invalid_number_of_workers_is_reported(text: str) -> None:
    with pytest.raises(InvalidWorkers, match=r"BRAIN_WORKERS is '.*'"):
        plan_workers({"BRAIN_WORKERS": text}, 2, PLENTY)


def test_the_environment_limits_threads_unless_the_user_does() -> None:
    plan = WorkerPlan(count=4, threads=2)

    assert plan.environment({})["OMP_NUM_THREADS"] == "2"
    assert plan.environment({})["OMP_WAIT_POLICY"] == "PASSIVE"
    assert "OMP_NUM_THREADS" not in plan.environment({"OMP_NUM_THREADS": "3"})


def test_each_processor_gets_a_worker_of_its_own_where_there_is_one_for_each() -> None:
    plan = WorkerPlan(count=3, threads=1)

    assert [processor_for(plan, number, {}, [0, 2, 5]) for number in range(3)] == [0, 2, 5]


@pytest.mark.parametrize(
    ("plan", "environ"),
    [
        (WorkerPlan(count=2, threads=1), {}),
        (WorkerPlan(count=1, threads=3), {}),
        (WorkerPlan(count=4, threads=1), {}),
        (WorkerPlan(count=3, threads=1), {"OMP_NUM_THREADS": "3"}),
    ],
)
def test_otherwise_the_system_places_the_workers(plan: WorkerPlan, environ: dict[str, str]) -> None:
    assert processor_for(plan, 0, environ, [0, 1, 2]) is None


@pytest.mark.parametrize(
    ("quota", "cores"), [("100000 100000", 1), ("50000 100000", 1), ("max 100000", None), ("", None)]
)
def test_a_quota_limits_the_cores(tmp_path: Path, quota: str, cores: int | None) -> None:
    path = tmp_path / "cpu.max"
    path.write_text(quota, encoding="ascii")

    assert available_cores(path) == (cores or available_cores(tmp_path / "absent"))
    assert available_cores(path) >= 1


def test_available_memory_is_read_from_the_system(tmp_path: Path) -> None:
    path = tmp_path / "meminfo"
    path.write_text("MemTotal:       8000 kB\nMemAvailable:   2048 kB\n", encoding="ascii")

    assert available_memory(path) == 2048 * 1024
    assert available_memory(tmp_path / "absent") > 1 << 50
