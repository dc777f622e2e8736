"""The running stack and a real Chromium.

`BRAIN_URL` points the tests at a stack that runs already, such as a deployed one; without it the local
stack is started on free ports.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from queue import Empty, Queue

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests import pictures
from tests.e2e import pages
from tests.e2e.fake_site import FakeApi, serve
from tests.e2e.ports import free_ports

REPOSITORY = Path(__file__).resolve().parents[2]
READY = "BRAIN is ready:"
START_SECONDS = 120
STOP_SECONDS = 20
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
ARGUMENTS = [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def wait_until_ready(process: subprocess.Popen[str]) -> None:
    """Read the stack's output until it says that it is ready; then keep its pipe empty.

    Raises:
        pytest.fail: it ended, or took too long; with what it printed.
    """
    assert process.stdout
    lines: Queue[str | None] = Queue()

    def read(stream: Iterator[str]) -> None:
        for line in stream:
            lines.put(line)
        lines.put(None)

    threading.Thread(target=read, args=(process.stdout,), daemon=True).start()
    said: list[str] = []
    while True:
        try:
            line = lines.get(timeout=START_SECONDS)
        except Empty:
            line = None
        if line is None:
            pytest.fail(f"the local stack did not become ready:\n{''.join(said)}", pytrace=False)
        said.append(line)
        if line.startswith(READY):
            return


@dataclass(frozen=True)
class Stack:
    """Where the local stack answers: the page's address and that of S3, SQS and DynamoDB."""

    page: str
    endpoint: str


@pytest.fixture(scope="session")
def stack() -> Iterator[Stack]:
    """The local stack on free ports; stopped as with Ctrl-C, which has to end it cleanly."""
    port, s3_port = free_ports(2)
    environment = {**os.environ, "PORT": str(port), "S3_PORT": str(s3_port), "PYTHONUNBUFFERED": "1"}
    with subprocess.Popen(
        [sys.executable, "-m", "infra.local"],
        cwd=REPOSITORY,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        try:
            wait_until_ready(process)
            yield Stack(f"http://127.0.0.1:{port}", f"http://127.0.0.1:{s3_port}")
            process.send_signal(signal.SIGINT)
            assert process.wait(STOP_SECONDS) == 0
        finally:
            process.kill()


@pytest.fixture(scope="session")
def site(request: pytest.FixtureRequest) -> str:
    """The address of the page, without a slash at the end."""
    if address := os.environ.get("BRAIN_URL"):
        return address.rstrip("/")
    stack: Stack = request.getfixturevalue("stack")
    return stack.page


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One Chromium a module: Playwright keeps an event loop running, which other tests must not meet."""
    path = next(filter(None, map(shutil.which, BROWSERS)), None)
    if path is None:
        pytest.fail(f"the e2e tests need one of {', '.join(BROWSERS)} on the PATH", pytrace=False)
    expect.set_options(timeout=pages.PATIENCE)
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield chromium
        chromium.close()


@pytest.fixture
def visit(site: str, browser: Browser) -> Iterator[Callable[..., Page]]:
    """Opens the page in a context of its own: `visit("/?id=...", **context_options)`.

    Afterwards no console error, page error or policy violation may have happened, other than those whose
    text holds one of the strings in `visit.expected`.
    """
    contexts = []
    problems: list[str] = []

    def open_page(path: str = "/", **options: object) -> Page:
        context = browser.new_context(base_url=site, **{**pages.DESKTOP, **options})
        contexts.append(context)
        context.set_default_timeout(pages.PATIENCE)
        page = context.new_page()
        page.on("console", lambda message: message.type == "error" and problems.append(message.text))
        page.on("pageerror", lambda error: problems.append(str(error)))
        page.goto(path)
        return page

    open_page.expected = []  # type: ignore[attr-defined]
    yield open_page
    for context in contexts:
        context.close()
    expected = open_page.expected  # type: ignore[attr-defined]
    assert [problem for problem in problems if not any(text in problem for text in expected)] == []
