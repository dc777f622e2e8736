"""The page over a fake API: the name first, the checks after it, and whatever the stack does rarely."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

from tests.e2e import fake_results, pages
from tests.e2e.conftest import Visit
from tests.e2e.fake_site import CROPPED, FakeApi, quick, until_named
from tests.e2e.pages import SIZES

SHIFTS = """() => {
  window.shifts = [];
  const record = (entries) => {
    for (const { value, hadRecentInput, sources } of entries) {
      if (hadRecentInput) continue;
      window.shifts.push([value, sources.map(({ node }) => node?.id || node?.className || node?.nodeName)]);
    }
  };
  const observer = new PerformanceObserver((list) => record(list.getEntries()));
  observer.observe({ type: 'layout-shift', buffered: false });
  window.shiftsSoFar = () => {
    record(observer.takeRecords());
    return window.shifts.splice(0);
  };
}"""
SAID = """() => {
  window.said = [];
  new MutationObserver(() => window.said.push(document.querySelector('#announcer').textContent))
    .observe(document.querySelector('#announcer'), { childList: true, characterData: true, subtree: true });
}"""


def choose(page: Page, photo: bytes) -> None:
    """Choose a photo and wait for its name."""
    pages.choose(page, photo)
    expect(page.locator("#result")).to_be_visible()


@pytest.mark.parametrize("size", SIZES)
def test_the_name_is_shown_at_once_and_the_checks_fill_in_without_a_jump(
    visit_fake: Visit, fake_api: FakeApi, astronaut_jpeg: bytes, size: dict[str, Any]
) -> None:
    fake_api.script = until_named
    page = visit_fake("/", **size)
    page.evaluate(SHIFTS)
    choose(page, astronaut_jpeg)
    expect(page.locator("#result-name")).to_have_text("Ada Lovelace")
    expect(page.locator("#candidates label")).to_have_count(5)
    expect(page.locator("#pending")).to_be_visible()
    expect(page.locator("#kinds input[value=map]")).to_be_checked()
    expect(page.locator("#kinds input[value=evidence]")).to_be_disabled()
    expect(page.locator("#features .effect").first).to_have_text("being tested …")
    pages.see_name(page)
    assert pages.covered(page) > 100
    pages.see_pictures(page, "#alone img[src]:visible")
    page.evaluate("window.shiftsSoFar()")
    page.locator("#candidates input").nth(1).focus()
    page.keyboard.press("Space")
    order = page.locator("#features .name").all_inner_texts()
    fake_api.script = quick

    expect(page.locator("#sentences p")).to_have_count(len(fake_results.SENTENCES))
    expect(page.locator("#pending")).to_be_hidden()
    expect(page.locator("#kinds input[value=evidence]")).to_be_checked()
    expect(page.locator("#candidates input").nth(1)).to_be_checked()
    assert page.evaluate("document.activeElement.name") == "candidate"
    assert page.locator("#features .name").all_inner_texts() == order
    expect(page.locator("#contrast")).to_be_visible()
    pages.see_pictures(page, "#alone img[src]:visible")
    shifts = page.evaluate("window.shiftsSoFar()")
    assert sum(value for value, _ in shifts) < 0.01, shifts


def test_what_is_said_meanwhile_stays_in_its_place_when_the_photo_is_ready(
    visit_fake: Visit, astronaut_jpeg: bytes
) -> None:
    page = visit_fake("/", reduced_motion="reduce", **pages.PHONE)
    held: list[Route] = []
    page.route("**/scale-worker.js", lambda route: held.append(route))
    page.route("**/api/uploads", lambda route: None)
    with page.expect_request("**/scale-worker.js"):
        pages.choose(page, astronaut_jpeg)
    expect(page.locator("#progress-title")).to_have_text("Preparing your photo")
    _, top, _, _ = pages.place(page, "#progress-title")
    held[0].continue_()
    expect(page.locator("#progress img")).to_be_visible()
    page.locator("#progress img").evaluate("image => image.decode()")
    assert pages.place(page, "#progress-title")[1] == pytest.approx(top, abs=1)


def test_what_shows_a_result_is_loaded_while_there_is_none(
    visit_fake: Visit, fake_api: FakeApi, astronaut_jpeg: bytes
) -> None:
    fake_api.script = lambda upload_id: [(0.0, fake_results.without_result(upload_id, "processing"))]
    page = visit_fake()
    with page.expect_request_finished(lambda request: request.url.endswith("/result/picture.js")):
        pages.choose(page, astronaut_jpeg)
    expect(page.locator("#result")).to_be_hidden()


def test_a_screen_reader_is_told_twice(visit_fake: Visit, fake_api: FakeApi, astronaut_jpeg: bytes) -> None:
    fake_api.script = until_named
    page = visit_fake()
    page.evaluate(SAID)
    choose(page, astronaut_jpeg)
    fake_api.script = quick
    expect(page.locator("#sentences p")).to_have_count(len(fake_results.SENTENCES))
    said = page.evaluate("window.said")
    assert len(said) == 2
    assert "Ada Lovelace" in said[0]
    assert fake_results.SENTENCES[1] in said[1]


def test_a_map_that_was_chosen_while_the_checks_ran_stays(
    visit_fake: Visit, fake_api: FakeApi, astronaut_jpeg: bytes
) -> None:
    fake_api.script = until_named
    page = visit_fake()
    choose(page, astronaut_jpeg)
    page.locator("#kinds").get_by_text("Grad-CAM").click()
    expect(page.locator("#kinds input[value=grad_cam]")).to_be_checked()
    fake_api.script = quick
    expect(page.locator("#sentences p").first).to_be_visible()
    expect(page.locator("#kinds input[value=grad_cam]")).to_be_checked()


def test_a_connection_lost_during_the_checks_keeps_the_name(
    visit_fake: Visit, fake_api: FakeApi, astronaut_jpeg: bytes
) -> None:
    visit_fake.expected.append("net::ERR_FAILED")
    fake_api.script = lambda upload_id: [(0.0, fake_results.named(upload_id, CROPPED))]
    page = visit_fake()
    choose(page, astronaut_jpeg)
    page.route("**/api/results/*", lambda route: route.abort())
    expect(page.locator("#resume")).to_be_visible()
    expect(page.locator("#result-name")).to_have_text("Ada Lovelace")
    page.unroute("**/api/results/*")
    fake_api.script = lambda upload_id: [(0.0, fake_results.done(upload_id, CROPPED))]
    page.locator("#resume").click()
    expect(page.locator("#sentences p").first).to_be_visible()


@pytest.mark.parametrize("size", SIZES)
def test_map_and_boxes_lie_on_the_whole_photo_as_well(
    visit_fake: Visit, astronaut_jpeg: bytes, size: dict[str, Any]
) -> None:
    page = visit_fake("/", reduced_motion="reduce", **size)
    choose(page, astronaut_jpeg)
    pages.see_result(page)
    page.get_by_text("Whole photo").click()
    expect(page.locator(".picture .whole")).to_be_visible()
    pages.see_pictures(page, ".picture .whole")
    stage = page.locator(".picture .stage").bounding_box()
    nose = page.locator(".box").first.bounding_box()
    assert stage
    assert nose
    scale = stage["width"] / fake_results.PHOTO_SIDE
    # The nose of scikit-image's astronaut is at about (225, 121).
    assert (nose["x"] + nose["width"] / 2 - stage["x"]) / scale == pytest.approx(225, abs=8)
    assert (nose["y"] + nose["height"] / 2 - stage["y"]) / scale == pytest.approx(121, abs=8)
    assert pages.overflow(page) <= 0
    page.locator("#views").get_by_text("Face").click()
    expect(page.locator(".picture .whole")).to_be_hidden()


def test_a_shared_link_shows_the_face_alone(visit_fake: Visit) -> None:
    page = visit_fake(f"/#{'c' * 32}")
    pages.see_result(page)
    expect(page.locator("#views")).to_be_hidden()


def test_the_map_covers_what_the_network_saw(visit_fake: Visit) -> None:
    page = visit_fake(f"/#{'c' * 32}", reduced_motion="reduce")
    pages.see_result(page)
    assert pages.covered(page) > 100
    stage = page.locator(".picture .stage").bounding_box()
    canvas = page.locator(".picture canvas").bounding_box()
    assert stage
    assert canvas
    share = fake_results.INPUT["width"] / fake_results.CROP_SIDE
    assert canvas["width"] / stage["width"] == pytest.approx(share, abs=0.01)
    assert (canvas["x"] - stage["x"]) / stage["width"] == pytest.approx(48 / 336, abs=0.01)


def test_holding_shows_the_plain_photo(visit_fake: Visit) -> None:
    page = visit_fake(f"/#{'c' * 32}")
    pages.see_result(page)
    canvas = page.locator(".picture canvas")
    page.locator("#plain").focus()
    page.keyboard.down(" ")
    expect(canvas).to_be_hidden()
    page.keyboard.up(" ")
    expect(canvas).to_be_visible()
    page.locator(".picture .stage").hover()
    page.mouse.down()
    expect(canvas).to_be_hidden()
    page.mouse.up()
    expect(canvas).to_be_visible()


@pytest.mark.parametrize(
    ("reason", "title"),
    [
        ("no-face", "No face found in this photo"),
        ("too-small", "The face is too small"),
        ("too-blurred", "The face is too blurred"),
        ("no-such-face", "This face is not in the photo"),
    ],
)
def test_each_reason_for_error_3_has_its_words(
    visit_fake: Visit, fake_api: FakeApi, astronaut_jpeg: bytes, reason: str, title: str
) -> None:
    message = "ERROR: sorry, frontal face wasn't detected"
    fake_api.script = lambda upload_id: [(0.0, fake_results.failed(upload_id, 3, reason, message, "Hint."))]
    page = visit_fake("/", **pages.PHONE)
    pages.choose(page, astronaut_jpeg)
    pages.see_error(page, title)
    expect(page.locator("#failure .technical")).to_contain_text(message)
    expect(page.locator("#retry")).to_be_hidden()
    assert pages.accessibility_violations(page) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", SIZES)
def test_axe_finds_nothing(
    visit_fake: Visit, fake_api: FakeApi, astronaut_jpeg: bytes, size: dict[str, Any], scheme: str
) -> None:
    page = visit_fake("/", color_scheme=scheme, reduced_motion="reduce", **size)
    assert pages.accessibility_violations(page) == []
    page.locator("#people summary").click()
    expect(page.locator(".people li").first).to_be_visible()
    assert pages.accessibility_violations(page) == []
    fake_api.script = lambda upload_id: [(0.0, fake_results.without_result(upload_id, "processing"))]
    pages.choose(page, astronaut_jpeg)
    expect(page.locator("#progress h1")).to_have_text("Recognising the face")
    assert pages.accessibility_violations(page) == []
    fake_api.script = lambda upload_id: [(0.0, fake_results.named(upload_id, CROPPED))]
    expect(page.locator("#pending")).to_be_visible()
    assert pages.accessibility_violations(page) == []
    fake_api.script = lambda upload_id: [(0.0, fake_results.done(upload_id, CROPPED))]
    expect(page.locator("#sentences p").first).to_be_visible()
    for disclosure in page.locator("#result summary:visible").all():
        disclosure.click()
    assert pages.accessibility_violations(page) == []
