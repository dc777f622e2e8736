"""The page over a fake API: several faces, samples, languages, and how it works."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import expect

from tests.e2e import fake_results, pages
from tests.e2e.conftest import Visit
from tests.e2e.fake_site import CROPPED, FakeApi, Stage
from tests.e2e.pages import SHARED, SIZES

# Cards and cells with a word that does not fit.
TOO_WIDE = """() => [...document.querySelectorAll('.stats li, th, td')]
  .filter(({ scrollWidth, clientWidth }) => scrollWidth > clientWidth)
  .map(({ textContent }) => textContent)"""


def several_faces(upload_id: str) -> list[Stage]:
    """A result for the face that was asked for, in a photo with three."""
    boxes = [(178, 66, 96, 110), (20, 60, 70, 80), (400, 200, 60, 70)]
    faces = [
        {"index": i, "box": dict(zip(("x", "y", "width", "height"), b, strict=True))}
        for i, b in enumerate(boxes)
    ]
    result = fake_results.done(upload_id, CROPPED)
    index = FACES[int(upload_id, 16) - 1]["face"]
    result["face"].update(
        index=index, box=faces[index]["box"], others=[f for f in faces if f["index"] != index]
    )
    result["identity"]["name"] = fake_results.NAMES[index]
    return [(0.0, result)]


FACES: list[dict[str, Any]] = []


@pytest.mark.parametrize("size", SIZES)
def test_one_of_several_faces_can_be_chosen_and_all_explained(
    visit_fake: Visit, fake_api: FakeApi, astronaut_jpeg: bytes, size: dict[str, Any]
) -> None:
    FACES.clear()
    fake_api.uploads = FACES
    fake_api.script = several_faces
    page = visit_fake("/", **size)
    pages.choose(page, astronaut_jpeg)
    pages.see_result(page)
    expect(page.locator("#faces h2")).to_have_text("This photo has 3 faces")
    expect(page.locator(".face-box")).to_have_count(3)
    assert pages.accessibility_violations(page) == []
    page.locator(".face-box").nth(1).click()
    expect(page.locator("#result-name")).to_have_text(fake_results.NAMES[1])
    expect(page.locator(".face-box").nth(1)).to_have_attribute("aria-current", "true")
    page.get_by_role("button", name="Explain all of them").click()
    expect(page.locator(".named-faces li")).to_have_text(
        [f"Face {i + 1}: {fake_results.NAMES[i]}" for i in range(3)]
    )
    expect(page.locator("#all-faces")).to_be_hidden()
    expect(page.locator("#result-name")).to_have_text(fake_results.NAMES[1])
    assert [upload["face"] for upload in fake_api.uploads] == [0, 1, 2]
    page.get_by_role("button", name=f"Face 3: {fake_results.NAMES[2]}").click()
    expect(page.locator("#result-name")).to_have_text(fake_results.NAMES[2])
    expect(page.locator(".named-face[aria-current]")).to_have_text(f"Face 3: {fake_results.NAMES[2]}")
    assert pages.accessibility_violations(page) == []
    assert len(fake_api.uploads) == 3
    page.go_back()
    expect(page.locator("#result-name")).to_have_text(fake_results.NAMES[1])
    assert pages.overflow(page) <= 0


@pytest.mark.parametrize("size", SIZES)
def test_a_sample_shows_a_finished_result_without_the_stack(visit_fake: Visit, size: dict[str, Any]) -> None:
    page = visit_fake("/404.html", **size)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto("/")
    page.get_by_role("link", name="Ada Lovelace").click()
    expect(page.locator("#result-name")).to_have_text("Ada Lovelace")
    expect(page.locator("#credit")).to_have_text("Sample photo: Ada Lovelace. Public domain.")
    expect(page.locator("#result-name")).to_be_focused()
    expect(page.locator("#delete")).to_be_hidden()
    expect(page.locator("#views")).to_be_visible()
    assert page.url.endswith("/#sample-ada")
    assert not [url for url in asked if "/api/uploads" in url or "/api/results" in url]
    assert pages.accessibility_violations(page) == []
    assert pages.overflow(page) <= 0
    page.go_back()
    expect(page.locator("#start")).to_be_visible()


@pytest.mark.parametrize("size", SIZES)
def test_the_page_and_the_sentences_speak_the_visitors_language(
    visit_fake: Visit, size: dict[str, Any]
) -> None:
    page = visit_fake("/", locale="de-DE", **size)
    expect(page.locator("html")).to_have_attribute("lang", "de")
    expect(page.locator("#start h1")).to_contain_text("Wem sieht dieses Gesicht ähnlich?")
    page.goto(SHARED)
    pages.see_result(page)
    expect(page.locator("#sentences")).to_have_attribute("lang", "de")
    assert pages.words(page.locator("#sentences p").nth(1).inner_text()) == fake_results.GERMAN[1]
    assert "Für den einen" in page.locator(".contrast .sentence").inner_text()
    assert pages.overflow(page) <= 0
    page.locator("#candidates input").nth(2).check()
    page.locator("#language").select_option("en")
    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect(page.locator("#sentences p").nth(1)).to_contain_text("Mostly the nose")
    expect(page.locator("#why-title")).to_have_text("Why")
    expect(page.locator("#features .name").first).to_have_text("Nose")
    expect(page.locator("#candidates input").nth(2)).to_be_checked()
    page.reload()
    expect(page.locator("#certainty")).to_have_text("Strong match")


def test_the_hint_for_a_result_without_bright_parts_speaks_the_visitors_language(
    visit_fake: Visit, fake_api: FakeApi
) -> None:
    error = {
        "code": 6,
        "reason": "none-significant",
        "message": "ERROR: none",
        "hint": "In the server's language.",
    }
    fake_api.script = lambda upload_id: [(0.0, {**fake_results.done(upload_id, CROPPED), "error": error})]
    page = visit_fake(SHARED, locale="de-DE")
    pages.see_result(page)
    expect(page.locator("#no-features .hint")).to_contain_text("schärferes Foto")


def test_sentences_boxes_and_list_light_up_together(visit_fake: Visit) -> None:
    page = visit_fake(SHARED)
    pages.see_result(page)
    sentence = page.locator("#sentences p").nth(2)
    row = page.locator("#features .feature").filter(has_text="Left eye")
    sentence.hover()
    expect(row).to_contain_class("highlighted")
    expect(page.locator(".box.highlighted")).to_have_count(1)
    expect(page.locator("#sentences .highlighted")).to_have_count(1)
    page.mouse.move(0, 0)
    expect(page.locator(".box.highlighted")).to_have_count(0)
    sentence.focus()
    expect(page.locator(".box.highlighted")).to_have_count(1)
    sentence.blur()
    row.hover()
    expect(sentence).to_contain_class("highlighted")
    page.locator(".box.reason").first.hover()
    expect(page.locator("#sentences p").nth(1)).to_contain_class("highlighted")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", SIZES)
def test_how_it_works_reads_well(visit_fake: Visit, size: dict[str, Any], scheme: str) -> None:
    page = visit_fake("/404.html", color_scheme=scheme, reduced_motion="reduce", **size)
    stats = {"auroc": 0.96, "name": 0.21, "all": 0.8}
    found = {"name": "lfw", "photos": 2329, "top1": 0.911, "top5": 0.957, "known": 0.88, "unknown": None}
    pairs = {"count": 6000, "accuracy": 0.99, "accepted": 0.97, "calibration": 0.006, "even": 0.912}
    model = {"name": "net 2", "people": 5749}
    figures = {"model": model, "sets": [found, {**found, "name": "foreign"}], "stats": stats, "pairs": pairs}
    page.route("**/figures.json", lambda route: route.fulfill(json=figures))
    page.goto("/how-it-works.html")
    expect(page.locator("#one li")).to_have_count(6)
    expect(page.locator("#two li")).to_have_count(4)
    expect(page.locator("#one-stats li")).to_have_count(3)
    expect(page.locator("#two-stats strong")).to_have_count(4)
    shown = page.locator("#two-stats strong").all_inner_texts()
    assert [pages.words(text) for text in shown] == ["99 %", "97 %", "0.6 %", "0.91"]
    expect(page.locator("#two-stats li").first).to_contain_text("of 6,000 pairs")
    expect(page.locator("tbody tr").nth(1).locator("td").first).to_have_text("91.1 %".replace(" ", "\u00a0"))
    assert pages.accessibility_violations(page) == []
    assert pages.overflow(page) <= 0
    page.locator("#language").select_option("de")
    expect(page.locator("h1")).to_have_text("So funktioniert es")
    expect(page.locator("tbody tr").nth(1).locator("td").first).to_have_text("91,1 %".replace(" ", "\u00a0"))
    assert pages.overflow(page) <= 0
    assert page.evaluate(TOO_WIDE) == []


@pytest.mark.parametrize("path", ["/", SHARED])
def test_the_page_can_be_enlarged_and_needs_no_colours(visit_fake: Visit, path: str) -> None:
    # 200 % of a window of 1280 pixels.
    page = visit_fake("/", viewport={"width": 640, "height": 450}, forced_colors="active")
    page.goto(path)
    expect(page.locator("main > section:visible")).to_have_count(1)
    assert pages.overflow(page) <= 0
    assert pages.accessibility_violations(page) == []
