"""Seconds to the name and to the whole explanation of a 12-megapixel photo, with everything loaded."""

from __future__ import annotations

from itertools import product
from typing import Any

from benchmarks import explaining, inputs
from benchmarks.child import call
from benchmarks.conditions import Condition, neighbour
from benchmarks.measurements import Section
from brain.recognition.hardware import has_bfloat16

NAMED = "name, candidates and activation map"
DONE = "everything, full checks"
HEADLINE = Condition(threads=1)
CONDITIONS = tuple(Condition(threads=threads, busy=busy) for busy, threads in product((False, True), (1, 2)))
VGG_CONDITION = Condition(variables=inputs.vgg_variables("float32"))
VGG_BFLOAT16_CONDITION = Condition(avx2=False, variables=inputs.vgg_variables("bfloat16"))
FULL_CHECKS = {"BRAIN_CHECK": "full"}


def measure(section: Section, rounds: int) -> None:
    """Time the default model under every condition, and with all instruction sets."""
    for condition in (*CONDITIONS, Condition(threads=1, avx2=False), Condition(threads=2, avx2=False)):
        with section.recording_failures(str(condition)):
            measure_condition(section, condition, rounds)


def measure_condition(section: Section, condition: Condition, rounds: int) -> None:
    """Time the default model under one condition."""
    with neighbour(condition.busy):
        measured = time_stages(condition, rounds)
    section.times[str(condition)] = {NAMED: measured["named"], DONE: measured["done"]}
    if condition == HEADLINE:
        section.values |= {name: measured[name] for name in ("timings", "passes", "bytes")}
        section.values["photo bytes"] = inputs.PHOTO.stat().st_size


def measure_vgg(section: Section, rounds: int) -> None:
    """Time VGG-Face with random weights, full checks and one thread."""
    conditions = [VGG_CONDITION, VGG_BFLOAT16_CONDITION] if has_bfloat16() else [VGG_CONDITION]
    for condition in conditions:
        with section.recording_failures(str(condition)):
            measured = time_stages(condition, rounds)
            section.times[str(condition)] = {NAMED: measured["named"], DONE: measured["done"]}
            if condition == VGG_CONDITION:
                section.values |= {name: measured[name] for name in ("timings", "passes")}


def time_stages(condition: Condition, rounds: int) -> dict[str, Any]:
    """`explaining.time_stages` in a process under a condition, with full checks."""
    environment = condition.environment | FULL_CHECKS
    return call(explaining.time_stages, environment, photo=str(inputs.PHOTO), rounds=rounds)
