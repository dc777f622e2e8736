"""Two photos on the page, over a fake API: choosing them, waiting, the comparison, and what can go wrong."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.e2e import fake_comparisons, fake_results, pages
from tests.e2e.conftest import Visit
from tests.e2e.fake_site import CROPPED, FakeApi, Stage
from tests.e2e.pages import SHARED, SIZES


def compared(upload_id: str) -> list[Stage]:
    """A comparison that is there at once."""
    return [(0.0, fake_comparisons.compared(upload_id, CROPPED))]


def named_then_compared(upload_id: str) -> list[Stage]:
    """The name first, the comparison a moment later."""
    return [(0.0, fake_results.named(upload_id, CROPPED)), (0.6, compared(upload_id)[0][1])]


def choose_two(page: Page, photo: bytes, other: bytes) -> None:
    """Choose two photos and have them compared."""
    page.get_by_role("link", name="Compare two photos").click()
    expect(page.locator("#pair h1")).to_be_visible()
    expect(page.locator("#compare")).to_be_disabled()
    page.set_input_files("#pair-photo", pages.file(photo))
    page.set_input_files("#pair-other", pages.file(other))
    page.locator("#compare").click()


@pytest.mark.parametrize("size", SIZES)
def test_two_photos_become_a_verdict_two_maps_and_words(
    visit_fake: Visit, fake_api: FakeApi, astronaut_jpeg: bytes, size: dict[str, Any]
) -> None:
    fake_api.script = named_then_compared
    page = visit_fake("/", reduced_motion="reduce", **size)
    choose_two(page, astronaut_jpeg, astronaut_jpeg)
    expect(page.locator("#comparison h1")).to_have_text("Probably the same person")
    expect(page).to_have_title("Probably the same person · BRAIN")
    assert [upload.get("compare_with") for upload in fake_api.uploads] == [None, f"{1:032x}"]
    expect(page.locator("#comparison .sure")).to_contain_text("96")
    expect(page.locator("#comparison .similarity")).to_contain_text("0.95")
    said = [pages.words(text) for text in page.locator("#comparison .sentences p").all_inner_texts()]
    assert said == list(fake_comparisons.COMPARED)
    pages.see_pictures(page, "#comparison .stage img")
    stages = page.locator("#comparison .stage")
    first, second = stages.nth(0).bounding_box(), stages.nth(1).bounding_box()
    assert first
    assert second
    assert first["y"] == second["y"], "side by side"
    assert first["width"] == second["width"] >= 140
    assert pages.overflow(page) <= 0
    assert pages.accessibility_violations(page) == []
    page.locator("#comparison summary").click()
    expect(page.locator("#comparison tbody tr")).to_have_count(len(fake_results.BOXES))
    assert pages.overflow(page) <= 0
    assert pages.accessibility_violations(page) == []


def test_one_slider_and_one_switch_for_both_maps(visit_fake: Visit, fake_api: FakeApi) -> None:
    fake_api.script = compared
    page = visit_fake(SHARED)
    canvases = page.locator("#comparison canvas")
    expect(canvases.first).to_be_visible()
    alike = [pages.painted(page, f"#comparison figure:nth-of-type({n}) canvas") for n in (1, 2)]
    page.get_by_text("What speaks against it", exact=True).click()
    against = [pages.painted(page, f"#comparison figure:nth-of-type({n}) canvas") for n in (1, 2)]
    assert len({*alike, *against}) == 4
    page.locator("#comparison .slider input").fill("20")
    opacities = [canvases.nth(n).evaluate("canvas => canvas.style.opacity") for n in (0, 1)]
    assert opacities == ["0.2", "0.2"]


def test_what_speaks_against_comes_first_where_two_people_are_shown(
    visit_fake: Visit, fake_api: FakeApi
) -> None:
    result = fake_comparisons.compared("c" * 32, CROPPED)
    result["comparison"].update(verdict="different", probability=0.002)
    fake_api.script = lambda _: [(0.0, result)]
    page = visit_fake(SHARED)
    expect(page.locator("#comparison h1")).to_have_text("Two people")
    expect(page.locator("#comparison .sure")).to_contain_text("< 1")
    expect(page.locator("#comparison input[value=against]")).to_be_checked()


def test_a_sentence_lights_its_parts_on_both_photos(visit_fake: Visit, fake_api: FakeApi) -> None:
    fake_api.script = compared
    page = visit_fake(SHARED)
    page.locator("#comparison .sentences p").nth(1).focus()
    expect(page.locator("#comparison .box.highlighted")).to_have_count(4)
    page.locator("#comparison .sentences p").nth(1).blur()
    expect(page.locator("#comparison .box.highlighted")).to_have_count(0)


def test_the_first_photo_can_be_seen_alone(visit_fake: Visit, fake_api: FakeApi) -> None:
    fake_api.script = compared
    page = visit_fake(SHARED)
    page.get_by_text("First photo alone").click()
    expect(page.locator("#result-name")).to_have_text("Ada Lovelace")
    expect(page.locator("#comparison")).to_be_hidden()
    assert pages.covered(page) > 100
    page.get_by_text("Both photos").click()
    expect(page.locator("#comparison h1")).to_be_visible()
    expect(page.locator("#result-name")).to_be_hidden()


def test_a_result_can_be_compared_with_another_photo(
    visit_fake: Visit, fake_api: FakeApi, astronaut_jpeg: bytes
) -> None:
    page = visit_fake(SHARED)
    pages.see_result(page)
    fake_api.script = named_then_compared
    pages.answer_chooser(page, astronaut_jpeg)
    page.get_by_role("button", name="Compare with another photo").click()
    expect(page.locator("#comparison h1")).to_be_visible()
    assert fake_api.uploads[-1]["compare_with"] == "c" * 32
    assert page.url.endswith(f"{1:032x}")
    fake_api.script = lambda upload_id: [(0.0, fake_results.done(upload_id, CROPPED))]
    page.go_back()
    pages.see_result(page)
    expect(page.locator("#comparison")).to_be_hidden()


def test_a_comparison_speaks_the_visitors_language(visit_fake: Visit, fake_api: FakeApi) -> None:
    fake_api.script = compared
    page = visit_fake("/", locale="de-DE")
    page.goto(SHARED)
    expect(page.locator("#comparison h1")).to_have_text("Vermutlich dieselbe Person")
    expect(page.locator("#comparison .sentences")).to_have_attribute("lang", "de")
    assert (
        pages.words(page.locator("#comparison .sentences p").first.inner_text())
        == fake_comparisons.VERGLICHEN[0]
    )
    page.locator("#language").select_option("en")
    expect(page.locator("#comparison h1")).to_have_text("Probably the same person")
    expect(page.locator("#comparison .sentences p").nth(1)).to_contain_text("Mostly the eyes")


def test_an_other_photo_without_a_face_leads_back_to_both_photos(
    visit_fake: Visit, fake_api: FakeApi, astronaut_jpeg: bytes
) -> None:
    message = "ERROR: sorry, frontal face wasn't detected"
    fake_api.script = lambda upload_id: [
        (0.0, fake_results.failed(upload_id, 3, "no-face", message, "Hint."))
    ]
    page = visit_fake("/", reduced_motion="reduce", **pages.PHONE)
    choose_two(page, astronaut_jpeg, astronaut_jpeg)
    pages.see_error(page, "No face found in this photo")
    expect(page.locator("#failure img")).to_be_visible()
    page.get_by_role("button", name="Choose another photo").click()
    expect(page.locator("#pair .slot.chosen")).to_have_count(2)
    assert pages.accessibility_violations(page) == []
    fake_api.script = compared
    page.set_input_files("#pair-other", pages.file(astronaut_jpeg))
    page.locator("#compare").click()
    expect(page.locator("#comparison h1")).to_be_visible()


def test_another_photo_without_a_face_can_be_replaced(
    visit_fake: Visit, fake_api: FakeApi, astronaut_jpeg: bytes
) -> None:
    page = visit_fake(SHARED)
    pages.see_result(page)
    fake_api.script = lambda upload_id: [
        (0.0, fake_results.failed(upload_id, 3, "no-face", "ERROR", "Hint."))
    ]
    pages.answer_chooser(page, astronaut_jpeg)
    page.get_by_role("button", name="Compare with another photo").click()
    pages.see_error(page, "No face found in this photo")
    fake_api.script = compared
    pages.answer_chooser(page, astronaut_jpeg)
    page.get_by_role("button", name="Choose another photo").click()
    expect(page.locator("#comparison h1")).to_be_visible()
    assert [upload["compare_with"] for upload in fake_api.uploads] == ["c" * 32, "c" * 32]


@pytest.mark.parametrize("reason", ["other-unknown", "other-expired", "other-failed", "not-comparable"])
def test_what_is_wrong_with_the_other_photo_is_said(
    visit_fake: Visit, fake_api: FakeApi, astronaut_jpeg: bytes, reason: str
) -> None:
    page = visit_fake(SHARED)
    pages.see_result(page)
    fake_api.script = lambda upload_id: [(0.0, fake_results.failed(upload_id, 1, reason, "ERROR", "Hint."))]
    pages.answer_chooser(page, astronaut_jpeg)
    page.get_by_role("button", name="Compare with another photo").click()
    expect(page.locator("#failure h1")).to_contain_text("photo")
    expect(page.locator("#failure h1")).not_to_contain_text("could not be read")
    expect(page.locator("#retry")).to_be_hidden()


def test_a_result_that_is_gone_cannot_be_compared_with(
    visit_fake: Visit, fake_api: FakeApi, astronaut_jpeg: bytes
) -> None:
    visit_fake.expected.append("404")
    page = visit_fake(SHARED)
    pages.see_result(page)
    problem = {"title": "Not found", "status": 404, "reason": "unknown-result"}
    page.route("**/api/uploads", lambda route: route.fulfill(status=404, json=problem))
    pages.answer_chooser(page, astronaut_jpeg)
    page.get_by_role("button", name="Compare with another photo").click()
    pages.see_error(page, "The other photo is gone")
    page.get_by_role("button", name="Choose another photo").click()
    expect(page.locator("#pair h1")).to_be_visible()


def test_a_comparison_stays_on_this_device(visit_fake: Visit, fake_api: FakeApi) -> None:
    fake_api.script = compared
    page = visit_fake(SHARED)
    expect(page.locator("#comparison h1")).to_be_visible()
    page.locator("#comparison img").last.evaluate("image => image.decode()")
    page.locator(".logo").click()
    expect(page.locator("#device .kept")).to_contain_text("Probably the same person")
    keys = "caches.open('brain-results').then((cache) => cache.keys()).then((keys) => keys.length)"
    assert page.evaluate(keys) == 3


def test_two_photos_can_be_dropped_one_after_the_other(
    visit_fake: Visit, fake_api: FakeApi, astronaut_jpeg: bytes
) -> None:
    fake_api.script = compared
    page = visit_fake("/#compare")
    expect(page.locator("#pair h1")).to_be_visible()
    for count in (1, 2):
        pages.bring(page, astronaut_jpeg, "drop")
        expect(page.locator("#pair .slot.chosen")).to_have_count(count)
    page.locator("#compare").click()
    expect(page.locator("#comparison h1")).to_be_visible()
