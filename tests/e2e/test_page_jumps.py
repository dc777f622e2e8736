"""Nothing jumps: layout shifts through the whole life of a result, and the order in which it is built."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

from tests.e2e import fake_results, pages
from tests.e2e.conftest import Visit
from tests.e2e.fake_site import CROPPED, FakeApi, Script, quick, until_named
from tests.e2e.page_states import MESSAGE, compared, fixed, script, several
from tests.e2e.pages import SHARED, SIZES

# Google's bound for a good page is 0.1.
BOUND = 0.02
OBSERVE = """
  const shifts = [];
  const name = ({ node }) => node?.id || node?.className || node?.nodeName || '';
  // Those with recent input count as well: to the browser, a phone's viewport that takes its size is input.
  const record = (entries) => {
    for (const { value, sources } of entries) shifts.push([value, sources.map(name)]);
  };
  const observer = new PerformanceObserver((list) => record(list.getEntries()));
  observer.observe({ type: 'layout-shift', buffered: true });
  // The browser reports when it has time. Whoever asks does not wait for that.
  window.shiftsSoFar = () => {
    record(observer.takeRecords());
    return shifts;
  };
"""
HOLD_FRAMES = """
  const held = [];
  const original = window.requestAnimationFrame.bind(window);
  window.requestAnimationFrame = (draw) => held.push(draw);
  window.drawFrames = () => {
    window.requestAnimationFrame = original;
    held.splice(0).forEach(original);
  };
"""


def open_page(visit: Visit, path: str, **options: Any) -> Page:
    """Open the page with an observer that sees it from the first frame on.

    What fades in does not count as a shift while it is transparent, so nothing fades.
    """
    page = visit("/404.html", reduced_motion="reduce", **options)
    page.add_init_script(OBSERVE)
    page.goto(path)
    return page


def shifts(page: Page) -> list[Any]:
    """Every layout shift so far: its score, and the elements that moved."""
    pages.see_frame(page)
    found: list[Any] = page.evaluate("window.shiftsSoFar()")
    return found


def assert_steady(page: Page) -> None:
    """Assert that hardly anything has moved."""
    found = shifts(page)
    assert sum(score for score, _ in found) < BOUND, found


def test_what_jumps_is_seen(visit_fake: Visit) -> None:
    page = open_page(visit_fake, "/", **pages.PHONE)
    pages.see_page(page)
    pages.see_frame(page)
    page.evaluate("document.querySelector('main').style.paddingTop = '200px'")
    assert sum(score for score, _ in shifts(page)) > BOUND


@pytest.mark.parametrize("language", ["en", "de"])
@pytest.mark.parametrize("size", SIZES)
def test_from_the_upload_to_the_last_sentence_nothing_jumps(
    visit_fake: Visit, fake_api: FakeApi, astronaut_jpeg: bytes, size: dict[str, Any], language: str
) -> None:
    fake_api.script = until_named
    page = open_page(visit_fake, "/", locale=language, **size)
    pages.choose(page, astronaut_jpeg)
    expect(page.locator("#pending")).to_be_visible()
    pages.see_name(page)
    fake_api.script = quick
    expect(page.locator("#sentences p")).to_have_count(len(fake_results.SENTENCES))
    assert_steady(page)


@pytest.mark.parametrize(
    ("answers", "selector"),
    [
        pytest.param(script(), "#sentences p", id="result"),
        pytest.param(script(several), "#faces", id="several faces"),
        pytest.param(compared(), "#comparison .sentences p", id="comparison"),
        pytest.param(
            fixed(lambda i: fake_results.failed(i, 3, "no-face", MESSAGE, "Hint.")), "#failure", id="error"
        ),
        pytest.param(fixed(lambda i: fake_results.named(i, CROPPED)), "#pending", id="name alone"),
    ],
)
@pytest.mark.parametrize("size", SIZES)
def test_what_is_opened_from_a_link_does_not_jump(
    visit_fake: Visit, fake_api: FakeApi, size: dict[str, Any], answers: Script, selector: str
) -> None:
    fake_api.script = answers
    page = open_page(visit_fake, SHARED, **size)
    expect(page.locator(selector).first).to_be_visible()
    if page.locator("#result").is_visible():
        pages.see_all(page)
    page.wait_for_load_state("networkidle")
    assert_steady(page)


@pytest.mark.parametrize(
    ("answers", "selector"),
    [
        pytest.param(script(), "#sentences p", id="result"),
        pytest.param(compared(), "#comparison .sentences p", id="comparison"),
    ],
)
@pytest.mark.parametrize("size", SIZES)
def test_a_picture_that_arrives_last_moves_nothing(
    visit_fake: Visit, fake_api: FakeApi, size: dict[str, Any], answers: Script, selector: str
) -> None:
    fake_api.script = answers
    page = open_page(visit_fake, "/404.html", **size)
    held: list[Route] = []
    page.route(f"**{CROPPED}", lambda route: held.append(route), times=1)
    with page.expect_request(f"**{CROPPED}"):
        page.goto(SHARED, wait_until="commit")
    expect(page.locator(selector).first).to_be_visible()
    pages.see_frame(page)
    (picture,) = held
    picture.continue_()
    page.wait_for_load_state("networkidle")
    assert_steady(page)


@pytest.mark.parametrize(
    ("answers", "head", "rest"),
    [
        pytest.param(script(), "#result-name", "#candidates, #sentences, #features", id="result"),
        pytest.param(compared(), "#comparison h1", "#comparison .between", id="comparison"),
    ],
)
def test_the_head_is_drawn_before_the_rest(
    visit_fake: Visit, fake_api: FakeApi, answers: Script, head: str, rest: str
) -> None:
    fake_api.script = answers
    page = visit_fake("/404.html")
    page.add_init_script(HOLD_FRAMES)
    page.goto(SHARED)
    expect(page.locator(head)).to_be_visible()
    expect(page.locator(rest).locator("visible=true")).to_have_count(0)
    page.evaluate("window.drawFrames()")
    pages.see_all(page)
    expect(page.locator(rest).locator("visible=true")).to_have_count(rest.count("#candidates") * 2 + 1)


def test_a_page_in_the_background_is_built_all_the_same(visit_fake: Visit) -> None:
    page = visit_fake("/404.html")
    page.add_init_script(HOLD_FRAMES)
    page.add_init_script("Object.defineProperty(document, 'hidden', { get: () => true });")
    page.goto(SHARED)
    pages.see_all(page)
