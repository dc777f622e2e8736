"""`python -m infra.local`: run the whole stack on this machine until Ctrl-C."""

from __future__ import annotations

import argparse
import os
import signal
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from threading import Event

from infra.local import environment, host, ports
from infra.local.description import Description
from infra.local.host import Host, InvalidHost
from infra.local.ports import InvalidPort, Ports
from infra.local.processes import Processes, ProcessFailed, Stopped
from infra.local.workers import InvalidWorkers, WorkerPlan, plan_workers, processor_for

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
NETWORK_WARNING = """
WARNING: others on the network can reach page and API at {address}:{port}. Whoever knows the address of a
result can read it. Uploading and deleting need the token in this address; share it only with those who may:

  http://{name}:{port}/?token={token}

The connection is not encrypted. docs/hosting.md shows how to put a reverse proxy with TLS in front.
"""


@dataclass(frozen=True)
class LocalStack:
    """What to run: the template, where it is served, the workers, and the environment of all processes."""

    template: Path
    host: Host
    ports: Ports
    workers: WorkerPlan
    environment: Mapping[str, str]


def main() -> int:
    """Run the stack. Returns 0 when stopped, 1 if a process failed and 2 for an invalid setting."""
    parser = argparse.ArgumentParser(prog="python -m infra.local", description="Run BRAIN on this machine.")
    default = environment.REPOSITORY / "template.yaml"
    parser.add_argument("--template", type=Path, default=default, help="SAM template of the stack")
    template = parser.parse_args().template
    if not template.is_file():
        parser.error(f"there is no template at {template}")
    try:
        served = host.choose(os.environ)
        chosen, plan = ports.choose(os.environ, served.address), plan_workers(os.environ)
    except (InvalidHost, InvalidPort, InvalidWorkers) as error:
        print(error, file=sys.stderr)
        return 2
    common = environment.base(os.environ, chosen.endpoint)
    return _run(LocalStack(template, served, chosen, plan, common), _signals())


def _signals() -> Event:
    stopping = Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopping.set())
    return stopping


def _run(stack: LocalStack, stopping: Event) -> int:
    with tempfile.TemporaryDirectory(prefix="brain-") as folder:
        try:
            with Processes(stopping) as processes:
                description = _start(processes, stack, Path(folder))
                _say(_summary(stack, description))
                processes.watch()
        except Stopped:
            _say("BRAIN has stopped.")
            return 0
        except ProcessFailed as error:
            print(f"BRAIN has stopped: {error}.", file=sys.stderr)
            return 1
    raise AssertionError("watch() only returns by raising")


def _start(processes: Processes, stack: LocalStack, folder: Path) -> Description:
    _say("Starting S3, SQS and DynamoDB ...")
    port, page_url = stack.ports.storage, stack.ports.page_url
    processes.start("the storage", "infra.local.storage", str(port), page_url, environment=stack.environment)
    processes.wait_until(lambda: ports.answers(port, STORAGE_HEALTH), "the storage", START_SECONDS)

    _say(f"Building the stack from {stack.template.name} ...")
    stack_file = folder / "stack.json"
    arguments = (str(stack.template), page_url, str(stack_file))
    processes.start("building the stack", "infra.local.deploy", *arguments, environment=stack.environment)
    processes.finish("building the stack", START_SECONDS)
    description = Description.read(stack_file)

    api = environment.of_function(stack.environment, description.functions["ApiFunction"])
    api |= stack.host.environment()
    processes.start("the page", "infra.local.web", str(stack.ports.page), str(stack_file), environment=api)
    _start_workers(processes, stack, description, stack_file)
    page, address = stack.ports.page, stack.host.address
    processes.wait_until(lambda: ports.answers(page, "/api/health", address), "the page", START_SECONDS)
    return description


def _start_workers(
    processes: Processes, stack: LocalStack, description: Description, stack_file: Path
) -> None:
    function = description.functions[description.event_source.function]
    variables = environment.of_function(stack.environment, function)
    variables |= stack.workers.environment(stack.environment)
    plural = "worker" if stack.workers.count == 1 else "workers"
    _say(f"Loading the network {variables['BRAIN_MODEL']} in {stack.workers.count} {plural} ...")
    names = {
        f"worker {number}": stack_file.with_name(f"worker-{number}.ready")
        for number in range(1, stack.workers.count + 1)
    }
    for number, (name, ready) in enumerate(names.items()):
        arguments = [str(stack_file), str(ready)]
        processor = processor_for(stack.workers, number, stack.environment)
        if processor is not None:
            arguments.append(str(processor))
        processes.start(name, "infra.local.worker", *arguments, environment=variables)
    for name, ready in names.items():
        processes.wait_until(ready.exists, f"the network in {name}", LOAD_SECONDS)
        processes.restart_on_exit(name)


def _summary(stack: LocalStack, description: Description) -> str:
    warning = ""
    if stack.host.token:
        served = {"address": stack.host.address, "name": stack.host.name, "token": stack.host.shown_token}
        warning = NETWORK_WARNING.format(port=stack.ports.page, **served)
    return warning + SUMMARY.format(
        page=stack.ports.page_url,
        endpoint=stack.ports.endpoint,
        uploads=description.uploads_bucket,
        results=description.results_bucket,
        region=description.region,
    )


def _say(text: str) -> None:
    print(text, flush=True)


if __name__ == "__main__":
    sys.exit(main())
