"""Schemathesis finds no difference between the API and its OpenAPI document."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from threading import Thread
from time import sleep

import pytest
import uvicorn
from starlette.types import ASGIApp

from brain.cloud.repository import AwsResultRepository
from brain.core.settings import REPOSITORY
from functions.api.app import create_app
from tests.integration.conftest import Cloud

SCHEMATHESIS = REPOSITORY / ".tools" / "schemathesis" / "bin" / "st"
SEED = "1"
# A photo that is too large is rejected with 413, which Schemathesis does not expect by default.
CONFIGURATION = """
[checks]
negative_data_rejection.expected-statuses = [404, 405, 413, 415, 422]
"""


@contextmanager
def served(app: ASGIApp) -> Iterator[str]:
    """Serve an application in a thread; yields its URL."""
    config = uvicorn.Config(app, host="127.0.0.1", port=0, log_level="critical", lifespan="off")
    server = uvicorn.Server(config)
    thread = Thread(target=server.run)
    thread.start()
    while not server.started:
        sleep(0.01)
    host, port = server.servers[0].sockets[0].getsockname()
    yield f"http://{host}:{port}"
    server.should_exit = True
    thread.join()


@pytest.mark.skipif(not SCHEMATHESIS.exists(), reason="`make setup` installs Schemathesis")
def test_the_api_conforms_to_its_openapi_document(
    cloud: Cloud, repository: AwsResultRepository, tmp_path: Path
) -> None:
    names = tmp_path / "tiny" / "names.txt"
    names.parent.mkdir()
    names.write_text("Bill Clinton\nJosé Aznar\n", encoding="utf-8")
    (tmp_path / "schemathesis.toml").write_text(CONFIGURATION, encoding="utf-8")
    settings = replace(cloud.settings, models_dir=tmp_path, model="tiny")

    with served(create_app(settings, repository)) as url:
        command = [str(SCHEMATHESIS), "run", f"{url}/api/openapi.json", "--checks", "all", "--no-color"]
        command += ["--seed", SEED, "--max-examples", "50", "--continue-on-failure"]
        command += ["--request-timeout", "120", "--suppress-health-check", "too_slow"]
        run = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)

    assert run.returncode == 0, run.stdout + run.stderr
