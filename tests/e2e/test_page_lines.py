"""The page on bad lines and sleepy phones, over a fake API."""

from __future__ import annotations

import re

import numpy as np
import pytest
from playwright.sync_api import CDPSession, Page, expect

from tests import pictures
from tests.e2e import fake_comparisons, fake_results, pages
from tests.e2e.conftest import Visit
from tests.e2e.fake_site import CROPPED, FakeApi

# Chromium's "Slow 3G": 400 kbit/s each way, and 400 ms until an answer begins.
SLOW_3G = {"offline": False, "latency": 400, "downloadThroughput": 50_000, "uploadThroughput": 50_000}
# What the waiting view said meanwhile, however long each of it stood there.
SENT = """() => {
  window.sent = [];
  window.titles = [];
  window.amounts = [];
  const part = (selector) => document.querySelector(`#progress ${selector}`);
  const [bar, title, amount] = [part('progress'), part('h1'), part('.amount')];
  const watch = { attributes: true, childList: true, characterData: true, subtree: true };
  new MutationObserver(() => window.sent.push(bar.value)).observe(bar, watch);
  new MutationObserver(() => window.titles.push(title.textContent)).observe(title, watch);
  new MutationObserver(() => window.amounts.push(amount.textContent)).observe(amount, watch);
}"""


def throttle(page: Page, **slower: int) -> CDPSession:
    """Slow the page's network down."""
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    session.send("Network.emulateNetworkConditions", {**SLOW_3G, **slower})
    return session


def test_slow_3g_shows_how_far_the_upload_is_and_gets_there(visit_fake: Visit, astronaut_jpeg: bytes) -> None:
    page = visit_fake("/404.html", **pages.PHONE)
    # So slow that a busy browser sees several parts of the photo leave.
    throttle(page, uploadThroughput=20_000)
    page.goto("/", timeout=pages.PATIENCE)
    pages.see_page(page)
    page.evaluate(SENT)
    pages.choose(page, astronaut_jpeg)
    pages.see_result(page)
    expect(page.locator("#result-name")).to_have_text("Ada Lovelace")
    assert "Uploading your photo" in page.evaluate("window.titles")
    assert any(" of " in amount for amount in page.evaluate("window.amounts"))
    sent = page.evaluate("window.sent")
    assert sent == sorted(sent)
    assert len({value for value in sent if 0 < value < 1}) >= 2, "more than nothing and everything"


def test_a_line_lost_during_the_upload_is_picked_up_again(visit_fake: Visit, fake_api: FakeApi) -> None:
    noise = pictures.jpeg(np.random.default_rng(0).integers(0, 255, (600, 800, 3), np.uint8))
    visit_fake.expected += ["net::ERR_"]
    page = visit_fake("/", **pages.PHONE)
    session = throttle(page, uploadThroughput=20_000)
    pages.choose(page, noise)
    expect(page.locator("#progress .amount")).to_have_text(re.compile("^[1-9]"))
    session.send("Network.emulateNetworkConditions", {**SLOW_3G, "latency": 0, "offline": True})
    pages.see_error(page, "You are offline")
    expect(page.locator("#failure img")).to_be_visible()
    session.send(
        "Network.emulateNetworkConditions",
        {"offline": False, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1},
    )
    pages.see_result(page)


def test_an_upload_that_the_server_breaks_off_is_sent_again(
    visit_fake: Visit, fake_api: FakeApi, astronaut_jpeg: bytes
) -> None:
    visit_fake.expected += ["net::ERR_"]
    fake_api.broken = 3
    page = visit_fake("/", **pages.PHONE)
    pages.choose(page, astronaut_jpeg)
    expect(page.locator("#toast")).to_have_text("The upload broke off. The photo is being sent again.")
    pages.see_error(page, "The upload broke off")
    expect(page.locator("#failure img")).to_be_visible()
    page.get_by_role("button", name="Try again").click()
    pages.see_result(page)
    assert len(fake_api.photos) == 1
    assert len(fake_api.uploads) == 4


def test_a_phone_that_sleeps_loses_nothing(
    visit_fake: Visit, fake_api: FakeApi, astronaut_jpeg: bytes
) -> None:
    fake_api.script = lambda upload_id: [(0.0, fake_results.without_result(upload_id, "processing"))]
    page = visit_fake("/404.html", **pages.PHONE)
    page.clock.install()
    page.goto("/")
    pages.choose(page, astronaut_jpeg)
    expect(page.locator("#progress h1")).to_have_text("Recognising the face")
    fake_api.script = lambda upload_id: [(0.0, fake_results.done(upload_id, CROPPED))]
    page.clock.fast_forward("30:00")
    pages.see_result(page)
    assert len(fake_api.photos) == 1


def test_a_line_lost_while_waiting_is_picked_up_again(
    visit_fake: Visit, fake_api: FakeApi, astronaut_jpeg: bytes
) -> None:
    visit_fake.expected += ["net::ERR_"]
    fake_api.script = lambda upload_id: [(0.0, fake_results.without_result(upload_id, "processing"))]
    page = visit_fake("/", **pages.PHONE)
    pages.choose(page, astronaut_jpeg)
    expect(page.locator("#progress h1")).to_have_text("Recognising the face")
    page.context.set_offline(True)
    pages.see_error(page, "You are offline")
    fake_api.script = lambda upload_id: [(0.0, fake_results.done(upload_id, CROPPED))]
    page.context.set_offline(False)
    pages.see_result(page)
    assert len(fake_api.photos) == 1


@pytest.mark.parametrize("moment", ["waiting", "named", "done"])
def test_reload_back_and_forward_lose_nothing(
    visit_fake: Visit, fake_api: FakeApi, astronaut_jpeg: bytes, moment: str
) -> None:
    stages = {
        "waiting": fake_results.without_result("", "waiting"),
        "named": fake_results.named("", CROPPED),
        "done": fake_results.done("", CROPPED),
    }
    fake_api.script = lambda upload_id: [(0.0, {**stages[moment], "id": upload_id})]
    page = visit_fake()
    pages.choose(page, astronaut_jpeg)
    expect(page).to_have_url(pages.ID)
    address = page.url
    page.reload()
    page.go_back()
    expect(page.locator("#start")).to_be_visible()
    page.go_forward()
    assert page.url == address
    fake_api.script = lambda upload_id: [(0.0, fake_results.done(upload_id, CROPPED))]
    pages.see_result(page)
    assert len(fake_api.photos) == 1


def test_back_leads_from_a_comparison_to_the_result_it_was_made_with(
    visit_fake: Visit, fake_api: FakeApi, astronaut_jpeg: bytes
) -> None:
    def script(upload_id: str) -> list[tuple[float, dict[str, object]]]:
        build = fake_results.done if int(upload_id, 16) == 1 else fake_comparisons.compared
        return [(0.0, build(upload_id, CROPPED))]

    fake_api.script = script
    page = visit_fake("/#compare")
    page.set_input_files("#pair-photo", pages.file(astronaut_jpeg))
    page.set_input_files("#pair-other", pages.file(astronaut_jpeg))
    page.locator("#compare").click()
    expect(page.locator("#comparison h1")).to_be_visible()
    page.reload()
    expect(page.locator("#comparison h1")).to_be_visible()
    page.go_back()
    expect(page.locator("#result-name")).to_have_text("Ada Lovelace")
    page.go_forward()
    expect(page.locator("#comparison h1")).to_be_visible()
