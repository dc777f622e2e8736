"""The local stack's real processes."""

from __future__ import annotations

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import requests

from brain.cloud.uploads import id_of_object
from brain.core.settings import REPOSITORY
from infra.local import environment, ports
from infra.local.ports import Ports
from tests.integration.local_stack import OWN, PATIENCE, client, free_ports, wait_for


@pytest.fixture
def start(models_dir: Path) -> Iterator[Callable[..., subprocess.Popen[str]]]:
    """A function that starts the stack with the tiny model; the stack is ended after the test."""
    started: list[subprocess.Popen[str]] = []

    def run(chosen: Ports, **variables: str) -> subprocess.Popen[str]:
        own = {**os.environ, **OWN, "PORT": str(chosen.page), "S3_PORT": str(chosen.storage)}
        process = subprocess.Popen(
            [sys.executable, "-m", "infra.local"],
            cwd=REPOSITORY,
            env={**own, "BRAIN_MODELS": str(models_dir), "BRAIN_MODEL": "tiny", **variables},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        started.append(process)
        return process

    yield run
    for process in started:
        process.kill()
        process.communicate()


def ready(process: subprocess.Popen[str]) -> str:
    """The stack's output until it is ready."""
    assert process.stdout
    said = ""
    for line in process.stdout:
        said += line
        if "BRAIN is ready" in line:
            return said
    pytest.fail(said)


def ask(port: int, path: str) -> tuple[int, Any]:
    connection = http.client.HTTPConnection(environment.HOST, port, timeout=PATIENCE)
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        return answer.status, json.loads(answer.read())
    finally:
        connection.close()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_the_stack_starts_explains_and_stops(
    start: Callable[..., subprocess.Popen[str]], astronaut_jpeg: bytes, number: signal.Signals
) -> None:
    chosen = free_ports()
    process = start(chosen)
    said = ready(process)

    assert f"BRAIN is ready: {chosen.page_url}\n" in said
    status, health = ask(chosen.page, "/api/health")
    assert (status, health["model"]) == (200, "tiny")
    s3 = client("s3", chosen.endpoint)
    etag = s3.put_object(Bucket="brain-uploads", Key="inbox/a.jpg", Body=astronaut_jpeg)["ETag"]
    wait_for(lambda: is_done(chosen, "inbox/a.jpg", etag))
    result = read(chosen, "inbox/a.jpg", etag)

    process.send_signal(number)
    rest, _ = process.communicate(timeout=PATIENCE)

    check_logs(rest, result, "a.jpg")
    assert process.returncode == 0
    assert "Traceback" not in rest
    assert rest.rstrip().endswith("BRAIN has stopped.")
    assert ports.choose({"PORT": str(chosen.page), "S3_PORT": str(chosen.storage)}) == chosen


def check_logs(logs: str, result: dict[str, Any], *secrets: str) -> None:
    """Logs contain no ids, keys, presigned addresses or names."""
    names = [candidate["name"] for candidate in result["candidates"]]
    assert len(names) == 5
    for secret in (result["id"], "X-Amz-Signature", *names, *secrets):
        assert secret not in logs


def test_others_need_the_token_for_writing_and_reach_the_storage_through_the_page(
    start: Callable[..., subprocess.Popen[str]], astronaut_jpeg: bytes
) -> None:
    chosen = free_ports()
    token = "a-token-of-our-own"
    process = start(chosen, BRAIN_TOKEN=token, BRAIN_WORKERS="1")
    said = ready(process)
    assert (
        f"WARNING: others on the network can reach page and API at {environment.HOST}:{chosen.page}" in said
    )
    assert "/?token=$BRAIN_TOKEN" in said
    assert token not in said
    photo: dict[str, Any] = {"content_type": "image/jpeg", "size": len(astronaut_jpeg)}

    refused = requests.post(f"{chosen.page_url}/api/uploads", json=photo, timeout=PATIENCE)
    browser = requests.Session()
    browser.get(f"{chosen.page_url}/?token={token}", timeout=PATIENCE)
    ticket = browser.post(f"{chosen.page_url}/api/uploads", json=photo, timeout=PATIENCE).json()
    form = ticket["upload"]
    assert (refused.status_code, refused.json()["reason"]) == (401, "token-needed")
    assert form["url"] == f"{chosen.page_url}/api/storage/brain-uploads"

    files = {"file": astronaut_jpeg}
    sent = browser.post(form["url"], data=form["fields"], files=files, timeout=PATIENCE)
    assert sent.status_code == 204
    wait_for(lambda: ask(chosen.page, ticket["result"])[1]["status"] == "done")
    _, result = ask(chosen.page, ticket["result"])
    address = result["artifacts"]["cropped"]
    assert address.startswith(
        f"{chosen.page_url}/api/storage/brain-results/results/{ticket['id']}/cropped.jpg?"
    )
    picture = requests.get(address, timeout=PATIENCE)
    assert (picture.status_code, picture.headers["content-type"]) == (200, "image/jpeg")
    assert picture.content.startswith(b"\xff\xd8")
    for path in ("brain-results", "brain-uploads/uploads/" + ticket["id"], "moto-api/data.json"):
        assert requests.get(f"{chosen.page_url}/api/storage/{path}", timeout=PATIENCE).status_code == 404
    browser.close()

    process.send_signal(signal.SIGTERM)
    logs, _ = process.communicate(timeout=PATIENCE)
    check_logs(logs, result, token)


def read(chosen: Ports, key: str, etag: str) -> dict[str, Any]:
    """What the API says about a dropped photo."""
    return dict(ask(chosen.page, f"/api/results/{id_of_object('brain-uploads', key, etag)}")[1])


def is_done(chosen: Ports, key: str, etag: str) -> bool:
    return bool(read(chosen, key, etag)["status"] == "done")


def test_a_killed_worker_is_started_again(
    start: Callable[..., subprocess.Popen[str]], astronaut_jpeg: bytes
) -> None:
    chosen = free_ports()
    process = start(chosen, BRAIN_WORKERS="2")
    assert "in 2 workers" in ready(process)
    killed = worker_ids(process.pid)
    assert len(killed) == 2

    for worker_id in killed:
        os.kill(worker_id, signal.SIGKILL)
    wait_for(lambda: len(worker_ids(process.pid) - killed) == 2)

    # The poll of a worker that was killed still takes a message: two photos may be lost to those polls.
    s3 = client("s3", chosen.endpoint)
    keys = [f"inbox/{number}.jpg" for number in range(3)]
    etags = [s3.put_object(Bucket="brain-uploads", Key=key, Body=astronaut_jpeg)["ETag"] for key in keys]
    wait_for(lambda: any(map(partial(is_done, chosen), keys, etags)))


def worker_ids(parent: int) -> set[int]:
    """Process ids of the stack's workers."""
    listing = subprocess.run(
        ["ps", "-o", "pid=,args=", "--ppid", str(parent)], capture_output=True, text=True, check=False
    )
    return {int(line.split()[0]) for line in listing.stdout.splitlines() if "infra.local.worker" in line}


def test_a_failing_process_stops_the_stack(start: Callable[..., subprocess.Popen[str]]) -> None:
    process = start(free_ports(), BRAIN_MODEL="no-such-model", BRAIN_WORKERS="1")

    said, _ = process.communicate(timeout=PATIENCE)

    assert process.returncode == 1
    assert "no-such-model" in said
    assert "worker 1 exited with code" in said


@pytest.mark.parametrize("variable", ["PORT", "S3_PORT"])
def test_an_occupied_port_is_reported(start: Callable[..., subprocess.Popen[str]], variable: str) -> None:
    with socket.socket() as holder:
        holder.bind((environment.HOST, 0))
        holder.listen()
        port = str(holder.getsockname()[1])

        said, _ = (process := start(free_ports(), **{variable: port})).communicate(timeout=PATIENCE)

    assert process.returncode == 2
    assert f"Port {port} cannot be used" in said
    assert f"{variable}=" in said
    assert "Starting" not in said
