"""The API function: time to its first answer, and the size of its package."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from benchmarks import inputs
from benchmarks.child import run
from benchmarks.measurements import Section
from benchmarks.timing import interleave
from brain.core.settings import REPOSITORY

GROUP = "process start"
IMPORTS = "import fastapi, boto3, aws_lambda_powertools"
FIRST_ANSWER = "first answer"
PACKAGE_MEGABYTES = "unzipped package without boto3, MB"
EVENT = "api_find_identities"
ENVIRONMENT = {
    "AWS_DEFAULT_REGION": "eu-central-1",
    "AWS_ACCESS_KEY_ID": "none",
    "AWS_SECRET_ACCESS_KEY": "none",
    "BRAIN_PEOPLE_SOURCE": "embedded",  # a stack's own people are in its bucket, which does not exist here
}


def measure(section: Section, rounds: int) -> None:
    """Time the function from the start of Python to its first answer, and its imports alone."""
    contenders = {
        IMPORTS: partial(run, ["-c", IMPORTS], ENVIRONMENT),
        FIRST_ANSWER: partial(run, ["-m", "benchmarks.api_process", EVENT], ENVIRONMENT),
    }
    section.times[GROUP] = interleave(contenders, rounds)
    with section.recording_failures("the package's size"):
        section.values[PACKAGE_MEGABYTES] = package_bytes() / 1e6


def package_bytes() -> int:
    """The size of the function's unzipped package without boto3, which Lambda provides."""
    packages = inputs.FOLDER / "api-package"
    if not packages.is_dir():
        pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--target", str(packages)]
        run([*pip, "--requirement", str(REPOSITORY / "functions/api/requirements.txt")])
    contents = [
        packages,
        REPOSITORY / "functions/api",
        REPOSITORY / "layers/brain/python/brain",
        *(REPOSITORY / "models").glob("*/names.txt"),
    ]
    return sum(size_of(path) for path in contents)


def size_of(path: Path) -> int:
    """Bytes of a file, or of all files in a folder except bytecode and weights, as in the layer."""
    files = [path] if path.is_file() else [file for file in path.rglob("*") if file.is_file()]
    return sum(file.stat().st_size for file in files if file.suffix not in (".pyc", ".safetensors"))
