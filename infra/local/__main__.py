"""`python -m infra.local`: the whole stack on this machine, until Ctrl-C."""

from __future__ import annotations

import argparse
import os
import signal
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from threading import Event

from infra.local import environment, ports
from infra.local.children import ChildFailed, Children, Stopped
from infra.local.description import Description
from infra.local.ports import BadPort, Ports

START_SECONDS = 120.0  # mostly for machines that are busy with other things
STORAGE_HEALTH = "/moto-api/data.json"
LOAD_SECONDS = 180.0  # a large network from a slow disk

SUMMARY = """
BRAIN is ready: {page}

  Page         {page}
  API          {page}/api (try {page}/api/health)
  S3 endpoint  {endpoint}
  Buckets      {uploads} (drop photos here), {results}

Drop a photo without the page:
  AWS_ACCESS_KEY_ID=local AWS_SECRET_ACCESS_KEY=local AWS_DEFAULT_REGION={region} \\
    aws --endpoint-url {endpoint} s3 cp photo.jpg s3://{uploads}/inbox/photo.jpg

Everything is kept in memory only: photos and results are forgotten when the stack stops.
Press Ctrl-C to stop.
"""


def main() -> int:
    """Run the stack; 0 when asked to stop, 1 when a part of it failed, 2 when a port cannot be used."""
    parser = argparse.ArgumentParser(prog="python -m infra.local", description="Run BRAIN on this machine.")
    default = environment.REPOSITORY / "template.yaml"
    parser.add_argument(
        "--template", type=Path, default=default, help="the SAM template to build the stack from"
    )
    template = parser.parse_args().template
    if not template.is_file():
        parser.error(f"there is no template {template}")
    try:
        chosen = ports.choose(os.environ)
    except BadPort as error:
        print(error, file=sys.stderr)
        return 2
    return _run(template, chosen, environment.base(os.environ, chosen.endpoint), _signals())


def _signals() -> Event:
    stopping = Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopping.set())
    return stopping


def _run(template: Path, chosen: Ports, common: Mapping[str, str], stopping: Event) -> int:
    with tempfile.TemporaryDirectory(prefix="brain-") as folder:
        try:
            with Children(stopping) as children:
                description = _start(children, template, chosen, common, Path(folder))
                _say(_summary(chosen, description))
                children.watch()
        except Stopped:
            _say("BRAIN has stopped.")
            return 0
        except ChildFailed as error:
            print(f"BRAIN has stopped: {error}.", file=sys.stderr)
            return 1
    raise AssertionError("watching ends by an exception only")


def _start(
    children: Children, template: Path, chosen: Ports, common: Mapping[str, str], folder: Path
) -> Description:
    _say("Starting S3, SQS and DynamoDB ...")
    children.start("the storage", "infra.local.storage", str(chosen.storage), environment=common)
    children.wait_until(lambda: ports.answers(chosen.storage, STORAGE_HEALTH), "the storage", START_SECONDS)

    _say(f"Building the stack from {template.name} ...")
    stack_file = folder / "stack.json"
    arguments = (str(template), chosen.page_url, str(stack_file))
    children.start("building the stack", "infra.local.deploy", *arguments, environment=common)
    children.finish("building the stack", START_SECONDS)
    description = Description.read(stack_file)

    explain = environment.of_function(common, description.functions[description.feed.function])
    _say(f"Loading the network {explain['BRAIN_MODEL']} ...")
    ready = folder / "worker.ready"
    children.start("the worker", "infra.local.worker", str(stack_file), str(ready), environment=explain)
    api = environment.of_function(common, description.functions["ApiFunction"])
    children.start("the page", "infra.local.web", str(chosen.page), str(stack_file), environment=api)
    children.wait_until(lambda: ports.answers(chosen.page, "/api/health"), "the page", START_SECONDS)
    children.wait_until(ready.exists, "the network", LOAD_SECONDS)
    return description


def _summary(chosen: Ports, description: Description) -> str:
    return SUMMARY.format(
        page=chosen.page_url,
        endpoint=chosen.endpoint,
        uploads=description.uploads_bucket,
        results=description.results_bucket,
        region=description.region,
    )


def _say(text: str) -> None:
    print(text, flush=True)


if __name__ == "__main__":
    sys.exit(main())
