"""A 12-megapixel photo to result.json and all pictures, against deepface's embedding of the same photo."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path
from statistics import median_low

from benchmarks import inputs, peers
from benchmarks.measurements import Goal, Measurements
from benchmarks.timing import interleave
from brain.core.clock import now
from brain.core.results import PhotoRequest, Source
from brain.core.settings import Settings
from brain.library import Explanation
from brain.pipeline.explainer import Explainer
from brain.recognition.hardware import has_bfloat16

SECTION = "photo"
PEER = "deepface, an embedding, nothing explained"
CONTENDER = "BRAIN, everything, VGG-16/2622, {}, checks {}"
CHECKS = {"off": "off", "by default": ""}  # name -> BRAIN_CHECK


def measure(measurements: Measurements, rounds: int) -> None:
    """Time both with everything loaded, from the file on disk, and add the goals."""
    contenders: dict[str, Callable[[], object]] = {}
    with tempfile.TemporaryDirectory() as folder:
        for dtype in dtypes():
            for checks in CHECKS:
                explainer = load(dtype, checks)
                contenders[CONTENDER.format(dtype, checks)] = explanation(explainer, Path(folder))
        with measurements.recording_failures("deepface"):
            run = peers.represent(inputs.PHOTO)
            run()
            contenders[PEER] = run
        measurements.times[SECTION] = interleave(contenders, rounds)
        measurements.facts["bytes of the photo"] = inputs.PHOTO.stat().st_size
        measurements.facts["bytes of a result"] = sum(path.stat().st_size for path in Path(folder).iterdir())
        for dtype in dtypes():
            measurements.facts[f"stages, VGG-16/2622, {dtype}"] = stages(load(dtype, "off"))
        measurements.facts["stages, brain-mini, float32"] = stages(
            Explainer.load(Settings.from_environment({"BRAIN_CHECK": "off"}))
        )
    for dtype in ("float32", "bfloat16"):
        what = f"12-megapixel JPEG: deepface's represent against BRAIN with VGG-16/2622, {dtype}"
        goal = Goal(what, 5.0, at_least=True, unit="times")
        measurements.add_ratio(goal, SECTION, PEER, CONTENDER.format(dtype, "off"))


def dtypes() -> list[str]:
    """The dtypes worth measuring on this processor."""
    return ["float32", "bfloat16"] if has_bfloat16() else ["float32"]


def environment(dtype: str, checks: str) -> dict[str, str]:
    """The environment variables that select VGG-16 with random weights.

    Args:
        dtype: "float32" or "bfloat16".
        checks: a key of `CHECKS`.
    """
    model = inputs.VGG_FLOAT32 if dtype == "float32" else inputs.VGG_BFLOAT16
    return {
        "BRAIN_MODELS": str(inputs.MODELS),
        "BRAIN_MODEL": model,
        "BRAIN_DTYPE": dtype,
        "BRAIN_CHECK": CHECKS[checks],
    }


def load(dtype: str, checks: str) -> Explainer:
    """An explainer with VGG-16 and random weights; see `environment`."""
    return Explainer.load(Settings.from_environment(environment(dtype, checks)))


def explanation(explainer: Explainer, folder: Path) -> Callable[[], dict[str, float]]:
    """A function that explains the photo on disk, writes all files and returns the seconds by stage."""

    def run() -> dict[str, float]:
        explained = explainer.explain(inputs.PHOTO.read_bytes(), PhotoRequest("0" * 32, now(), Source()))
        Explanation(explained.result, explained.files).save(folder)
        return explained.result.timings

    return run


def stages(explainer: Explainer, rounds: int = 5) -> dict[str, float]:
    """The median seconds of each stage of a warm explanation."""
    with tempfile.TemporaryDirectory() as folder:
        run = explanation(explainer, Path(folder))
        run()
        runs = [run() for _ in range(rounds)]
    return {stage: median_low(timings[stage] for timings in runs) for stage in runs[0]}
