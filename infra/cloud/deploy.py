"""`make deploy`: build and deploy the stack, and upload the page."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from boto3 import Session
from botocore.exceptions import BotoCoreError, ClientError

from infra.cloud import site
from infra.cloud.configuration import Configuration, stack_outputs
from infra.local.environment import REPOSITORY
from infra.local.template import read_template

CONFIGURATION = REPOSITORY / "samconfig.toml"
# Parameters that the build depends on. `sam deploy` does not notice if the build used other values.
BUILD_PARAMETERS = ("Model", "PythonRuntime", "Architecture")

Run = Callable[[Sequence[str]], None]


class DeploymentFailed(Exception):
    """The stack could not be deployed; the message says why."""


def deploy(sam: str, environ: Mapping[str, str], run: Run, path: Path = CONFIGURATION) -> Configuration:
    """Build and deploy the stack. On the first deployment SAM asks for its name and parameters.

    Args:
        sam: path of the SAM command.
        environ: `BRAIN_MODEL` preselects the model of a first deployment.
        run: runs a command and raises CalledProcessError if it fails.
        path: samconfig.toml.

    Raises:
        DeploymentFailed: no configuration was saved, or the stack's name is not a valid bucket name.
    """
    before = Configuration.read(path)
    built = _with_defaults(before.parameters if before else _overrides_from(environ))
    _build(sam, built, run)
    run([sam, "deploy"] if before else [sam, "deploy", "--guided", *_arguments(_overrides_from(environ))])
    after = Configuration.read(path)
    if after is None:
        raise DeploymentFailed(
            f"nothing was saved in {path.name}; answer yes when SAM asks whether to save the arguments"
        )
    if after.stack != after.stack.lower():
        raise DeploymentFailed(f"buckets are named after the stack, so {after.stack!r} must be lower-case")
    if _with_defaults(after.parameters) != built:
        _build(sam, _with_defaults(after.parameters), run)
        run([sam, "deploy"])
    return after


def publish(session: Session, stack: str, folder: Path) -> str:
    """Upload the page to its bucket, invalidate CloudFront's cache and return the page's URL."""
    outputs = stack_outputs(session, stack)
    site.upload(session.client("s3"), outputs["SiteBucketName"], folder)
    site.invalidate(session.client("cloudfront"), outputs["DistributionId"])
    return outputs["SiteUrl"]


def main() -> int:
    """Deploy and publish. Returns the exit code: 0, or 1 after printing a message."""
    parser = argparse.ArgumentParser(prog="python -m infra.cloud.deploy", description=__doc__)
    parser.add_argument("--sam", default="sam", help="path of the SAM command")
    try:
        configuration = deploy(parser.parse_args().sam, os.environ, run_here)
        url = publish(configuration.session(), configuration.stack, REPOSITORY / "static_site")
        print(f"BRAIN is ready: {url}")
    except subprocess.CalledProcessError as error:
        print(f"{error.cmd[1]} failed; see SAM's message above.", file=sys.stderr)
        return 1
    except (DeploymentFailed, BotoCoreError, ClientError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def run_here(command: Sequence[str]) -> None:
    """Run a command in the repository with the user's terminal."""
    subprocess.run(command, cwd=REPOSITORY, check=True)


def _overrides_from(environ: Mapping[str, str]) -> dict[str, str]:
    return {"Model": environ["BRAIN_MODEL"]} if environ.get("BRAIN_MODEL") else {}


def _with_defaults(parameters: Mapping[str, str]) -> dict[str, str]:
    """The build parameters, completed with the template's defaults."""
    declared = read_template(REPOSITORY / "template.yaml")["Parameters"]
    return {name: parameters.get(name, str(declared[name]["Default"])) for name in BUILD_PARAMETERS}


def _build(sam: str, parameters: Mapping[str, str], run: Run) -> None:
    run([sam, "build", *_arguments(parameters)])


def _arguments(parameters: Mapping[str, str]) -> list[str]:
    pairs = [f"{name}={value}" for name, value in parameters.items()]
    return ["--parameter-overrides", *pairs] if pairs else []


if __name__ == "__main__":
    sys.exit(main())
