"""Explanations in a fresh process, which the sections call through `benchmarks.child`."""

from __future__ import annotations

import time
from pathlib import Path
from statistics import median_low
from typing import Any

from benchmarks.start_time import START

UPLOAD_ID = "0" * 32


def time_stages(photo: str, rounds: int) -> dict[str, Any]:
    """Explain a photo again and again with everything loaded.

    Args:
        photo: path of the photo.
        rounds: how many explanations to time, after one that warms up.

    Returns:
        `named` and `done`: seconds from the photo's bytes to either stage, by round. `timings`: median
        seconds of each step. `passes`: arithmetic by experiment, in forward passes. `bytes`: size of a result
        with its pictures.
    """
    from brain.core.settings import Settings
    from brain.pipeline.explainer import Explainer

    explainer = Explainer.load(Settings.from_environment())
    data = Path(photo).read_bytes()
    stages = [explain(explainer, data) for _ in range(rounds + 1)][1:]
    result = stages[-1]["result"]
    return {
        "named": [stage["named"] for stage in stages],
        "done": [stage["done"] for stage in stages],
        "timings": {
            step: median_low(stage["result"].timings[step] for stage in stages) for step in result.timings
        },
        "passes": result.passes,
        "bytes": stages[-1]["bytes"],
    }


def start_and_explain(photo: str) -> dict[str, float]:
    """Load everything, then explain a photo twice.

    Returns:
        Seconds: `loading` from the start of the process, `first` and `second` of the explanations. `peak`:
        the peak of resident memory in bytes, mapped files included.
    """
    from brain.core.settings import Settings
    from brain.pipeline.explainer import Explainer

    explainer = Explainer.load(Settings.from_environment())
    loaded = time.perf_counter()
    data = Path(photo).read_bytes()
    first, second = explain(explainer, data)["done"], explain(explainer, data)["done"]
    return {"loading": loaded - START, "first": first, "second": second, "peak": peak_memory()}


def start_and_name(photo: str) -> None:
    """Load everything, and explain a photo up to its name and activation map."""
    from brain.core.gc import gc_frozen
    from brain.core.settings import Settings

    with gc_frozen():
        from brain.pipeline.explainer import Explainer

        explainer = Explainer.load(Settings.from_environment())
    next(iter(explainer.stages(Path(photo).read_bytes(), request())))


def request() -> Any:
    """A request to explain the main face."""
    from brain.core.clock import now
    from brain.core.results import PhotoRequest, Source

    return PhotoRequest(UPLOAD_ID, now(), Source())


def explain(explainer: Any, photo: bytes) -> dict[str, Any]:
    """Explain one photo; the result with its size in bytes, and seconds up to each stage."""
    start = time.perf_counter()
    stages = {}
    size = 0
    for explained in explainer.stages(photo, request()):
        stages[explained.result.status.value] = time.perf_counter() - start
        size += sum(map(len, explained.files.values()))
    size += len(explained.result.model_dump_json())
    return {**stages, "result": explained.result, "bytes": size}


def peak_memory() -> int:
    """The peak of this process's resident memory in bytes, mapped files included."""
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    peak = next(line for line in lines if line.startswith("VmHWM"))
    return int(peak.split()[1]) * 1024
