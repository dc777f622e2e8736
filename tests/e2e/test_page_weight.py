"""What a visit transfers, compressed as it is served; photos and the API's answers aside."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Page, Route, expect

from tests.e2e import fake_comparisons, pages
from tests.e2e.conftest import Visit
from tests.e2e.fake_site import CROPPED, FakeApi

BUDGET = 75_000


class Transfers:
    """Counts the bytes of the page's own files from now on.

    Headers are left out: HTTP/2, which visitors get, compresses those that repeat.
    """

    def __init__(self, page: Page) -> None:
        self.urls: dict[str, str] = {}
        self.headers: dict[str, int] = {}
        self.bodies: dict[str, int] = {}
        session = page.context.new_cdp_session(page)
        session.send("Network.enable")
        session.send("Network.setCacheDisabled", {"cacheDisabled": True})
        session.on("Network.requestWillBeSent", self._sent)
        session.on("Network.responseReceived", self._responded)
        session.on("Network.loadingFinished", self._finished)

    def _sent(self, event: dict[str, Any]) -> None:
        self.urls[event["requestId"]] = event["request"]["url"]

    def _responded(self, event: dict[str, Any]) -> None:
        self.headers[event["requestId"]] = event["response"]["encodedDataLength"]

    def _finished(self, event: dict[str, Any]) -> None:
        request = event["requestId"]
        url = self.urls.get(request, "")
        if url.startswith("http") and "/api/" not in url and not url.endswith(".jpg"):
            self.bodies[url] = int(event["encodedDataLength"]) - self.headers.get(request, 0)

    def total(self) -> int:
        """Bytes so far."""
        return sum(self.bodies.values())


def open_everything(page: Page) -> None:
    """Unfold every disclosure and wait for what that loads."""
    for disclosure in page.locator("main summary:visible").all():
        disclosure.click()
    expect(page.locator("main details[open] :is(ul, dl, tbody):empty")).to_have_count(0)


def test_an_explanation_is_light(visit_fake: Visit, astronaut_jpeg: bytes) -> None:
    page = visit_fake("/404.html")
    transfers = Transfers(page)
    page.goto("/")
    pages.choose(page, astronaut_jpeg)
    pages.see_result(page)
    open_everything(page)
    loaded = {url.rpartition("/")[2] for url in transfers.bodies}
    assert {"index.html", ""} & loaded
    assert {"main.js", "result-view.js", "en.js", "result.css"} <= loaded
    assert not {"comparison-view.js", "camera-dialog.js", "share-picture.js", "how.js", "de.js"} & loaded
    assert 40_000 < transfers.total() <= BUDGET, transfers.total()


def test_a_comparison_is_light(visit_fake: Visit, fake_api: FakeApi, astronaut_jpeg: bytes) -> None:
    fake_api.script = lambda upload_id: [(0.0, fake_comparisons.compared(upload_id, CROPPED))]
    page = visit_fake("/404.html")
    transfers = Transfers(page)
    page.goto("/#compare")
    page.set_input_files("#pair-photo", pages.file(astronaut_jpeg))
    page.set_input_files("#pair-other", pages.file(astronaut_jpeg))
    page.locator("#compare").click()
    expect(page.locator("#comparison h1")).to_be_visible()
    open_everything(page)
    assert "comparison-view.js" in {url.rpartition("/")[2] for url in transfers.bodies}
    assert 40_000 < transfers.total() <= BUDGET, transfers.total()


def test_a_linked_result_is_asked_for_before_the_page_is_there_and_only_once(visit_fake: Visit) -> None:
    page = visit_fake("/404.html")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    held: list[Route] = []
    page.route("**/js/main.js", lambda route: held.append(route))
    with page.expect_response("**/api/results/*"):
        page.goto(f"/#{'c' * 32}", wait_until="commit")
    expect(page.locator("#result")).to_be_hidden()
    held[0].continue_()
    pages.see_result(page)
    assert len([url for url in asked if "/api/results/" in url]) == 1
