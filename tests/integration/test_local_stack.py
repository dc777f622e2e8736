"""The local stack's real processes."""

from __future__ import annotations

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Event
from typing import Any, Literal

import boto3
import pytest
import requests

from brain.core.settings import REPOSITORY
from infra.local import environment, ports
from infra.local.description import Description
from infra.local.event_source import WAIT_SECONDS
from infra.local.ports import InvalidPort, Ports
from infra.local.processes import Processes, ProcessFailed, Stopped

TEMPLATE = REPOSITORY / "template.yaml"
PATIENCE = 120.0  # seconds, for a machine that is busy with other things
# Somebody's own settings, which must not get in the way and must not be used.
OWN = {
    "AWS_PROFILE": "no-such-profile",
    "AWS_ACCESS_KEY_ID": "real",
    "AWS_ENDPOINT_URL_S3": "http://127.0.0.1:1",
}


def free_ports() -> Ports:
    """Two unused ports."""
    with socket.socket() as first, socket.socket() as other:
        first.bind((environment.HOST, 0))
        other.bind((environment.HOST, 0))
        return Ports(first.getsockname()[1], other.getsockname()[1])


def client(service: Literal["dynamodb", "s3", "sqs"], endpoint: str) -> Any:
    session = boto3.Session("local", "local", region_name=environment.REGION)
    return session.client(service, endpoint_url=endpoint)


@pytest.fixture
def deploy(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Iterator[Callable[[Path], tuple[Description, str]]]:
    """A function that deploys a template to a new storage server and returns its description and endpoint."""
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    with Processes(Event()) as processes:

        def build(template: Path) -> tuple[Description, str]:
            chosen = free_ports()
            common = environment.base({**os.environ, **OWN}, chosen.endpoint)
            processes.start("storage", "infra.local.storage", str(chosen.storage), environment=common)
            processes.wait_until(
                lambda: ports.answers(chosen.storage, "/moto-api/data.json"), "storage", PATIENCE
            )
            output = tmp_path / "stack.json"
            arguments = (str(template), chosen.page_url, str(output))
            processes.start("deploy", "infra.local.deploy", *arguments, environment=common)
            processes.finish("deploy", PATIENCE)
            return Description.read(output), chosen.endpoint

        yield build


def test_a_dropped_object_is_announced_on_the_queue(
    deploy: Callable[[Path], tuple[Description, str]],
) -> None:
    description, endpoint = deploy(TEMPLATE)
    sqs = client("sqs", endpoint)
    key = "inbox/My Photo +é.jpg"

    client("s3", endpoint).put_object(Bucket="brain-uploads", Key=key, Body=b"photo")

    deadline = time.monotonic() + PATIENCE
    events: list[dict[str, Any]] = []
    while not events and time.monotonic() < deadline:
        answer = sqs.receive_message(QueueUrl=description.event_source.queue_url, WaitTimeSeconds=1)
        bodies = [json.loads(message["Body"]) for message in answer.get("Messages", [])]
        events = [record for body in bodies for record in body.get("Records", [])]
    (record,) = events
    assert record["eventName"] == "ObjectCreated:Put"
    assert record["s3"]["bucket"]["name"] == "brain-uploads"
    assert record["s3"]["object"]["key"] == "inbox%2FMy+Photo+%2B%C3%A9.jpg"


def test_the_local_stack_follows_the_template(
    deploy: Callable[[Path], tuple[Description, str]], tmp_path: Path
) -> None:
    changes = {
        "VisibilityTimeout: 360": "VisibilityTimeout: 540",
        "ExpirationInDays: 1": "ExpirationInDays: 2",
        "AllowedMethods: [POST]": "AllowedMethods: [POST, PUT]",
        "BatchSize: 1": "BatchSize: 3",
        "Timeout: 60": "Timeout: 90",
        "{AttributeName: expires_at, Enabled: true}": "{AttributeName: ends_at, Enabled: true}",
        "    Default: 5\n": "    Default: 4\n",
    }
    text = TEMPLATE.read_text(encoding="utf-8")
    for old, new in changes.items():
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    changed = tmp_path / "changed.yaml"
    changed.write_text(text, encoding="utf-8")

    description, endpoint = deploy(changed)

    s3, sqs, dynamodb = (client(service, endpoint) for service in ("s3", "sqs", "dynamodb"))
    queue = sqs.get_queue_attributes(QueueUrl=description.event_source.queue_url, AttributeNames=["All"])[
        "Attributes"
    ]
    assert (queue["VisibilityTimeout"], json.loads(queue["RedrivePolicy"])["maxReceiveCount"]) == ("540", 4)
    (cors,) = s3.get_bucket_cors(Bucket="brain-uploads")["CORSRules"]
    assert cors["AllowedMethods"] == ["POST", "PUT"]
    rules = s3.get_bucket_lifecycle_configuration(Bucket="brain-results")["Rules"]
    assert [each["Filter"]["Prefix"] for each in rules] == ["results/", "comparisons/"]
    (rule,) = s3.get_bucket_lifecycle_configuration(Bucket="brain-uploads")["Rules"]
    assert rule["Expiration"] == {"Days": 2}
    function = description.functions[description.event_source.function]
    table = function.environment["BRAIN_TABLE"]
    ttl = dynamodb.describe_time_to_live(TableName=table)["TimeToLiveDescription"]
    assert (ttl["TimeToLiveStatus"], ttl["AttributeName"]) == ("ENABLED", "ends_at")
    assert (description.event_source.batch_size, function.timeout) == (3, 90)
    assert function.environment["BRAIN_MAX_RECEIVES"] == "4"


def test_unsupported_properties_are_reported(
    deploy: Callable[[Path], tuple[Description, str]], tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    strange = tmp_path / "strange.yaml"
    text = TEMPLATE.read_text(encoding="utf-8")
    strange.write_text(text.replace("ExpirationInDays: 1", "ExpirationDate: 2030-01-01"), encoding="utf-8")

    with pytest.raises(ProcessFailed):
        deploy(strange)

    assert "cannot use" in (message := capfd.readouterr().err)
    assert "ExpirationDate" in message


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
    result = finished(chosen, "inbox/a.jpg", etag)
    assert result["status"] == "done"

    process.send_signal(number)
    rest, _ = process.communicate(timeout=PATIENCE)

    names = [candidate["name"] for candidate in result["candidates"]]
    for secret in (result["id"], "a.jpg", "X-Amz-Signature", *names):
        assert secret not in rest, "logs contain no ids, keys, presigned URLs or names"

    assert process.returncode == 0
    assert "Traceback" not in rest
    assert rest.rstrip().endswith("BRAIN has stopped.")
    assert ports.choose({"PORT": str(chosen.page), "S3_PORT": str(chosen.storage)}) == chosen


def test_others_need_the_token_for_writing_and_reach_the_storage_through_the_page(
    start: Callable[..., subprocess.Popen[str]], astronaut_jpeg: bytes
) -> None:
    chosen = free_ports()
    token = "a-token-of-our-own"
    said = ready(start(chosen, BRAIN_TOKEN=token, BRAIN_WORKERS="1"))
    assert (
        f"WARNING: others on the network can reach page and API at {environment.HOST}:{chosen.page}" in said
    )
    assert f"/?token={token}" in said
    photo: dict[str, Any] = {"content_type": "image/jpeg", "size": len(astronaut_jpeg)}

    refused = requests.post(f"{chosen.page_url}/api/uploads", json=photo, timeout=PATIENCE)
    browser = requests.Session()
    browser.get(f"{chosen.page_url}/?token={token}", timeout=PATIENCE)
    ticket = browser.post(f"{chosen.page_url}/api/uploads", json=photo, timeout=PATIENCE).json()
    form = ticket["upload"]
    assert (refused.status_code, refused.json()["reason"]) == (401, "token-needed")
    assert form["url"] == f"{chosen.page_url}/storage/brain-uploads"

    files = {"file": astronaut_jpeg}
    sent = browser.post(form["url"], data=form["fields"], files=files, timeout=PATIENCE)
    assert sent.status_code == 204
    wait_for(lambda: ask(chosen.page, ticket["result"])[1]["status"] == "done")
    _, result = ask(chosen.page, ticket["result"])
    address = result["artifacts"]["cropped"]
    assert address.startswith(f"{chosen.page_url}/storage/brain-results/results/{ticket['id']}/cropped.jpg?")
    picture = requests.get(address, timeout=PATIENCE)
    assert (picture.status_code, picture.headers["content-type"]) == (200, "image/jpeg")
    assert picture.content.startswith(b"\xff\xd8")
    for path in ("brain-results", "brain-uploads/uploads/" + ticket["id"], "moto-api/data.json"):
        assert requests.get(f"{chosen.page_url}/storage/{path}", timeout=PATIENCE).status_code == 404


def finished(chosen: Ports, key: str, etag: str) -> dict[str, Any]:
    """Wait for the terminal result of a dropped photo."""
    from brain.cloud.uploads import id_of_object

    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        status, result = ask(chosen.page, f"/api/results/{id_of_object('brain-uploads', key, etag)}")
        if status == 200 and result["status"] in ("done", "failed"):
            return dict(result)
        time.sleep(0.1)
    raise AssertionError("no result in time")


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
    time.sleep(WAIT_SECONDS + 1)  # until the storage server has ended the polls of the killed workers

    s3 = client("s3", chosen.endpoint)
    etag = s3.put_object(Bucket="brain-uploads", Key="inbox/a.jpg", Body=astronaut_jpeg)["ETag"]
    assert finished(chosen, "inbox/a.jpg", etag)["status"] == "done"


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


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"PORT": "web"}, "PORT is 'web'"),
        ({"S3_PORT": "70000"}, "S3_PORT is '70000'"),
        ({"PORT": "0"}, "PORT is '0'"),
        ({"PORT": "4321", "S3_PORT": "4321"}, "both 4321"),
    ],
)
def test_invalid_ports_are_reported(values: dict[str, str], message: str) -> None:
    with pytest.raises(InvalidPort, match=message):
        ports.choose(values)


def test_waiting_ends_when_the_user_stops_the_stack() -> None:
    stopping = Event()
    stopping.set()

    with Processes(stopping) as processes, pytest.raises(Stopped):
        processes.watch()


def test_waiting_times_out() -> None:
    with Processes(Event()) as processes, pytest.raises(ProcessFailed, match="waiting for rain"):
        processes.wait_until(lambda: False, "rain", 0.01)


def test_a_child_process_ends_with_its_parent(tmp_path: Path) -> None:
    child_id = tmp_path / "child"
    child = (
        "import os, time, pathlib; from infra.local.parent_process import end_with_parent; "
        "end_with_parent(); "
        f"pathlib.Path({str(child_id)!r}).write_text(str(os.getpid())); time.sleep({PATIENCE})"
    )
    starter = (
        "import subprocess, sys, time; "
        f"subprocess.Popen([sys.executable, '-c', {child!r}], stdin=subprocess.PIPE); time.sleep({PATIENCE})"
    )
    with subprocess.Popen([sys.executable, "-c", starter], cwd=REPOSITORY) as process:
        wait_for(lambda: child_id.exists() and bool(child_id.read_text(encoding="utf-8")))
        process.kill()

    wait_for(lambda: not alive(int(child_id.read_text(encoding="utf-8"))))


def wait_for(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def alive(process_id: int) -> bool:
    """Whether the process is running; a zombie is not."""
    state = subprocess.run(
        ["ps", "-o", "stat=", "-p", str(process_id)], capture_output=True, text=True, check=False
    )
    return bool(state.stdout.strip()) and not state.stdout.startswith("Z")
