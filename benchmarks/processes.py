"""Fresh processes: time from start to the first result, peak memory, and the time of Lambda functions."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping
from functools import partial
from itertools import product

from benchmarks import inputs
from benchmarks.measurements import Goal, Measurements
from benchmarks.pipeline import CHECKS, dtypes, environment
from benchmarks.timing import interleave
from brain.core.settings import REPOSITORY
from brain.recognition.hardware import MB_PER_PROCESSOR, has_bfloat16

START = "start"
GIGABYTE = 1e9
IMPORTS = "import torch, cv2"
EXPLAIN = "brain explain, checks {}"
START_GOALS = {"off": 1.3, "full": 1.7}  # times as long as the imports, by BRAIN_CHECK
HANDLER_SECTION = "handler, {}, checks {}"
FUNCTION = "function: {}, {}"  # model, number of processors


def run(
    arguments: list[str], variables: Mapping[str, str] | None = None, processors: int | None = None
) -> str:
    """Run this Python in a fresh process.

    Args:
        arguments: the arguments of the interpreter.
        variables: environment variables, added to an otherwise empty environment.
        processors: bind the process to so many processors; None means all.

    Returns:
        What the process printed to stdout.

    Raises:
        subprocess.CalledProcessError: the process failed; carries its output.
    """
    inherited = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    paths = {"PYTHONPATH": f"{REPOSITORY / 'layers/brain/python'}:{REPOSITORY}"}

    def bind() -> None:
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:processors])

    finished = subprocess.run(
        [sys.executable, *arguments],
        env={**inherited, **paths, **(variables or {})},
        capture_output=True,
        text=True,
        check=True,
        preexec_fn=bind,
    )
    return finished.stdout


def measure_start(measurements: Measurements, rounds: int) -> None:
    """Time brain-mini from the start of Python until all files are written, against the imports alone."""
    small = inputs.FOLDER / "photo-small.jpg"
    small.write_bytes(inputs.encode_jpeg(inputs.astronaut()))
    with tempfile.TemporaryDirectory() as folder:
        explain = ["-m", "brain", "explain", str(small), "--out", folder]
        contenders: dict[str, Callable[[], object]] = {IMPORTS: partial(run, ["-c", IMPORTS])}
        for checks in START_GOALS:
            contenders[EXPLAIN.format(checks)] = partial(run, explain, {"BRAIN_CHECK": checks})
        measurements.times[START] = interleave(contenders, rounds)
    for checks, bound in START_GOALS.items():
        what = f"Process start to first result, brain-mini, checks {checks}, against `{IMPORTS}`"
        goal = Goal(what, bound, at_least=False, unit="times")
        measurements.add_ratio(goal, START, EXPLAIN.format(checks), IMPORTS)


def measure_memory(measurements: Measurements) -> None:
    """Measure the peak memory of a process that explains the 12-megapixel photo twice."""
    configurations = [("VGG-16/2622, float32", environment("float32", "off"), 1.1)]
    if has_bfloat16():
        configurations.append(("VGG-16/2622, bfloat16", environment("bfloat16", "off"), 0.8))
    configurations.append(("brain-mini", {"BRAIN_CHECK": "off"}, 0.45))
    for name, variables, bound in configurations:
        peak = explain_twice(variables)["peak"] / GIGABYTE
        measurements.goals.append(Goal(f"Peak memory, {name}", bound, at_least=False, unit="GB", value=peak))


def explain_twice(variables: Mapping[str, str], processors: int | None = None) -> dict[str, float]:
    """What one fresh process measured; see `benchmarks.explain_process`."""
    arguments = ["-m", "benchmarks.explain_process", str(inputs.PHOTO)]
    values: dict[str, float] = json.loads(run(arguments, variables, processors))
    return values


def measure_functions(measurements: Measurements, rounds: int) -> None:
    """Time the explain function cold and warm on one and on two processors; the cost follows from it."""
    available = len(os.sched_getaffinity(0))
    for model, variables in (
        ("brain-mini", {"BRAIN_DTYPE": "float32"}),
        ("vgg-face", environment("float32", "by default")),
        ("vgg-face, bfloat16", environment("bfloat16", "by default")),
    ):
        if "bfloat16" in model and not has_bfloat16():
            continue
        for processors in range(1, min(2, available) + 1):
            memory = {"AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(MB_PER_PROCESSOR * processors)}
            runs = [explain_twice({**variables, **memory}, processors) for _ in range(rounds)]
            best = {name: min(values[name] for values in runs) for name in runs[0]}
            measurements.facts[FUNCTION.format(model, processors)] = best


def measure_handler(measurements: Measurements, rounds: int) -> None:
    """Time S3, table and encoding around the pipeline, in a process of its own, because handlers log."""
    for dtype, checks in product(dtypes(), CHECKS):
        out = inputs.FOLDER / "handler.json"
        run(["-m", "benchmarks.handler_process", str(out), str(rounds)], environment(dtype, checks))
        seconds = json.loads(out.read_text(encoding="utf-8"))
        pairs = zip(seconds["whole"], seconds["pipeline"], strict=True)
        seconds["around"] = [whole - pipeline for whole, pipeline in pairs]
        section = HANDLER_SECTION.format(dtype, checks)
        measurements.times[section] = seconds
        what = f"Handler around the pipeline (S3, table, encoding), VGG-16/2622, {dtype}, checks {checks}"
        goal = Goal(what, 0.15, at_least=False, unit="times")
        measurements.add_ratio(goal, section, "around", "pipeline")
