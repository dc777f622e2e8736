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
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from queue import Empty, Queue

import cv2
import numpy as np
import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, expect, sync_playwright

from infra.local import ports
from tests import pictures
from tests.e2e import fake_results, pages
from tests.e2e.fake_site import FakeApi, serve

REPOSITORY = Path(__file__).resolve().parents[2]
READY = "BRAIN is ready:"
START_SECONDS = 120
STOP_SECONDS = 60
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
    port, s3_port = ports.free(2)
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
        chromium = playwright.chromium.launch(executable_path=path, args=ARGUMENTS, timeout=pages.PATIENCE)
        yield chromium
        chromium.close()


class Visit:
    """Opens the page in a context of its own: `visit("/#...", **context_options)`.

    Attributes:
        expected: parts of the console errors that the test provokes.
        problems: console errors, page errors and policy violations so far.
    """

    def __init__(self, browser: Browser, site: str) -> None:
        self.browser = browser
        self.site = site
        self.expected: list[str] = []
        self.problems: list[str] = []
        self.contexts: list[BrowserContext] = []

    def __call__(self, path: str = "/", **options: object) -> Page:
        # Requests that a service worker makes cannot be routed.
        defaults = {**pages.DESKTOP, "service_workers": "block", "locale": "en-GB"}
        context = self.browser.new_context(base_url=self.site, **{**defaults, **options})
        self.contexts.append(context)
        context.set_default_timeout(pages.PATIENCE)
        page = context.new_page()
        page.on("console", self._record)
        page.on("pageerror", lambda error: self.problems.append(str(error)))
        page.goto(path)
        return page

    def _record(self, message: ConsoleMessage) -> None:
        # Files that commands of their own write; the page does without them.
        optional = message.location["url"].endswith(("/samples/index.json", "/figures.json"))
        if message.type == "error" and not optional:
            self.problems.append(message.text)

    def close(self) -> None:
        """Close every context.

        Raises:
            AssertionError: something unexpected stands in the console.
        """
        for context in self.contexts:
            context.close()
        expected = [problem for problem in self.problems if any(text in problem for text in self.expected)]
        assert self.problems == expected


@pytest.fixture
def visit(site: str, browser: Browser) -> Iterator[Visit]:
    """Opens the page of the whole stack."""
    visit = Visit(browser, site)
    yield visit
    visit.close()


@pytest.fixture(scope="session")
def fake_server(astronaut: np.ndarray) -> Iterator[tuple[FakeApi, str]]:
    """The page over a fake API, and its address."""
    side = fake_results.CROP_SIDE
    crop = cv2.warpAffine(astronaut, np.array(fake_results.transform()), (side, side))
    api = FakeApi(crop=pictures.jpeg(crop))
    with serve(api) as address:
        yield api, address


@pytest.fixture
def fake_api(fake_server: tuple[FakeApi, str]) -> FakeApi:
    """The fake API, as if nothing had happened yet."""
    api, _ = fake_server
    api.reset()
    return api


@pytest.fixture
def visit_fake(fake_api: FakeApi, fake_server: tuple[FakeApi, str], browser: Browser) -> Iterator[Visit]:
    """Opens the page over the fake API."""
    visit = Visit(browser, fake_server[1])
    yield visit
    visit.close()
