"""Every state of the page over the fake API: what the API answers, and what the visitor does to get there."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from playwright.sync_api import Page, expect

from tests.e2e import fake_comparisons, fake_results, pages
from tests.e2e.fake_site import CROPPED, PEOPLE, Script
from tests.e2e.pages import SHARED

MESSAGE = "ERROR: sorry, frontal face wasn't detected"

Steps = Callable[[Page, bytes], None]
See = Callable[[Page], object]


def script(change: Callable[[dict[str, Any]], object] = lambda _: None) -> Script:
    """A result that is there at once, changed."""

    def make(upload_id: str) -> list[tuple[float, dict[str, Any]]]:
        result = fake_results.done(upload_id, CROPPED)
        change(result)
        return [(0.0, result)]

    return make


def fixed(build: Callable[[str], dict[str, Any]]) -> Script:
    """An answer that never changes."""
    return lambda upload_id: [(0.0, build(upload_id))]


def several(result: dict[str, Any]) -> None:
    """Give the photo two more faces."""
    boxes = [{"x": 20, "y": 60, "width": 70, "height": 80}, {"x": 400, "y": 200, "width": 60, "height": 70}]
    result["face"]["others"] = [{"index": index + 1, "box": box} for index, box in enumerate(boxes)]


def go(path: str, *selectors: str) -> Steps:
    """Open an address and click the elements, one after the other."""

    def steps(page: Page, _: bytes) -> None:
        page.goto(path)
        page.wait_for_load_state("networkidle")
        for selector in selectors:
            page.locator(selector).first.click()

    return steps


def follow_link(*selectors: str, see: See = pages.see_result) -> Steps:
    """Open the link to a result, wait until this is seen, and click the elements."""

    def steps(page: Page, _: bytes) -> None:
        page.goto(SHARED)
        see(page)
        for selector in selectors:
            page.locator(selector).first.click()

    return steps


def shown(selector: str) -> See:
    """Waits until an element is visible."""
    return lambda page: expect(page.locator(selector)).to_be_visible()


def choose(see: See) -> Steps:
    """Choose the photo and wait until this is seen."""

    def steps(page: Page, photo: bytes) -> None:
        pages.choose(page, photo)
        see(page)

    return steps


def choose_two(page: Page, photo: bytes) -> None:
    """Choose two photos."""
    page.goto("/#compare")
    page.set_input_files("#pair-photo", pages.file(photo))
    page.set_input_files("#pair-other", pages.file(photo))
    expect(page.locator("#pair .slot.chosen")).to_have_count(2)


def compare(see: See) -> Steps:
    """Have two photos compared, and wait until this is seen."""

    def steps(page: Page, photo: bytes) -> None:
        choose_two(page, photo)
        page.locator("#compare").click()
        see(page)

    return steps


def explain_all(page: Page, photo: bytes) -> None:
    """Choose a photo with several faces and have all of them explained."""
    choose(pages.see_result)(page, photo)
    page.locator("#all-faces").click()
    expect(page.locator(".named-faces li")).to_have_count(3)
    expect(page.locator("#all-faces")).to_be_hidden()


def own_people(page: Page, _: bytes) -> None:
    """List people of whom some were enrolled."""
    people = [
        {"label": n, "name": name, "source": "own" if n < 2 else "embedded"} for n, name in enumerate(PEOPLE)
    ]
    answer = {"model": "fake", "total": 5751, "matches": 3, "identities": people}
    page.route("**/api/identities?*", lambda route: route.fulfill(json=answer))
    page.locator("#people summary").click()
    expect(page.locator(".people .tag")).to_have_count(2)


def own_person(result: dict[str, Any]) -> None:
    """Name somebody who was enrolled."""
    for found in (result["identity"], result["candidates"][0]):
        found["source"] = "own"


def two_people(result: dict[str, Any]) -> None:
    """Compare photos of two people."""
    sentence = "Two people: of pairs as alike as these two photos, less than 1 % show one person."
    result["comparison"].update(verdict="different", probability=0.004, similarity=0.71)
    result["comparison"]["translations"]["en"] = [sentence]


def compared(change: Callable[[dict[str, Any]], object] = lambda _: None) -> Script:
    """A comparison that is there at once, changed."""

    def make(upload_id: str) -> list[tuple[float, dict[str, Any]]]:
        result = fake_comparisons.compared(upload_id, CROPPED)
        change(result)
        return [(0.0, result)]

    return make


STATES: dict[str, tuple[Script, Steps]] = {
    "start": (script(), go("/")),
    "what is uploaded": (script(), go("/", ".uploaded summary")),
    "people": (script(), go("/", "#people summary")),
    "people of one's own": (script(), own_people),
    "processing": (fixed(lambda i: fake_results.without_result(i, "processing")), choose(shown("#progress"))),
    "named": (fixed(lambda i: fake_results.named(i, CROPPED)), choose(pages.see_name)),
    "strong": (script(), choose(pages.see_result)),
    "weak": (script(lambda r: r["identity"].update(verdict="weak", certainty=0.4)), follow_link()),
    "nobody": (script(lambda r: r["identity"].update(verdict="nobody", certainty=0.1)), follow_link()),
    "own person": (script(own_person), follow_link()),
    "several faces": (script(several), choose(pages.see_result)),
    "all faces": (script(several), explain_all),
    "two photos": (script(), go("/#compare")),
    "two photos chosen": (script(), choose_two),
    "photo 1 of 2": (
        fixed(lambda i: fake_results.without_result(i, "processing")),
        compare(shown("#progress")),
    ),
    "comparison": (compared(), compare(shown("#comparison"))),
    "two people": (
        compared(two_people),
        follow_link("#comparison summary", see=shown("#comparison")),
    ),
    "first photo alone": (
        compared(),
        follow_link("#modes label:nth-of-type(2)", see=shown("#comparison")),
    ),
    "other photo gone": (
        fixed(lambda i: fake_results.failed(i, 1, "other-expired", "", "")),
        choose(shown("#failure")),
    ),
    "how it was checked": (script(), follow_link("#checking summary")),
    "delete": (script(), follow_link("#delete")),
    "no face": (
        fixed(lambda i: fake_results.failed(i, 3, "no-face", MESSAGE, "")),
        choose(shown("#failure")),
    ),
    "nothing there": (script(), go("/#" + "0" * 32)),
    "how it works": (script(), go("/how-it-works.html")),
}
