"""The page in a real browser: from the end of the upload to the name, and to the whole explanation.

Counts how often the page asks for the result meanwhile, which has its price on AWS (`benchmarks.cost`).
"""

from __future__ import annotations

import shutil
import time
from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING

from benchmarks import inputs
from benchmarks.measurements import Section
from benchmarks.stack import VARIABLES, running_stack

if TYPE_CHECKING:
    from playwright.sync_api import Page, Request

GROUP = "Chromium, 12-megapixel photo"
NAMED = "end of the upload to the name"
DONE = "end of the upload to everything"
POLLS = "requests for the result"
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
ARGUMENTS = ["--no-sandbox", "--disable-gpu"]


@dataclass(frozen=True)
class Wait:
    """How long the visitor waited after the upload, in seconds, and how often the page asked."""

    named: float
    done: float
    polls: int


def measure(section: Section, rounds: int) -> None:
    """Explain the photo on the page again and again; the first time warms up."""
    from playwright.sync_api import sync_playwright

    executable = next(filter(None, map(shutil.which, BROWSERS)), None)
    with running_stack(VARIABLES) as stack, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=ARGUMENTS)
        waits = [wait_for_result(browser.new_page(), stack.page) for _ in range(rounds + 1)][1:]
        browser.close()
    section.times[GROUP] = {NAMED: [wait.named for wait in waits], DONE: [wait.done for wait in waits]}
    section.values[POLLS] = median(wait.polls for wait in waits)


def wait_for_result(page: Page, address: str) -> Wait:
    """Have the photo explained, and wait until the page shows the name and then everything."""
    polls: list[Request] = []
    page.on("request", lambda request: polls.append(request) if "/api/results/" in request.url else None)
    page.goto(address)
    with page.expect_event(
        "requestfinished", lambda request: is_upload(request.method, request.url, address)
    ):
        page.set_input_files("#file", inputs.PHOTO)
    start = time.perf_counter()
    page.locator("#result").wait_for()
    named = time.perf_counter() - start
    page.locator("#result:not(.pending)").wait_for()
    done = time.perf_counter() - start
    page.close()
    return Wait(named, done, len(polls))


def is_upload(method: str, url: str, address: str) -> bool:
    """Whether a request sends the photo to the storage; everything else goes to the page's own address."""
    return method == "POST" and not url.startswith(address)
