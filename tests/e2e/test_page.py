"""The page over the whole running stack, in Chromium."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import expect

from tests import pictures
from tests.e2e import pages
from tests.e2e.conftest import Visit
from tests.e2e.pages import SIZES


@pytest.mark.parametrize("size", SIZES)
def test_a_photo_becomes_a_name_a_picture_and_words(
    visit: Visit, astronaut_jpeg: bytes, size: dict[str, Any]
) -> None:
    page = visit("/", **size)
    assert pages.overflow(page) <= 0
    pages.choose(page, astronaut_jpeg)
    result = pages.stored(page, pages.see_result(page))
    expect(page.locator("#alone .verdict")).to_contain_text(result["identity"]["name"])
    expect(page).to_have_title(f"{page.locator('#result-name').inner_text()} · BRAIN")
    assert page.locator("#candidates .name").all_inner_texts() == [c["name"] for c in result["candidates"]]
    said = [pages.words(text) for text in page.locator("#sentences p").all_inner_texts()]
    assert said == result["explanation"]["sentences"]
    expect(page.locator("#features .feature")).to_have_count(len(result["features"]))
    expect(page.locator("#features .significant")).to_have_count(
        sum(feature["significant"] for feature in result["features"])
    )
    assert pages.covered(page) > 100
    assert pages.overflow(page) <= 0


def test_every_candidate_has_its_own_map(visit: Visit, astronaut_jpeg: bytes) -> None:
    page = visit()
    pages.choose(page, astronaut_jpeg)
    pages.see_result(page)
    drawn = []
    for index in range(5):
        page.locator("#candidates label").nth(index).click()
        expect(page.locator("#whose")).to_have_text(page.locator("#candidates .name").nth(index).inner_text())
        drawn.append(pages.painted(page))
    assert len(set(drawn)) > 1
    expect(page.locator("#features-of")).to_be_visible()


def test_feature_boxes_scale_with_the_picture_and_follow_the_list(
    visit: Visit, astronaut_jpeg: bytes
) -> None:
    page = visit("/", reduced_motion="reduce")
    pages.choose(page, astronaut_jpeg)
    result = pages.stored(page, pages.see_result(page))
    name = page.locator("#features .name").first.inner_text().lower()
    best = next(feature for feature in result["features"] if feature["name"] == name)
    row, box = page.locator("#features .feature").first, page.locator(".box.highlighted")
    row.click()
    expect(row).to_have_attribute("aria-pressed", "true")
    expect(box).to_have_count(1)
    side = page.locator(".picture .crop").evaluate("image => image.naturalWidth")
    for width in (1280, 700):
        page.set_viewport_size({"width": width, "height": 900})
        placed, stage = box.bounding_box(), page.locator(".picture .stage").bounding_box()
        assert placed
        assert stage
        assert (placed["x"] - stage["x"]) / stage["width"] == pytest.approx(best["box"]["x"] / side, abs=0.01)
        assert placed["width"] / stage["width"] == pytest.approx(best["box"]["width"] / side, abs=0.01)
    page.locator("#show-features").uncheck()
    expect(box).to_be_hidden()


def test_keyboard_alone_is_enough(visit: Visit, astronaut_jpeg: bytes) -> None:
    page = visit()
    pages.answer_chooser(page, astronaut_jpeg)
    pages.tab_to(page, "#file")
    outline = page.locator("label.drop").evaluate("label => getComputedStyle(label).outlineStyle")
    assert outline == "solid"
    page.keyboard.press("Enter")
    pages.see_result(page)
    pages.tab_to(page, "#kinds input")
    page.keyboard.press("ArrowRight")
    expect(page.locator("#kinds input[value=map]")).to_be_checked()
    pages.tab_to(page, "#strength")
    before = float(page.locator(".picture canvas").evaluate("canvas => canvas.style.opacity"))
    page.keyboard.press("ArrowLeft")
    assert float(page.locator(".picture canvas").evaluate("canvas => canvas.style.opacity")) < before
    pages.tab_to(page, "#show-features")
    page.keyboard.press("Space")
    expect(page.locator(".picture .boxes")).to_be_hidden()
    pages.tab_to(page, "#candidates input")
    page.keyboard.press("ArrowDown")
    expect(page.locator("#candidates input").nth(1)).to_be_checked()
    expect(page.locator("#whose")).to_have_text(page.locator("#candidates .name").nth(1).inner_text())
    pages.tab_to(page, ".feature")
    page.keyboard.press("Enter")
    expect(page.locator(".box.highlighted")).to_have_count(1)
    pages.tab_to(page, "#other")
    page.keyboard.press("ArrowDown")
    expect(page.locator(".sides .other")).to_have_text(page.locator("#candidates .name").nth(2).inner_text())


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_is_readable_in_both_colour_schemes(visit: Visit, astronaut_jpeg: bytes, scheme: str) -> None:
    page = visit("/", color_scheme=scheme, reduced_motion="reduce")
    dark = page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(19, 15, 28)"
    assert dark == (scheme == "dark")
    assert pages.contrast(page, ".drop .primary", ".drop .primary") >= 4.5
    pages.choose(page, astronaut_jpeg)
    pages.see_result(page)
    page.get_by_text("Downloads").click()
    expect(page.locator(".files a").first).to_be_visible()
    for text in ("#result-name", ".muted", ".technical", "#delete", ".files a", ".effect"):
        assert pages.contrast(page, text, "body") >= 4.5, text
    assert pages.contrast(page, "#kinds :checked + span", "#kinds :checked + span") >= 4.5
    assert pages.contrast(page, "#kinds :not(:checked) + span", "#kinds") >= 4.5


@pytest.mark.parametrize("form", ["/?id={}", "/#{}"])
def test_a_shared_link_opens_the_same_result(visit: Visit, astronaut_jpeg: bytes, form: str) -> None:
    first = visit()
    pages.choose(first, astronaut_jpeg)
    upload_id = pages.see_result(first)
    second = visit(form.format(upload_id), **pages.PHONE)
    assert pages.see_result(second) == upload_id
    assert second.locator("#result-name").inner_text() == first.locator("#result-name").inner_text()
    assert pages.painted(second) == pages.painted(first)


def test_copy_link_gives_the_link(visit: Visit, astronaut_jpeg: bytes) -> None:
    page = visit("/", permissions=["clipboard-read", "clipboard-write"])
    pages.choose(page, astronaut_jpeg)
    upload_id = pages.see_result(page)
    page.get_by_role("button", name="Copy link").click()
    expect(page.locator("#toast")).to_contain_text("Link copied")
    assert page.evaluate("navigator.clipboard.readText()").endswith(f"/#{upload_id}")


def test_a_reload_while_waiting_goes_on(visit: Visit, astronaut_jpeg: bytes) -> None:
    page = visit()
    pages.choose(page, astronaut_jpeg)
    expect(page).to_have_url(pages.ID)
    page.reload()
    pages.see_result(page)


def test_back_and_forward_lead_through_what_was_seen(visit: Visit, astronaut_jpeg: bytes) -> None:
    page = visit()
    pages.choose(page, astronaut_jpeg)
    upload_id = pages.see_result(page)
    page.go_back()
    expect(page.locator("#start")).to_be_visible()
    page.go_forward()
    assert pages.see_result(page) == upload_id


@pytest.mark.parametrize("way", ["drop", "paste"])
def test_a_photo_can_be_dropped_and_pasted(visit: Visit, astronaut_jpeg: bytes, way: str) -> None:
    page = visit()
    if way == "drop":
        pages.bring(page, astronaut_jpeg, "dragover")
        expect(page.locator("#drop-overlay")).to_be_visible()
    pages.bring(page, astronaut_jpeg, way)
    pages.see_result(page)
    expect(page.locator("#drop-overlay")).to_be_hidden()


def test_another_face_of_the_photo_can_be_explained(visit: Visit, astronaut: np.ndarray) -> None:
    page = visit()
    pages.choose(page, pictures.jpeg(np.hstack([astronaut, astronaut[:, ::-1]])))
    first = pages.see_result(page)
    expect(page.locator(".face-box")).not_to_have_count(0)
    other = pages.stored(page, first)["face"]["others"][0]
    page.locator(f".face-box[value='{other['index']}']").click()
    expect(page).not_to_have_url(re.compile(first))
    second = pages.see_result(page)
    assert pages.stored(page, second)["face"]["index"] == other["index"]
    fresh = visit(f"/#{second}")
    pages.see_result(fresh)
    expect(fresh.locator("#faces .text")).to_contain_text("Upload the photo again")
    expect(fresh.locator(".face-box")).to_have_count(0)


def test_the_files_can_be_kept(visit: Visit, astronaut_jpeg: bytes) -> None:
    page = visit()
    pages.choose(page, astronaut_jpeg)
    stored = pages.stored(page, pages.see_result(page))
    page.get_by_text("Downloads").click()
    links = page.locator("#files a")
    count = len(stored["artifacts"]) + 1
    expect(links).to_have_count(count)
    for index in range(count):
        assert page.request.get(str(links.nth(index).evaluate("link => link.href"))).ok
    page.get_by_text("How this result was made").click()
    expect(page.locator("#making dl")).to_contain_text("dlib-resnet")


def test_deleting_asks_first_and_then_leaves_nothing(visit: Visit, astronaut_jpeg: bytes) -> None:
    page = visit()
    pages.choose(page, astronaut_jpeg)
    upload_id = pages.see_result(page)
    page.locator("#delete").click()
    page.get_by_role("button", name="Keep").click()
    assert page.request.get(f"/api/results/{upload_id}").ok
    page.locator("#delete").click()
    page.get_by_role("button", name="Delete", exact=True).click()
    expect(page.locator("#start")).to_be_visible()
    expect(page.locator("#toast")).to_contain_text("deleted")
    assert page.request.get(f"/api/results/{upload_id}").status == 404


def test_the_people_it_knows_can_be_searched(visit: Visit) -> None:
    page = visit("/", **pages.PHONE)
    page.get_by_text("People BRAIN knows", exact=True).click()
    first = page.locator(".people li").first
    expect(first).to_be_visible()
    name = first.inner_text()
    page.get_by_label("Find a name").fill(name)
    expect(page.locator("#people .note")).to_contain_text("match")
    expect(first).to_have_text(name)
    page.get_by_label("Find a name").fill("zzzz")
    expect(page.locator("#people .note")).to_contain_text("Nobody")
    assert pages.overflow(page) <= 0


def test_a_phone_gets_its_own_camera(visit: Visit) -> None:
    page = visit("/", **pages.PHONE)
    expect(page.get_by_text("Take a photo")).to_be_visible()
    expect(page.locator("#capture")).to_have_attribute("capture", "user")
    expect(page.locator("#open-camera")).to_be_hidden()
