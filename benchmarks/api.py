"""The API function: time to its first answer, and the size of its package."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from benchmarks import inputs
from benchmarks.measurements import Goal, Measurements
from benchmarks.processes import run
from benchmarks.timing import interleave
from brain.core.settings import REPOSITORY

SECTION = "api"
IMPORTS = "import fastapi, boto3, aws_lambda_powertools"
FIRST_ANSWER = "first answer"
EVENT = "api_find_identities"
VARIABLES = {
    "AWS_DEFAULT_REGION": "eu-central-1",
    "AWS_ACCESS_KEY_ID": "none",
    "AWS_SECRET_ACCESS_KEY": "none",
}


def measure_start(measurements: Measurements, rounds: int) -> None:
    """Time the API function from the start of Python to its first answer, against its imports alone."""
    contenders = {
        IMPORTS: partial(run, ["-c", IMPORTS], VARIABLES),
        FIRST_ANSWER: partial(run, ["-m", "benchmarks.api_process", EVENT], VARIABLES),
    }
    measurements.times[SECTION] = interleave(contenders, rounds)
    what = "API function: process start to first answer, against importing FastAPI, boto3 and Powertools"
    goal = Goal(what, 1.1, at_least=False, unit="times")
    measurements.add_ratio(goal, SECTION, FIRST_ANSWER, IMPORTS)


def measure_package(measurements: Measurements) -> None:
    """Measure the API function's unzipped package, without boto3, which Lambda provides."""
    packages = inputs.FOLDER / "api-package"
    if not packages.is_dir():
        pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--target", str(packages)]
        constraint = ["--constraint", str(REPOSITORY / "constraints.txt")]
        requirements = ["--requirement", str(REPOSITORY / "functions/api/requirements.txt")]
        run([*pip, *constraint, *requirements])
    contents = [
        packages,
        REPOSITORY / "functions/api",
        REPOSITORY / "layers/brain/python/brain",
        *(REPOSITORY / "models").glob("*/names.txt"),
    ]
    megabytes = sum(size_of(path) for path in contents) / 1e6
    what = "API function: unzipped package without boto3"
    measurements.goals.append(Goal(what, 40, at_least=False, unit="MB", value=megabytes))


def size_of(path: Path) -> int:
    """Bytes of a file, or of all files in a folder except bytecode."""
    files = [path] if path.is_file() else [file for file in path.rglob("*") if file.is_file()]
    return sum(file.stat().st_size for file in files if file.suffix != ".pyc")
