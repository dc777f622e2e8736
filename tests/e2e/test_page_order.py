"""The page over a fake API: what arrives late, or in another order than it was asked for."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from tests.e2e import fake_comparisons, fake_results, pages
from tests.e2e.conftest import Visit
from tests.e2e.fake_site import CROPPED, FakeApi, Script, quick, until_named
from tests.e2e.page_states import compared, script, several
from tests.e2e.pages import SHARED

FIRST, SECOND = "a" * 32, "b" * 32
# Resolves when this module has arrived, and whoever waited for it has gone on.
ARRIVED = "path => import(path).then(() => new Promise((resolve) => setTimeout(resolve)))"


def follow_link(page: Page, upload_id: str) -> None:
    """Follow a link to another result, and wait until it is shown."""
    page.evaluate("id => void (location.hash = id)", upload_id)
    see(page, upload_id)


def see(page: Page, upload_id: str) -> None:
    """Wait until this result is shown, with or without its pictures."""
    expect(page.locator("#link-text")).to_have_value(page.url.split("#")[0] + f"#{upload_id}")
    pages.see_all(page)


def spreads(page: Page, selector: str) -> list[float]:
    """How much the brightness varies within each element, as it is painted; hardly where no picture is."""
    shots = [found.screenshot() for found in page.locator(selector).all()]
    return [float(np.asarray(Image.open(io.BytesIO(shot)).convert("L")).std()) for shot in shots]


def own_crops(build: Callable[[str, str], dict[str, Any]]) -> Script:
    """Results that are there at once, each with a crop of its own."""
    return lambda upload_id: [(0.0, build(upload_id, f"{CROPPED}?{upload_id}"))]


@pytest.mark.parametrize(
    ("build", "faces"),
    [
        pytest.param(fake_results.done, ".picture .crop", id="result"),
        pytest.param(fake_comparisons.compared, "#comparison .stage img", id="comparison"),
    ],
)
def test_a_face_does_not_stay_until_that_of_the_next_result_is_there(
    visit_fake: Visit, fake_api: FakeApi, build: Callable[[str, str], dict[str, Any]], faces: str
) -> None:
    fake_api.script = own_crops(build)
    page = visit_fake(f"/#{FIRST}", reduced_motion="reduce")
    see(page, FIRST)
    pages.see_pictures(page, faces)
    assert min(spreads(page, faces)) > 30
    release = pages.hold(page, f"**{CROPPED}?{SECOND}")
    follow_link(page, SECOND)
    pages.see_frame(page)
    assert max(spreads(page, faces)) < 10
    release()
    pages.see_pictures(page, faces)
    assert min(spreads(page, faces)) > 30


def test_the_names_of_a_photos_faces_are_not_listed_under_another_photo(
    visit_fake: Visit, fake_api: FakeApi, astronaut_jpeg: bytes
) -> None:
    fake_api.script = script(several)
    page = visit_fake()
    pages.choose(page, astronaut_jpeg)
    photo = pages.see_result(page)
    expect(page.locator(".named-faces li")).to_have_count(1)
    follow_link(page, SECOND)
    expect(page.locator("#faces h2")).to_have_text("This photo has 3 faces")
    expect(page.locator(".named-faces li")).to_have_count(0)
    page.go_back()
    see(page, photo)
    expect(page.locator(".named-faces li")).to_have_count(1)


@pytest.mark.parametrize(
    ("path", "table"), [("/", "/js/texts/de.js"), ("/how-it-works.html", "/js/texts/de-how.js")]
)
def test_the_language_that_was_chosen_last_stays(visit_fake: Visit, path: str, table: str) -> None:
    page = visit_fake(path)
    expect(page.locator("[data-text]:empty")).to_have_count(0)
    title = page.title()
    release = pages.hold(page, f"**{table}")
    with page.expect_request(f"**{table}"):
        page.locator("#language").select_option("de")
    page.locator("#language").select_option("en")
    release()
    page.evaluate(ARRIVED, table)
    expect(page.locator("html")).to_have_attribute("lang", "en")
    assert page.title() == title
    assert page.evaluate("localStorage.getItem('brain.language')") == "en"
    page.locator("#language").select_option("de")
    expect(page.locator("html")).to_have_attribute("lang", "de")
    expect(page).not_to_have_title(title)


def test_the_view_of_a_comparison_that_was_chosen_last_stays(visit_fake: Visit, fake_api: FakeApi) -> None:
    fake_api.script = compared()
    page = visit_fake(SHARED)
    expect(page.locator("#comparison h1")).to_be_visible()
    release = pages.hold(page, "**/result-view.js")
    with page.expect_request("**/result-view.js"):
        page.get_by_text("First photo alone").click()
    page.get_by_text("Both photos").click()
    release()
    page.evaluate(ARRIVED, "/js/result/result-view.js")
    expect(page.locator("#comparison h1")).to_be_visible()
    expect(page.locator("#alone")).to_be_hidden()


def test_the_question_before_deleting_goes_with_its_result(visit_fake: Visit) -> None:
    page = visit_fake(f"/#{FIRST}")
    see(page, FIRST)
    follow_link(page, SECOND)
    page.locator("#delete").click()
    expect(page.locator("#confirm-delete")).to_be_visible()
    page.go_back()
    see(page, FIRST)
    expect(page.locator("#confirm-delete")).to_be_hidden()


def test_a_result_is_deleted_even_if_the_visitor_leaves_at_once(visit_fake: Visit) -> None:
    page = visit_fake(f"/#{FIRST}")
    see(page, FIRST)
    page.locator(".logo").click()
    expect(page.locator("#device .kept")).to_have_count(1)
    page.locator("#device .kept").click()
    see(page, FIRST)
    release = pages.hold(page, "**/api/results/*", lambda request: request.method == "DELETE")
    page.locator("#delete").click()
    with page.expect_request(lambda request: request.method == "DELETE"):
        page.get_by_role("button", name="Delete", exact=True).click()
    page.locator(".logo").click()
    expect(page.locator("#start")).to_be_visible()
    page.get_by_role("link", name="Compare two photos").click()
    release()
    expect(page.locator("#toast")).to_contain_text("deleted")
    expect(page.locator("#pair")).to_be_visible()
    page.locator(".logo").click()
    expect(page.locator("#device")).to_be_hidden()


def test_sources_are_offered_to_those_who_type_at_once(visit_fake: Visit, fake_api: FakeApi) -> None:
    fake_api.own = ("Ada Lovelace",)
    page = visit_fake()
    release = pages.hold(page, "**/api/identities?*", lambda request: "source=own" in request.url)
    with page.expect_request("**/api/identities?*source=own*"):
        page.get_by_text("People BRAIN knows", exact=True).click()
    page.locator("#people input[type=search]").fill("ada")
    expect(page.locator(".people li")).to_have_count(1)
    release()
    expect(page.locator("#people .segments")).to_be_visible()


def test_a_saved_picture_shows_what_was_there_when_it_was_asked_for(visit_fake: Visit) -> None:
    page = visit_fake("/#sample-ada")
    pages.see_all(page)
    page.locator(".picture .crop").evaluate("image => image.decode()")

    def pixels(download: Path) -> np.ndarray:
        return np.asarray(Image.open(download).convert("RGB"))

    with page.expect_download() as plain:
        page.get_by_role("button", name="Download as a picture").click()
    url = "**/cropped.jpg"
    release = pages.hold(page, url, lambda request: request.resource_type == "fetch")
    with page.expect_download() as late:
        with page.expect_request(lambda request: request.resource_type == "fetch"):
            page.get_by_role("button", name="Download as a picture").click()
        page.locator("#candidates label").nth(3).click()
        release()
    assert np.array_equal(pixels(plain.value.path()), pixels(late.value.path()))


def test_a_part_that_was_chosen_while_the_checks_ran_stays_lit(
    visit_fake: Visit, fake_api: FakeApi, astronaut_jpeg: bytes
) -> None:
    fake_api.script = until_named
    page = visit_fake()
    pages.choose(page, astronaut_jpeg)
    pages.see_name(page)
    page.locator("#features button", has_text="Nose").click()
    page.mouse.move(0, 0)
    expect(page.locator(".picture .box.highlighted")).to_have_count(1)
    fake_api.script = quick
    expect(page.locator("#sentences p")).to_have_count(len(fake_results.SENTENCES))
    pages.see_frame(page)
    expect(page.locator(".picture .box.highlighted")).to_have_count(1)
    expect(page.locator("#features [aria-pressed=true]")).to_have_count(1)
    follow_link(page, SECOND)
    expect(page.locator(".picture .box.highlighted, .picture .box-label.highlighted")).to_have_count(0)


def test_fresh_links_outlive_a_change_of_language(visit_fake: Visit, fake_api: FakeApi) -> None:
    page = visit_fake(SHARED)
    pages.see_result(page)
    fake_api.script = lambda upload_id: [(0.0, fake_results.done(upload_id, f"{CROPPED}?fresh"))]
    page.evaluate("() => { const now = Date.now; Date.now = () => now() + 120_000; }")
    page.locator("#files summary").click()
    expect(page.locator("#files a[href*=fresh]")).to_have_count(1)
    page.locator("#language").select_option("de")
    expect(page.locator("html")).to_have_attribute("lang", "de")
    expect(page.locator("#files a[href*=fresh]")).to_have_count(1)
