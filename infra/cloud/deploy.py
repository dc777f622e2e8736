"""`make deploy`: build, deploy, and bring the page to its bucket."""

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
from infra.cloud.configuration import Configuration, outputs
from infra.local.environment import REPOSITORY
from infra.local.template import read_template

CONFIGURATION = REPOSITORY / "samconfig.toml"
# What the build has to know; `sam deploy` alone would not notice that it was built otherwise.
BUILT_IN = ("Model", "PythonRuntime", "Architecture")

Run = Callable[[Sequence[str]], None]


class Undeployed(Exception):
    """The stack could not be brought up; the message says why."""


def deploy(sam: str, environ: Mapping[str, str], run: Run, path: Path = CONFIGURATION) -> Configuration:
    """Build and deploy the stack; the first time, SAM asks for its name and parameters.

    Args:
        sam: SAM's command.
        environ: `BRAIN_MODEL` chooses the model of a first deployment.
        run: runs a command and raises CalledProcessError when it fails.

    Raises:
        Undeployed: no stack was chosen, or its name cannot be that of a bucket.
    """
    before = Configuration.read(path)
    built = _with_defaults(before.parameters if before else _chosen(environ))
    _build(sam, built, run)
    run([sam, "deploy"] if before else [sam, "deploy", "--guided", *_overrides(_chosen(environ))])
    after = Configuration.read(path)
    if after is None:
        raise Undeployed(
            f"nothing was saved in {path.name}; answer yes when SAM offers to save the arguments"
        )
    if after.stack != after.stack.lower():
        raise Undeployed(f"buckets are named after the stack, so {after.stack!r} has to be lower-case")
    if _with_defaults(after.parameters) != built:
        _build(sam, _with_defaults(after.parameters), run)
        run([sam, "deploy"])
    return after


def publish(session: Session, stack: str, folder: Path) -> str:
    """Bring the page to its bucket and give its address."""
    told = outputs(session, stack)
    site.upload(session.client("s3"), told["SiteBucketName"], folder)
    site.invalidate(session.client("cloudfront"), told["DistributionId"])
    return told["SiteUrl"]


def main() -> int:
    """Deploy and publish; 0, or 1 with a message."""
    parser = argparse.ArgumentParser(prog="python -m infra.cloud.deploy", description=__doc__)
    parser.add_argument("--sam", default="sam", help="SAM's command")
    try:
        chosen = deploy(parser.parse_args().sam, os.environ, run_here)
        print(f"BRAIN is ready: {publish(chosen.session(), chosen.stack, REPOSITORY / 'static_site')}")
    except subprocess.CalledProcessError as error:
        print(f"{error.cmd[1]} failed; SAM has said why.", file=sys.stderr)
        return 1
    except (Undeployed, BotoCoreError, ClientError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def run_here(command: Sequence[str]) -> None:
    """Run a command in the repository, in the user's terminal."""
    subprocess.run(command, cwd=REPOSITORY, check=True)


def _chosen(environ: Mapping[str, str]) -> dict[str, str]:
    return {"Model": environ["BRAIN_MODEL"]} if environ.get("BRAIN_MODEL") else {}


def _with_defaults(parameters: Mapping[str, str]) -> dict[str, str]:
    """What the build has to know, with the template's defaults for what is not given."""
    declared = read_template(REPOSITORY / "template.yaml")["Parameters"]
    return {name: parameters.get(name, str(declared[name]["Default"])) for name in BUILT_IN}


def _build(sam: str, parameters: Mapping[str, str], run: Run) -> None:
    run([sam, "build", *_overrides(parameters)])


def _overrides(parameters: Mapping[str, str]) -> list[str]:
    pairs = [f"{name}={value}" for name, value in parameters.items()]
    return ["--parameter-overrides", *pairs] if pairs else []


if __name__ == "__main__":
    sys.exit(main())
