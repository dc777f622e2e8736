"""`make audit`: look up known vulnerabilities of the functions' packages with pip-audit."""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

FILES = (
    Path("functions/api/requirements.txt"),
    Path("functions/explain/requirements.txt"),
    Path("functions/explain/torch.txt"),
)
SERVICES = {"pypi": "PyPI", "osv": "OSV"}
SECONDS = 300
UNANSWERED = """
{file} was not audited: no service could look up its packages.
{answers}
Run `make audit` where {names} can be reached by HTTPS. If there is a proxy, set HTTPS_PROXY."""

Run = Callable[[Sequence[str]], tuple[str, str]]


class Unanswered(Exception):
    """A vulnerability service could not look up every package; the message says why."""


@dataclass(frozen=True)
class Vulnerability:
    """A known vulnerability of a package."""

    package: str
    version: str
    id: str
    fixed_in: Sequence[str]

    def __str__(self) -> str:
        fixed = ", ".join(self.fixed_in) or "no version yet"
        return f"{self.package} {self.version}: {self.id}, fixed in {fixed}"


def main() -> int:
    """Audit all files. Returns 0, 1 if there are vulnerabilities, or 2 if nothing could be looked up."""
    parser = argparse.ArgumentParser(prog="python -m infra.audit", description=__doc__)
    parser.add_argument("--pip-audit", required=True, help="pip-audit's command")
    command = parser.parse_args().pip_audit
    found: list[Vulnerability] = []
    for file in FILES:
        try:
            vulnerabilities = audit(file, lambda options: _run([command, *options]))
        except Unanswered as error:
            print(error, file=sys.stderr)
            return 2
        print(f"{file}: {len(vulnerabilities)} known vulnerabilities")
        found += vulnerabilities
    print(*found, sep="\n", end="\n" if found else "")
    return 1 if found else 0


def audit(file: Path, run: Run) -> list[Vulnerability]:
    """The known vulnerabilities of the packages in a file.

    Args:
        file: locked requirements.
        run: runs pip-audit with some options and returns its stdout and stderr.

    Raises:
        Unanswered: none of the services could look up every package.
    """
    answers = []
    for service in SERVICES:
        options = (
            "--disable-pip",  # the files are already locked, so dependencies need not be resolved
            "--require-hashes",
            "--requirement",
            str(file),
            "--vulnerability-service",
            service,
        )
        try:
            return _vulnerabilities(*run([*options, "--format", "json", "--progress-spinner", "off"]))
        except Unanswered as error:
            answers.append(f"  {service}: {error}")
    names = " or ".join(SERVICES.values())
    raise Unanswered(UNANSWERED.format(file=file, answers="\n".join(answers), names=names).strip())


def _vulnerabilities(output: str, errors: str) -> list[Vulnerability]:
    """Read pip-audit's report. A skipped package counts as no answer."""
    try:
        packages = json.loads(output)["dependencies"]
    except ValueError:
        raise Unanswered(_last_line(errors)) from None
    skipped = [package["skip_reason"] for package in packages if "skip_reason" in package]
    if skipped or not packages:
        raise Unanswered(skipped[0] if skipped else "found no packages")
    return [
        Vulnerability(package["name"], package["version"], found["id"], found["fix_versions"])
        for package in packages
        for found in package["vulns"]
    ]


def _run(command: Sequence[str]) -> tuple[str, str]:
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=SECONDS)
    except subprocess.TimeoutExpired:
        return "", f"did not answer within {SECONDS} seconds"
    return done.stdout, done.stderr


def _last_line(text: str) -> str:
    lines: Iterable[str] = (line.strip() for line in text.splitlines())
    return next((line for line in reversed([*lines]) if line), "gave no answer")


if __name__ == "__main__":
    sys.exit(main())
