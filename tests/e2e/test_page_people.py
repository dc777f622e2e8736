"""The page over a fake API: who was enrolled, and what becomes of an enrolment photo."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import expect

from tests.e2e import fake_results, pages
from tests.e2e.conftest import Visit
from tests.e2e.fake_site import CROPPED, FakeApi
from tests.e2e.pages import SHARED, SIZES


@pytest.mark.parametrize("size", SIZES)
def test_the_list_of_people_says_who_was_enrolled(
    visit_fake: Visit, fake_api: FakeApi, size: dict[str, Any]
) -> None:
    fake_api.own = ("Ada Lovelace",)
    page = visit_fake("/", reduced_motion="reduce", **size)
    page.get_by_text("People BRAIN knows", exact=True).click()
    expect(page.locator(".people li")).to_have_count(3)
    expect(page.locator(".people li", has=page.locator(".tag"))).to_contain_text("Ada Lovelace")
    assert pages.accessibility_violations(page) == []
    page.locator("#people").get_by_text("Built in").click()
    expect(page.locator(".people li")).to_have_text(["Grace Hopper", "Katherine Johnson"])
    page.locator("#people .segments").get_by_text("Enrolled here").click()
    expect(page.locator(".people li")).to_have_text(["Ada Lovelace"])
    assert pages.overflow(page) <= 0


def test_a_list_that_does_not_load_says_so_and_can_be_opened_again(visit_fake: Visit) -> None:
    visit_fake.expected += ["500"]
    page = visit_fake()
    page.route("**/api/identities?*", lambda route: route.fulfill(status=500, json={}))
    title = page.get_by_text("People BRAIN knows", exact=True)
    title.click()
    expect(page.locator("#people .note")).to_contain_text("The list could not be loaded.")
    page.unroute("**/api/identities?*")
    title.click()
    title.click()
    expect(page.locator(".people li")).to_have_count(3)


def test_sources_are_not_offered_where_nobody_was_enrolled(visit_fake: Visit) -> None:
    page = visit_fake()
    page.get_by_text("People BRAIN knows", exact=True).click()
    expect(page.locator(".people li")).to_have_count(3)
    expect(page.locator("#people .segments")).to_be_hidden()
    expect(page.locator(".people .tag")).to_have_count(0)


def test_a_result_says_that_its_person_was_enrolled(visit_fake: Visit, fake_api: FakeApi) -> None:
    result = fake_results.done("c" * 32, CROPPED)
    result["identity"]["source"] = result["candidates"][0]["source"] = "own"
    fake_api.script = lambda _: [(0.0, result)]
    page = visit_fake(SHARED)
    expect(page.locator("#own-person")).to_have_text("One of the people enrolled here")
    expect(page.locator("#candidates .tag")).to_have_count(1)


@pytest.mark.parametrize(
    ("outcome", "hint"), [("enrolled", "4 photos"), ("unlike-others", "counts for little")]
)
def test_an_enrolment_photo_says_what_became_of_it(
    visit_fake: Visit, fake_api: FakeApi, outcome: str, hint: str
) -> None:
    enrolment = {"person": "Ada Lovelace", "outcome": outcome, "similarity": 0.9, "photos": 4}
    bare = fake_results.without_result("c" * 32, "done")
    fake_api.script = lambda _: [(0.0, {**bare, "enrolment": enrolment})]
    page = visit_fake(SHARED)
    pages.see_error(page, "Enrolled: Ada Lovelace")
    expect(page.locator("#failure .hint")).to_contain_text(hint)
