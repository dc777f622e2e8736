"""Decides how many worker processes the local stack runs, and on how many threads each computes."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

VARIABLE = "BRAIN_WORKERS"
BYTES_PER_WORKER = 1 << 30  # twice what the default model needs
CPU_QUOTA = Path("/sys/fs/cgroup/cpu.max")
MEMORY = Path("/proc/meminfo")


class InvalidWorkers(ValueError):
    """`BRAIN_WORKERS` is not a positive number."""


@dataclass(frozen=True)
class WorkerPlan:
    """The worker processes.

    Attributes:
        count: number of processes.
        threads: number of threads that each computes on.
    """

    count: int
    threads: int

    def environment(self, environ: Mapping[str, str]) -> dict[str, str]:
        """Variables that limit the threads of OpenMP and OpenCV, unless the user has set them.

        Threads that spin while they wait would slow down the other workers.
        """
        ours = {
            "OMP_NUM_THREADS": str(self.threads),
            "OPENCV_FOR_THREADS_NUM": str(self.threads),
            "OMP_WAIT_POLICY": "PASSIVE",
            "KMP_BLOCKTIME": "0",
        }
        return {name: value for name, value in ours.items() if not environ.get(name)}


def plan_workers(
    environ: Mapping[str, str], cores: int | None = None, memory: int | None = None
) -> WorkerPlan:
    """One worker per core with one thread each, as far as memory allows, or as many as `BRAIN_WORKERS` says.

    Single-threaded workers explain more photos per minute than one worker on all cores, and they do not wait
    for each other's threads when other programs are busy.

    Args:
        environ: `BRAIN_WORKERS` in it overrides the number of workers.
        cores: number of available cores; determined by default.
        memory: available memory in bytes; determined by default.

    Raises:
        InvalidWorkers: `BRAIN_WORKERS` is not a positive number.
    """
    cores = available_cores() if cores is None else cores
    memory = available_memory() if memory is None else memory
    text = environ.get(VARIABLE)
    if text and not (text.isascii() and text.isdigit() and int(text) > 0):
        raise InvalidWorkers(f"{VARIABLE} is {text!r}. It must be a positive number.")
    count = int(text) if text else max(1, min(cores, memory // BYTES_PER_WORKER))
    return WorkerPlan(count, max(1, cores // count))


def processor_for(
    plan: WorkerPlan, number: int, environ: Mapping[str, str], processors: Sequence[int] | None = None
) -> int | None:
    """The processor to bind a worker to if each processor has one; None leaves the choice to the system.

    If another program is busy, the system may run two workers on one processor and leave another processor to
    that program. A bound worker only loses the other program's share of its own processor.

    Args:
        plan: all workers.
        number: of the worker, from 0.
        environ: `OMP_NUM_THREADS` in it means that the user chose the threads; then nothing is bound.
        processors: the processors that this process may use; determined by default.
    """
    processors = available_processors() if processors is None else processors
    is_own_choice = bool(environ.get("OMP_NUM_THREADS"))
    if is_own_choice or plan.count == 1 or plan.count != len(processors):
        return None
    return processors[number]


def available_processors() -> list[int]:
    """The processors that this process may use; none if the system cannot bind processes."""
    return sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else []


def available_cores(quota: Path = CPU_QUOTA) -> int:
    """The number of cores that this process may use, according to its affinity and its cgroup's quota."""
    cores = len(available_processors()) or os.cpu_count() or 1
    try:
        limit, period = quota.read_text(encoding="ascii").split()
        cores = min(cores, int(limit) // int(period))
    except (OSError, ValueError):  # no cgroup, or the limit is "max"
        pass
    return max(1, cores)


def available_memory(path: Path = MEMORY) -> int:
    """Available memory in bytes; infinite if the system does not tell."""
    try:
        lines = path.read_text(encoding="ascii").splitlines()
        kilobytes = next(line.split()[1] for line in lines if line.startswith("MemAvailable:"))
    except (OSError, StopIteration):
        return 1 << 62
    return int(kilobytes) * 1024
