"""Every state of the page: readable, large enough for fingers, without colours and enlarged."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page

from tests.e2e import pages
from tests.e2e.conftest import Visit
from tests.e2e.fake_site import FakeApi
from tests.e2e.page_states import STATES

# 200 % of a window of 1280 pixels, in the visitor's own colours.
ENLARGED: dict[str, Any] = {"viewport": {"width": 640, "height": 450}, "forced_colors": "active"}
# Links inside sentences are exempt, as in WCAG 2.5.5 and 2.5.8; the boxes of faces lie where the faces are.
SMALL = """() => [...document.querySelectorAll(
  'button, summary, select, label:has(input), label[for], a, ' +
    'input:not(.visually-hidden, [type=radio], [type=checkbox])',
)].filter((element) => {
  const { width, height } = element.getBoundingClientRect();
  const alone = element.parentElement.textContent.trim() === element.textContent.trim();
  const exempt = element.matches('.face-box') || (element.matches('p > a') && !alone);
  return element.checkVisibility() && width > 0 && !exempt && Math.min(width, height) < 43.5;
}).map((element) => `${element.id || element.className || element.tagName}: ${element.textContent.trim()}`)"""

CLIPPED = """() => [...document.querySelectorAll('.button, .slot, .segments label, summary, select')]
  .filter((element) => element.checkVisibility() && element.scrollWidth > element.clientWidth + 1)
  .map((element) => element.textContent.trim())"""


def reach(page: Page, api: FakeApi, state: str, photo: bytes) -> None:
    """Bring the page into this state."""
    answers, steps = STATES[state]
    api.script = answers
    steps(page, photo)
    page.locator("h1").wait_for() if page.url.endswith(".html") else pages.see_page(page)


@pytest.mark.parametrize("state", STATES)
def test_on_a_phone_nothing_is_hard_to_read_or_to_hit(
    visit_fake: Visit, fake_api: FakeApi, astronaut_jpeg: bytes, state: str
) -> None:
    visit_fake.expected += ["404", "Failed to load"]
    page = visit_fake("/", reduced_motion="reduce", **pages.PHONE)
    reach(page, fake_api, state, astronaut_jpeg)
    assert pages.accessibility_violations(page) == []
    assert pages.overflow(page) <= 0
    assert page.evaluate(SMALL) == []
    assert page.evaluate(CLIPPED) == []
    assert page.evaluate("document.getAnimations().length") == 0


@pytest.mark.parametrize("state", STATES)
def test_every_state_can_be_enlarged_and_needs_no_colours(
    visit_fake: Visit, fake_api: FakeApi, astronaut_jpeg: bytes, state: str
) -> None:
    visit_fake.expected += ["404", "Failed to load"]
    page = visit_fake("/", **ENLARGED)
    reach(page, fake_api, state, astronaut_jpeg)
    assert pages.overflow(page) <= 0
    assert pages.accessibility_violations(page) == []
