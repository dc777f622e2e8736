"""The page over a fake API: what cannot be loaded or stored, and what the page does without it."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.e2e import fake_results, pages
from tests.e2e.conftest import Visit
from tests.e2e.fake_site import CROPPED, FakeApi
from tests.e2e.page_states import compared
from tests.e2e.pages import SHARED

LOST = "net::ERR_FAILED"
IN_CONTROL = """() => new Promise((resolve) => {
  navigator.serviceWorker.addEventListener('controllerchange', resolve);
  navigator.serviceWorker.register('sw.js');
})"""
# For a service worker: the disk is full.
FULL = """() => {
  self.refused = 0;
  Cache.prototype.put = async () => {
    self.refused += 1;
    throw new DOMException('', 'QuotaExceededError');
  };
}"""


def lose(page: Page, url: str) -> None:
    """Let every request for these files fail."""
    page.route(url, lambda route: route.abort())


def test_without_storage_the_page_shows_results_all_the_same(
    visit_fake: Visit, astronaut_jpeg: bytes
) -> None:
    # As it is over plain HTTP, on a machine in the same network for instance.
    page = visit_fake("/404.html")
    page.add_init_script("delete window.caches")
    page.goto("/")
    pages.choose(page, astronaut_jpeg)
    pages.see_result(page)
    page.locator("#language").select_option("de")
    expect(page.locator("html")).to_have_attribute("lang", "de")
    page.locator(".logo").click()
    expect(page.locator("#start")).to_be_visible()
    expect(page.locator("#device")).to_be_hidden()


def test_where_choices_cannot_be_stored_nothing_is_kept_once_that_is_switched_off(
    visit_fake: Visit, astronaut_jpeg: bytes
) -> None:
    page = visit_fake("/404.html")
    page.add_init_script(
        "Storage.prototype.setItem = () => { throw new DOMException('', 'QuotaExceededError'); }"
    )
    page.goto("/")
    for count in (1, 0):
        pages.choose(page, astronaut_jpeg)
        pages.see_result(page)
        page.locator(".logo").click()
        expect(page.locator("#device .kept")).to_have_count(count)
        if count:
            page.get_by_label("Keep results on this device").uncheck()
            expect(page.locator("#device .kept")).to_have_count(0)
    expect(page.get_by_label("Keep results on this device")).not_to_be_checked()


def test_a_full_disk_does_not_keep_the_page_from_opening(visit_fake: Visit) -> None:
    page = visit_fake("/", service_workers="allow")
    page.evaluate(IN_CONTROL)
    (worker,) = page.context.service_workers
    worker.evaluate(FULL)
    page.reload()
    pages.see_page(page)
    assert worker.evaluate("self.refused") > 0


def test_a_language_that_does_not_arrive_is_not_chosen(visit_fake: Visit) -> None:
    visit_fake.expected.append(LOST)
    page = visit_fake()
    pages.see_page(page)
    lose(page, "**/texts/de.js")
    page.locator("#language").select_option("de")
    expect(page.locator("#language")).to_have_value("en")
    expect(page.locator("html")).to_have_attribute("lang", "en")
    page.reload()
    pages.see_page(page)


def test_a_view_of_a_comparison_that_does_not_arrive_is_said(visit_fake: Visit, fake_api: FakeApi) -> None:
    visit_fake.expected.append(LOST)
    fake_api.script = compared()
    page = visit_fake(SHARED)
    expect(page.locator("#comparison h1")).to_be_visible()
    lose(page, "**/result-view.js")
    page.get_by_text("First photo alone").click()
    expect(page.locator("#toast")).to_be_visible()
    expect(page.locator("#modes [value=pair]")).to_be_checked()
    expect(page.locator("#comparison h1")).to_be_visible()


def test_a_camera_that_does_not_arrive_is_said(visit_fake: Visit) -> None:
    visit_fake.expected.append(LOST)
    page = visit_fake()
    lose(page, "**/camera-dialog.js")
    page.get_by_role("button", name="Use the camera").click()
    expect(page.locator("#toast")).to_be_visible()


def test_a_photo_that_cannot_be_scaled_for_want_of_a_connection_is_not_sent_with_its_metadata(
    visit_fake: Visit, fake_api: FakeApi, astronaut_jpeg: bytes
) -> None:
    visit_fake.expected.append(LOST)
    page = visit_fake()
    pages.see_page(page)
    lose(page, "**/scale-worker.js")
    pages.choose(page, astronaut_jpeg)
    pages.see_error(page, "The connection was lost")
    assert fake_api.uploads == []


def test_a_picture_that_was_lost_is_asked_for_once_more(visit_fake: Visit, fake_api: FakeApi) -> None:
    visit_fake.expected.append("404")
    answers = ["/api/fake/gone.jpg"]

    def first_lost(upload_id: str) -> list[tuple[float, dict[str, object]]]:
        return [(0.0, fake_results.done(upload_id, answers.pop() if answers else CROPPED))]

    fake_api.script = first_lost
    page = visit_fake(SHARED)
    pages.see_all(page)
    expect(page.locator(".picture .crop")).to_have_attribute("src", CROPPED)
    page.locator(".picture .crop").evaluate("image => image.decode()")


@pytest.mark.parametrize("language", ["en", "de"])
def test_figures_that_do_not_arrive_do_not_hold_up_how_it_works(visit_fake: Visit, language: str) -> None:
    page = visit_fake("/404.html", locale=language)
    page.route("**/figures.json", lambda route: None)
    page.goto("/how-it-works.html", wait_until="commit")
    expect(page.locator("#one li").first).to_be_visible()
    expect(page.locator("[data-text]:empty")).to_have_count(0)


def test_a_photo_that_cannot_be_compared_leads_back_to_both_photos(
    visit_fake: Visit, astronaut_jpeg: bytes
) -> None:
    page = visit_fake("/#compare")
    page.set_input_files("#pair-photo", pages.file(astronaut_jpeg))
    page.set_input_files("#pair-other", pages.file(b"This is no photo."))
    page.locator("#compare").click()
    pages.see_error(page, "This file is not a supported photo")
    page.get_by_role("button", name="Choose another photo").click()
    expect(page.locator("#pair h1")).to_be_visible()
