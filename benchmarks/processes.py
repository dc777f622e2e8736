"""Fresh processes: from start to the first result, and the peak of memory."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping
from functools import partial
from itertools import product
from pathlib import Path

from benchmarks import materials
from benchmarks.findings import Findings, Goal
from benchmarks.photos import CHECKS, dtypes, environment
from benchmarks.timing import interleave
from brain.core.settings import REPOSITORY
from brain.recognition.hardware import MB_PER_PROCESSOR, has_bfloat16

START = "start"
API = "api"
GIGABYTE = 1e9
PLAIN = ["-c", "import torch, cv2"]
PLAIN_API = ["-c", "import fastapi, boto3, aws_lambda_powertools"]
API_EVENT = "api_find_identities"


def run(
    arguments: list[str], variables: Mapping[str, str] | None = None, processors: int | None = None
) -> str:
    """Run this Python afresh and give what it prints.

    Args:
        variables: added to a bare environment.
        processors: bind it to so many.

    Raises:
        subprocess.CalledProcessError: it failed; carries its output.
    """
    bare = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    paths = {"PYTHONPATH": f"{REPOSITORY / 'layers/brain/python'}:{REPOSITORY}"}
    bound = (
        (lambda: os.sched_setaffinity(0, list(os.sched_getaffinity(0))[:processors])) if processors else None
    )
    done = subprocess.run(
        [sys.executable, *arguments],
        env={**bare, **paths, **(variables or {})},
        capture_output=True,
        text=True,
        check=True,
        preexec_fn=bound,
    )
    return done.stdout


def measure_start(findings: Findings, rounds: int) -> None:
    """brain-mini from the start of Python to all files written, against importing torch and OpenCV."""
    small = materials.PLACE / "photo-small.jpg"
    small.write_bytes(materials.as_jpeg(materials.astronaut()))
    with tempfile.TemporaryDirectory() as folder:
        explain = ["-m", "brain", "explain", str(small), "--out", folder]
        contenders: dict[str, Callable[[], object]] = {"import torch, cv2": partial(run, PLAIN)}
        for checks in ("off", "full"):
            contenders[f"brain explain, checks {checks}"] = partial(run, explain, {"BRAIN_CHECK": checks})
        findings.times[START] = interleave(contenders, rounds)
    for checks, bound in (("off", 1.3), ("full", 1.7)):
        findings.compare(
            START,
            f"brain explain, checks {checks}",
            "import torch, cv2",
            f"Process start to first result, brain-mini, checks {checks}, against `import torch, cv2`",
            at_most=bound,
        )


def measure_memory(findings: Findings) -> None:
    """The peak of a process that explains the 12-megapixel photo twice."""
    configurations = [("VGG-16/2622, float32", environment("float32", "off"), 1.1)]
    if has_bfloat16():
        configurations.append(("VGG-16/2622, bfloat16", environment("bfloat16", "off"), 0.8))
    configurations.append(("brain-mini", {"BRAIN_CHECK": "off"}, 0.45))
    for name, variables, bound in configurations:
        took = child(variables)
        findings.goals.append(Goal(f"Peak memory, {name}", bound, False, "GB", took["peak"] / GIGABYTE))


def child(variables: Mapping[str, str], processors: int | None = None) -> dict[str, float]:
    """What one fresh process took; see `benchmarks.child`."""
    values: dict[str, float] = json.loads(
        run(["-m", "benchmarks.child", str(materials.PHOTO)], variables, processors)
    )
    return values


def measure_functions(findings: Findings, rounds: int) -> None:
    """What the cost of a function follows from: seconds cold and warm on one and on two whole processors."""
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
            took = [child({**variables, **memory}, processors) for _ in range(rounds)]
            best = {name: min(one[name] for one in took) for name in took[0]}
            findings.facts[f"function: {model}, {processors}"] = best


def measure_handler(findings: Findings, rounds: int) -> None:
    """S3, table and encoding around the pipeline, in a process of its own, because handlers log to stdout."""
    for dtype, checks in product(dtypes(), CHECKS):
        out = materials.PLACE / "handler.json"
        run(["-m", "benchmarks.handler", str(out), str(rounds)], environment(dtype, checks))
        seconds = json.loads(out.read_text(encoding="utf-8"))
        pairs = list(zip(seconds["whole"], seconds["pipeline"], strict=True))
        seconds["around"] = [whole - pipeline for whole, pipeline in pairs]
        section = f"handler, {dtype}, checks {checks}"
        findings.times[section] = seconds
        findings.compare(
            section,
            "around",
            "pipeline",
            f"Handler around the pipeline (S3, table, encoding), VGG-16/2622, {dtype}, checks {checks}",
            at_most=0.15,
        )


def measure_api(findings: Findings, rounds: int) -> None:
    """The API function from the start of Python to its first answer, against importing what it uses."""
    variables = {
        "AWS_DEFAULT_REGION": "eu-central-1",
        "AWS_ACCESS_KEY_ID": "none",
        "AWS_SECRET_ACCESS_KEY": "none",
    }
    answer = ["-m", "benchmarks.first_answer", API_EVENT]
    findings.times[API] = interleave(
        {
            "import fastapi, boto3, aws_lambda_powertools": lambda: run(PLAIN_API, variables),
            "first answer": lambda: run(answer, variables),
        },
        rounds,
    )
    findings.compare(
        API,
        "first answer",
        "import fastapi, boto3, aws_lambda_powertools",
        "API function: process start to first answer, against importing FastAPI, boto3 and Powertools",
        at_most=1.1,
    )


def measure_package(findings: Findings) -> None:
    """The API function's package as it is unzipped on Lambda, where boto3 is there already."""
    packages = materials.PLACE / "api-package"
    if not packages.is_dir():
        run(
            [
                "-m",
                "pip",
                "install",
                "--quiet",
                "--disable-pip-version-check",
                "--target",
                str(packages),
                "--constraint",
                str(REPOSITORY / "constraints.txt"),
                "--requirement",
                str(REPOSITORY / "functions/api/requirements.txt"),
            ]
        )
    own = [
        REPOSITORY / "functions/api",
        REPOSITORY / "layers/brain/python/brain",
        *(REPOSITORY / "models").glob("*/names.txt"),
    ]
    size = sum(size_of(place) for place in (packages, *own))
    findings.goals.append(Goal("API function: unzipped package without boto3", 40, False, "MB", size / 1e6))


def size_of(place: Path) -> int:
    """Bytes of a file, or of all files below a folder but for bytecode, which pip wrote for this machine."""
    files = [place] if place.is_file() else [one for one in place.rglob("*") if one.is_file()]
    return sum(one.stat().st_size for one in files if one.suffix != ".pyc")
