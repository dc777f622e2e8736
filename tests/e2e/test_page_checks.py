"""What the page shows of the checks behind an explanation, and that it reads well without them."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e import pages
from tests.e2e.conftest import Visit
from tests.e2e.pages import SIZES

Change = Callable[[dict[str, Any]], None]
CAM = {"gradcam": "Grad-CAM", "layercam": "LayerCAM", "hirescam": "HiResCAM"}


Explained = Callable[..., tuple[Page, dict[str, Any]]]


@pytest.fixture(scope="module")
def upload_id(site: str, browser: Browser, astronaut_jpeg: bytes) -> str:
    """The astronaut, explained once for all tests here."""
    page = browser.new_page(base_url=site)
    page.set_default_timeout(pages.PATIENCE)
    page.goto("/")
    pages.choose(page, astronaut_jpeg)
    found = pages.see_result(page)
    page.close()
    return found


@pytest.fixture
def explained(visit: Visit, upload_id: str) -> Explained:
    """Opens the result, changed on its way if asked to; gives the page and the result as it is stored."""

    def explain(change: Change | None = None, **options: Any) -> tuple[Page, dict[str, Any]]:
        page = visit("/", **options)
        if change:
            pages.alter(page, change)
        page.goto(f"/#{upload_id}")
        return page, pages.stored(page, pages.see_result(page))

    return explain


def verdict(word: str, certainty: float) -> Change:
    return lambda result: result["identity"].update(verdict=word, certainty=certainty)


def unchecked(result: dict[str, Any]) -> None:
    """As with the check switched off."""
    result["explanation"].update(check="off", reasons=[], fidelity=None, evidence_outside=None)
    for candidate in result["candidates"]:
        candidate["evidence"] = None
    for feature in result["features"]:
        feature.update(effect=None, controls=[], falls=[], reason=False)


def older(result: dict[str, Any]) -> None:
    """As it was before there were checks and verdicts."""
    result["explanation"] = {key: result["explanation"][key] for key in ("sentences", "outside")}
    for candidate in result["candidates"]:
        for key in ("evidence", "signed", "grad_cam"):
            candidate.pop(key, None)
    for feature in result["features"]:
        del feature["effect"], feature["controls"], feature["falls"], feature["reason"]
    del result["identity"]["certainty"], result["identity"]["verdict"]


@pytest.mark.parametrize(("word", "scheme"), [("strong", "light"), ("weak", "dark")])
def test_a_match_is_said_to_be_strong_or_weak(explained: Explained, word: str, scheme: str) -> None:
    page, result = explained(verdict(word, 0.81), color_scheme=scheme)
    expect(page.locator("#result-name")).to_have_text(result["identity"]["name"])
    expect(page.locator("#certainty")).to_have_text(f"{word.capitalize()} match")
    expect(page.locator("#percent")).to_contain_text("%")
    expect(page.locator("#chance")).to_contain_text("81")
    assert pages.contrast(page, "#percent", "#percent") >= 4.5


@pytest.mark.parametrize("size", SIZES)
def test_a_stranger_is_nobody_it_knows(explained: Explained, size: dict[str, Any]) -> None:
    page, result = explained(verdict("nobody", 0.12), **size)
    expect(page.locator("#result-name")).to_have_text("Nobody BRAIN knows")
    expect(page).to_have_title("Nobody BRAIN knows · BRAIN")
    expect(page.locator("#certainty")).to_have_text(f"The closest is {result['identity']['name']}")
    expect(page.locator("#percent")).to_be_hidden()
    expect(page.locator("#as-if")).to_be_visible()
    assert pages.overflow(page) <= 0


def test_the_evidence_comes_first_and_grad_cam_is_one_switch_away(explained: Explained) -> None:
    page, _ = explained(reduced_motion="reduce")
    evidence = pages.painted(page)
    expect(page.locator("#note-evidence")).to_be_visible()
    expect(page.locator("#note-map")).to_be_hidden()
    tools = pages.place(page, ".picture .tools")
    page.locator("#kinds label").nth(1).click()
    expect(page.locator("#note-map")).to_be_visible()
    expect(page.locator("#note-evidence")).to_be_hidden()
    assert pages.painted(page) != evidence
    assert pages.place(page, ".picture .tools") == tools, "switching moves nothing"
    page.locator("#candidates label").nth(1).click()
    expect(page.locator("#kinds input[value=map]")).to_be_checked()
    page.locator("#kinds").get_by_text("Evidence").click()
    page.locator("#candidates label").nth(0).click()
    assert pages.painted(page) == evidence


def test_a_candidate_without_evidence_shows_grad_cam(explained: Explained) -> None:
    page, _ = explained(lambda result: result["candidates"][1].update(evidence=None))
    page.locator("#candidates label").nth(1).click()
    expect(page.locator("#kinds input[value=map]")).to_be_checked()
    expect(page.locator("#kinds input[value=evidence]")).to_be_disabled()
    page.locator("#candidates label").nth(2).click()
    expect(page.locator("#kinds input[value=evidence]")).to_be_checked()


def test_every_part_says_what_blurring_it_did(explained: Explained) -> None:
    page, result = explained()
    match = result["identity"]["probability"]
    for feature in result["features"]:
        name = page.get_by_text(feature["name"].capitalize(), exact=True)
        row = page.locator("#features .feature").filter(has=name)
        left = pages.percent(min(1, max(0, match - feature["effect"]["probability"])))
        assert re.search(f"[Ww]ithout it (alone )?{left}", pages.words(row.inner_text()))
    reasons = {feature["name"] for feature in result["features"] if feature["reason"]}
    sets = [reason["features"] for reason in result["explanation"]["reasons"]]
    checked = sum(bool(feature["effect"]) for feature in result["features"])
    joint = [names for names in sets if len(names) < checked]
    expect(page.locator("#features .reason")).to_have_count(len(reasons.union(*joint)))
    explanation = result["explanation"]
    expect(page.locator("#outside")).to_contain_text(f"of {CAM[explanation.get('cam', 'gradcam')]}")
    expect(page.locator("#outside")).to_contain_text("of the evidence")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_reason_is_told_from_what_is_only_bright(explained: Explained, scheme: str) -> None:
    def plant(result: dict[str, Any]) -> None:
        result["identity"]["probability"] = 0.83
        for feature in result["features"]:
            feature.update(significant=False, reason=False)
        result["explanation"]["reasons"] = []
        by_name = {feature["name"]: feature for feature in result["features"]}
        control = {"box": by_name["chin"]["box"], "probability": 0.04, "logit": 0.2}
        by_name["nose"].update(reason=True, effect={"probability": 0.52, "logit": 3.0}, controls=[control])
        by_name["chin"].update(
            significant=True, effect={"probability": 0.01, "logit": 0.1}, controls=[control]
        )

    page, _ = explained(plant, color_scheme=scheme)
    assert pages.contrast(page, ".reason .effect strong", "body") >= 4.5
    nose, chin = (page.locator("#features .feature").filter(has_text=name) for name in ("Nose", "Chin"))
    assert "A reason. Without it 31 %, elsewhere 79 %." in pages.words(nose.inner_text())
    assert "Bright, but not a reason. Without it 82 %, elsewhere 79 %." in pages.words(chin.inner_text())
    expect(page.locator("#features .feature").first).to_contain_text("Nose")
    expect(page.locator(".box.reason")).to_have_count(1)
    expect(page.locator(".box-label:visible")).to_have_count(2)
    expect(page.locator(".parts .key")).to_have_text("marks a reason.")


def test_what_decides_only_as_a_whole_marks_no_part(explained: Explained) -> None:
    def plant(result: dict[str, Any]) -> None:
        effect = {"probability": 0.5, "logit": 3.0}
        names = [feature["name"] for feature in result["features"] if feature["effect"]]
        for feature in result["features"]:
            feature["reason"] = False
        result["explanation"]["reasons"] = [
            {"features": names, "before": 0.8, "effect": effect, "control": effect, "area": 0.5}
        ]

    page, _ = explained(plant)
    expect(page.locator("#features .reason")).to_have_count(0)
    expect(page.locator(".parts .key")).to_have_text("None of them is a reason by itself.")


@pytest.mark.parametrize("size", SIZES)
def test_how_it_was_checked_can_be_unfolded(explained: Explained, size: dict[str, Any]) -> None:
    page, result = explained(**size)
    expect(page.locator(".fidelity")).to_be_hidden()
    page.locator("#checking summary").click()
    explanation = result["explanation"]
    expect(page.locator(".reasons tbody tr")).to_have_count(len(explanation["reasons"]))
    expect(page.locator(".no-reasons")).to_be_visible(visible=not explanation["reasons"])
    rows = page.locator(".fidelity tbody tr")
    expect(rows).to_have_count(5)
    assert rows.locator("th").all_inner_texts() == [
        "Evidence", CAM[explanation.get("cam", "gradcam")], "Dot in the centre", "Random map", "Map inverted",
    ]  # fmt: skip
    evidence = explanation["fidelity"]["evidence"]
    assert pages.words(rows.first.inner_text()).split("Evidence ")[1] == (
        f"{pages.percent(evidence['deletion'])} {pages.percent(evidence['insertion'])}"
    )
    expect(page.locator(".fidelity .words p")).to_have_count(2)
    assert pages.overflow(page) <= 0


@pytest.mark.parametrize("size", SIZES)
def test_any_two_names_can_be_compared(explained: Explained, size: dict[str, Any]) -> None:
    page, result = explained(**size)
    names = [candidate["name"] for candidate in result["candidates"]]
    sentence = page.locator(".contrast .sentence")
    assert pages.words(sentence.inner_text()) == result["explanation"]["contrast"]["sentence"]
    expect(page.locator(".balance li")).to_have_count(len(result["features"]))
    first = pages.painted(page, ".contrast canvas")
    page.locator("#other").select_option(names[3])
    expect(page.locator(".sides .other")).to_have_text(names[3])
    assert names[1] not in sentence.inner_text()
    assert pages.painted(page, ".contrast canvas") != first
    page.locator("#one").select_option(names[3])
    expect(page.locator(".sides .one")).to_have_text(names[3])
    expect(page.locator(".sides .other")).to_have_text(names[0])
    expect(page.locator("#other option:checked")).to_have_text(names[0])
    assert pages.overflow(page) <= 0


@pytest.mark.parametrize("change", [unchecked, older], ids=["unchecked", "older"])
@pytest.mark.parametrize("size", SIZES)
def test_without_checks_the_page_still_reads_well(
    explained: Explained, change: Change, size: dict[str, Any]
) -> None:
    page, result = explained(change, **size)
    expect(page.locator("#kinds label:has([value=evidence])")).to_be_hidden()
    expect(page.locator("#kinds")).to_be_visible(visible=change is unchecked)
    expect(page.locator("#note-map")).to_be_visible()
    expect(page.locator("#checking")).to_be_hidden()
    expect(page.locator(".effect")).to_have_count(0)
    expect(page.locator("#filled")).to_have_text("marks a bright part.")
    expect(page.locator("#features .significant")).to_have_count(
        sum(feature["significant"] for feature in result["features"])
    )
    expect(page.locator("#contrast")).to_be_visible(visible=change is unchecked)
    assert pages.covered(page) > 100
    assert pages.overflow(page) <= 0


def test_those_who_want_no_motion_get_none(explained: Explained) -> None:
    page, _ = explained(reduced_motion="reduce")
    page.locator("#features .feature").last.click()
    assert page.evaluate("document.getAnimations().length") == 0
