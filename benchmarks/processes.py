"""Measures fresh processes: time from start to the first name, peak memory, and what Lambda bills."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import partial

from benchmarks import explaining, inputs
from benchmarks.child import call, run
from benchmarks.conditions import Condition
from benchmarks.measurements import Section
from benchmarks.timing import interleave
from brain.core.settings import Settings
from brain.recognition.hardware import has_bfloat16

IMPORTS = "import torch, cv2"
NAME = "BRAIN: first name"
EVERYTHING = "BRAIN: first explanation, full checks, files written"
START_CONDITION = Condition(threads=None)
GIGABYTE = 1e9
PEAK = "peak memory: {}"
FUNCTION = "function: {}, {}"  # model, number of processors

DEFAULT, VGG, VGG_BFLOAT16 = Settings().model, "vgg-face, float32", "vgg-face, bfloat16"


def models() -> dict[str, Condition]:
    """The models to measure, with the condition for each."""
    measured = {
        DEFAULT: Condition(threads=None),
        VGG: Condition(threads=None, variables=inputs.vgg_variables("float32")),
    }
    if has_bfloat16():
        variables = inputs.vgg_variables("bfloat16")
        measured[VGG_BFLOAT16] = Condition(threads=None, avx2=False, variables=variables)
    return measured


def measure_start(section: Section, rounds: int) -> None:
    """Time from the start of Python to the first name, and to all files, against the imports alone."""
    environment = START_CONDITION.environment | {"BRAIN_CHECK": "full"}
    explain = ["-m", "brain", "explain", str(inputs.SMALL_PHOTO), "--out", str(inputs.FOLDER / "explained")]
    contenders: dict[str, Callable[[], object]] = {
        IMPORTS: partial(run, ["-c", IMPORTS], environment),
        NAME: partial(call, explaining.start_and_name, environment, photo=str(inputs.SMALL_PHOTO)),
        EVERYTHING: partial(run, explain, environment),
    }
    section.times[str(START_CONDITION)] = interleave(contenders, rounds)


def measure_memory(section: Section) -> None:
    """The peak memory of a process that explains the 12-megapixel photo twice with full checks."""
    for model, condition in models().items():
        with section.recording_failures(model):
            environment = condition.environment | {"BRAIN_CHECK": "full"}
            measured = call(explaining.start_and_explain, environment, photo=str(inputs.PHOTO))
            section.values[PEAK.format(model)] = measured["peak"] / GIGABYTE


def measure_functions(section: Section, rounds: int) -> None:
    """Time the explain function cold and warm on one and on two processors; the cost follows from it."""
    available = len(os.sched_getaffinity(0))
    for model, condition in models().items():
        for processors in range(1, min(2, available) + 1):
            lambda_like = Condition(processors, avx2=condition.avx2, variables=condition.variables)
            with section.recording_failures(f"{model}, {processors}"):
                runs = [
                    call(
                        explaining.start_and_explain,
                        lambda_like.environment,
                        processors=processors,
                        photo=str(inputs.PHOTO),
                    )
                    for _ in range(rounds)
                ]
                best = {name: min(values[name] for values in runs) for name in runs[0]}
                section.values[FUNCTION.format(model, processors)] = best
