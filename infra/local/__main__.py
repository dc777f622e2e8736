"""`python -m infra.local`: run the whole stack on this machine until Ctrl-C."""

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
from infra.local.description import Description
from infra.local.ports import InvalidPort, Ports
from infra.local.processes import Processes, ProcessFailed, Stopped

START_SECONDS = 120.0  # generous, for busy machines
STORAGE_HEALTH = "/moto-api/data.json"
LOAD_SECONDS = 180.0  # enough for a large network on a slow disk

SUMMARY = """
BRAIN is ready: {page}

  Page         {page}
  API          {page}/api (try {page}/api/health)
  S3 endpoint  {endpoint}
  Buckets      {uploads} (drop photos here), {results}

Drop a photo without the page:
  AWS_ACCESS_KEY_ID=local AWS_SECRET_ACCESS_KEY=local AWS_DEFAULT_REGION={region} \\
    aws --endpoint-url {endpoint} s3 cp photo.jpg s3://{uploads}/inbox/photo.jpg

Photos and results are kept in memory only and are lost when the stack stops.
Press Ctrl-C to stop.
"""


def main() -> int:
    """Run the stack. Returns 0 when stopped, 1 if a process failed and 2 for an invalid port."""
    parser = argparse.ArgumentParser(prog="python -m infra.local", description="Run BRAIN on this machine.")
    default = environment.REPOSITORY / "template.yaml"
    parser.add_argument("--template", type=Path, default=default, help="SAM template of the stack")
    template = parser.parse_args().template
    if not template.is_file():
        parser.error(f"there is no template at {template}")
    try:
        chosen = ports.choose(os.environ)
    except InvalidPort as error:
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
            with Processes(stopping) as processes:
                description = _start(processes, template, chosen, common, Path(folder))
                _say(_summary(chosen, description))
                processes.watch()
        except Stopped:
            _say("BRAIN has stopped.")
            return 0
        except ProcessFailed as error:
            print(f"BRAIN has stopped: {error}.", file=sys.stderr)
            return 1
    raise AssertionError("watch() only returns by raising")


def _start(
    processes: Processes, template: Path, chosen: Ports, common: Mapping[str, str], folder: Path
) -> Description:
    _say("Starting S3, SQS and DynamoDB ...")
    processes.start("the storage", "infra.local.storage", str(chosen.storage), environment=common)
    processes.wait_until(lambda: ports.answers(chosen.storage, STORAGE_HEALTH), "the storage", START_SECONDS)

    _say(f"Building the stack from {template.name} ...")
    stack_file = folder / "stack.json"
    arguments = (str(template), chosen.page_url, str(stack_file))
    processes.start("building the stack", "infra.local.deploy", *arguments, environment=common)
    processes.finish("building the stack", START_SECONDS)
    description = Description.read(stack_file)

    explain = environment.of_function(common, description.functions[description.event_source.function])
    _say(f"Loading the network {explain['BRAIN_MODEL']} ...")
    ready = folder / "worker.ready"
    processes.start("the worker", "infra.local.worker", str(stack_file), str(ready), environment=explain)
    api = environment.of_function(common, description.functions["ApiFunction"])
    processes.start("the page", "infra.local.web", str(chosen.page), str(stack_file), environment=api)
    processes.wait_until(lambda: ports.answers(chosen.page, "/api/health"), "the page", START_SECONDS)
    processes.wait_until(ready.exists, "the network", LOAD_SECONDS)
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
