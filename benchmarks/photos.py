"""A photo of 12 megapixels to all artifacts and result.json, against deepface's embedding of it."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path

from benchmarks import materials, peers
from benchmarks.findings import Findings
from benchmarks.timing import interleave
from brain.commands.cli import write
from brain.core.clock import now
from brain.core.results import Source
from brain.core.settings import Settings
from brain.pipeline.explainer import Explainer
from brain.recognition.hardware import has_bfloat16

SECTION = "photo"
PEER = "deepface, an embedding, nothing explained"
PIPELINE = "BRAIN, everything, VGG-16/2622, {}, checks {}"
CHECKS = {"off": "off", "by default": ""}  # as it is called, and as BRAIN_CHECK has it


def measure(findings: Findings, rounds: int) -> None:
    """Time both from the same file on, with everything loaded, and add the goals."""
    contenders: dict[str, Callable[[], object]] = {}
    with tempfile.TemporaryDirectory() as folder:
        for dtype in dtypes():
            for checks in CHECKS:
                explainer = load(dtype, checks)
                contenders[PIPELINE.format(dtype, checks)] = pipeline(explainer, Path(folder))
        with findings.excusing("deepface"):
            run = peers.represent(materials.PHOTO)
            run()
            contenders[PEER] = run
        findings.times[SECTION] = interleave(contenders, rounds)
        findings.facts["bytes of the photo"] = materials.PHOTO.stat().st_size
        findings.facts["bytes of a result"] = sum(one.stat().st_size for one in Path(folder).iterdir())
        for dtype in dtypes():
            findings.facts[f"stages, VGG-16/2622, {dtype}"] = stages(load(dtype, "off"))
        findings.facts["stages, brain-mini, float32"] = stages(
            Explainer.load(Settings.from_environment({"BRAIN_CHECK": "off"}))
        )
    for dtype in ("float32", "bfloat16"):
        findings.compare(
            SECTION,
            PEER,
            PIPELINE.format(dtype, "off"),
            f"12-megapixel JPEG: deepface's represent against BRAIN with VGG-16/2622, {dtype}",
            at_least=5.0,
        )


def dtypes() -> list[str]:
    """The number formats worth computing in on this processor."""
    return ["float32", "bfloat16"] if has_bfloat16() else ["float32"]


def environment(dtype: str, checks: str) -> dict[str, str]:
    """The variables that make BRAIN use VGG-16 from the folder of materials; `checks` is one of `CHECKS`."""
    model = materials.VGG_FLOAT32 if dtype == "float32" else materials.VGG_BFLOAT16
    return {
        "BRAIN_MODELS": str(materials.MODELS),
        "BRAIN_MODEL": model,
        "BRAIN_DTYPE": dtype,
        "BRAIN_CHECK": CHECKS[checks],
    }


def load(dtype: str, checks: str) -> Explainer:
    return Explainer.load(Settings.from_environment(environment(dtype, checks)))


def pipeline(explainer: Explainer, folder: Path) -> Callable[[], dict[str, float]]:
    """From the file on disk to the files on disk; gives the seconds by stage."""

    def run() -> dict[str, float]:
        explained = explainer.explain(
            materials.PHOTO.read_bytes(), upload_id="0" * 32, created_at=now(), source=Source()
        )
        write(explained, folder)
        return explained.result.timings

    return run


def stages(explainer: Explainer, rounds: int = 5) -> dict[str, float]:
    """The median seconds of each stage of a warm explanation."""
    with tempfile.TemporaryDirectory() as folder:
        run = pipeline(explainer, Path(folder))
        run()
        runs = [run() for _ in range(rounds)]
    return {stage: sorted(one[stage] for one in runs)[rounds // 2] for stage in runs[0]}
