"""The page over a fake API: what stays on the visitor's device, and what works without a network."""

from __future__ import annotations

from playwright.sync_api import Route, expect

from tests.e2e import fake_results, pages
from tests.e2e.conftest import Visit
from tests.e2e.fake_site import CROPPED, FakeApi, Stage

# Until the service worker keeps every file that the page has loaded.
KEPT = """async () => {
  const isFile = ({ name, responseStatus }) =>
    responseStatus === 200 && name.startsWith(`${location.origin}/`) && !name.includes('/api/');
  let missing = [];
  for (let attempt = 0; attempt < 1200; attempt += 1) {
    const kept = new Set((await (await caches.open('brain-page')).keys()).map(({ url }) => url));
    const loaded = performance.getEntriesByType('resource').filter(isFile).map(({ name }) => name);
    missing = [location.origin + '/', ...loaded].filter((url) => !kept.has(url));
    if (loaded.length > 40 && missing.length === 0) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`the service worker keeps no copy of ${missing}`);
}"""

# Until the service worker keeps a file.
KEPT_FILE = """async (name) => {
  for (let attempt = 0; attempt < 1200; attempt += 1) {
    if (await (await caches.open('brain-page')).match(name)) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`the service worker keeps no copy of ${name}`);
}"""
# Answers of the API, pictures included, among the files that the service worker keeps.
KEPT_ANSWERS = """async () => {
  const kept = await (await caches.open('brain-page')).keys();
  return kept.map(({ url }) => url).filter((url) => url.includes('/api/'));
}"""
# What is read of the kept results from here on waits for `resume()`; `reading` resolves when something does.
HOLD_READING = """() => {
  const { match } = Cache.prototype;
  const held = new Promise((resolve) => (window.resume = resolve));
  let begin;
  window.reading = new Promise((resolve) => (begin = resolve));
  Cache.prototype.match = async function (...names) {
    const found = await match.apply(this, names);
    begin();
    await held;
    return found;
  };
}"""
# Reads are answered in turn: those that waited are done before the last of ten more.
FINISH_READING = """async () => {
  window.resume();
  for (let time = 0; time < 10; time += 1) await (await caches.open('brain-results')).match('/');
}"""


def test_results_stay_on_this_device_until_they_are_cleared(visit_fake: Visit, astronaut_jpeg: bytes) -> None:
    page = visit_fake("/", reduced_motion="reduce", **pages.PHONE)
    expect(page.locator("#device")).to_be_hidden()
    pages.choose(page, astronaut_jpeg)
    upload_id = pages.see_result(page)
    page.locator(".logo").click()
    entry = page.locator("#device .kept")
    expect(entry).to_contain_text("Ada Lovelace")
    assert pages.accessibility_violations(page) == []
    page.reload()
    entry.click()
    assert pages.see_result(page) == upload_id
    page.locator(".logo").click()
    page.get_by_role("button", name="Clear the list").click()
    expect(page.locator("#device")).to_be_hidden()


def test_a_list_that_is_still_being_read_does_not_come_back_when_it_is_cleared(
    visit_fake: Visit, astronaut_jpeg: bytes
) -> None:
    page = visit_fake()
    pages.choose(page, astronaut_jpeg)
    pages.see_result(page)
    page.locator(".logo").click()
    expect(page.locator("#device .kept")).to_have_count(1)
    page.locator("#device .kept").click()
    pages.see_result(page)
    page.evaluate(HOLD_READING)
    page.locator(".logo").click()
    page.evaluate("window.reading")
    page.get_by_role("button", name="Clear the list").click()
    expect(page.locator("#device")).to_be_hidden()
    page.evaluate(FINISH_READING)
    expect(page.locator("#device")).to_be_hidden()


def test_strangers_are_told_apart_by_whom_they_resemble(visit_fake: Visit, fake_api: FakeApi) -> None:
    def stranger(upload_id: str) -> list[Stage]:
        result = fake_results.done(upload_id, CROPPED)
        name = fake_results.NAMES[int(upload_id[0], 16)]
        result["identity"].update(verdict="nobody", name=name)
        return [(0.0, result)]

    fake_api.script = stranger
    page = visit_fake("/")
    for digit in "01":
        page.goto(f"/#{digit * 31}a")
        pages.see_result(page)
        page.locator(".logo").click()
    newest_first = [f"The closest is {name}" for name in reversed(fake_results.NAMES[:2])]
    expect(page.locator("#device .kept")).to_contain_text(newest_first)


def test_nothing_is_kept_where_that_is_switched_off(visit_fake: Visit, astronaut_jpeg: bytes) -> None:
    page = visit_fake()
    pages.choose(page, astronaut_jpeg)
    pages.see_result(page)
    page.locator(".logo").click()
    expect(page.get_by_label("Keep results on this device")).to_be_checked()
    page.get_by_label("Keep results on this device").uncheck()
    expect(page.locator("#device .kept")).to_have_count(0)
    pages.choose(page, astronaut_jpeg)
    pages.see_result(page)
    page.locator(".logo").click()
    expect(page.get_by_label("Keep results on this device")).not_to_be_checked()
    expect(page.locator("#device .kept")).to_have_count(0)
    assert page.evaluate("caches.open('brain-results').then((cache) => cache.keys())") == []


def test_a_deleted_result_leaves_this_device_too(visit_fake: Visit, astronaut_jpeg: bytes) -> None:
    page = visit_fake()
    pages.choose(page, astronaut_jpeg)
    pages.see_result(page)
    page.locator("#delete").click()
    page.get_by_role("button", name="Delete", exact=True).click()
    expect(page.locator("#start")).to_be_visible()
    expect(page.locator("#device")).to_be_hidden()


def test_offline_the_page_opens_and_shows_what_it_has(visit_fake: Visit, astronaut_jpeg: bytes) -> None:
    visit_fake.expected += ["net::ERR_", "Failed to fetch"]
    page = visit_fake("/", service_workers="allow")
    pages.choose(page, astronaut_jpeg)
    pages.see_result(page)
    page.evaluate(KEPT)
    assert page.evaluate(KEPT_ANSWERS) == [], "photos and results are the visitor's, who may clear them"
    page.locator(".logo").click()
    expect(page.locator("#device .kept")).to_have_count(1)
    expect(page.locator("#offline")).to_be_hidden()
    page.context.set_offline(True)
    expect(page.locator("#offline")).to_contain_text("You are offline")
    page.reload()
    expect(page.locator("#offline")).to_be_visible()
    page.locator("#device .kept").click()
    expect(page.locator("#result-name")).to_have_text("Ada Lovelace")
    expect(page.locator("#toast")).to_contain_text("no connection")
    page.locator(".picture .crop").evaluate("image => image.decode()")
    page.context.set_offline(False)


def test_a_file_that_arrives_when_the_service_worker_is_there_already_is_kept_too(visit_fake: Visit) -> None:
    page = visit_fake("/", service_workers="allow")
    held: list[Route] = []
    page.route("**/js/start/identities.js", lambda route: held.append(route))
    with page.expect_request("**/js/start/identities.js"):
        page.locator("#people summary").click()
    page.evaluate(KEPT_FILE, "/js/main.js")
    held[0].continue_()
    expect(page.locator(".people li")).to_have_count(3)
    page.evaluate(KEPT_FILE, "/js/start/identities.js")


def test_the_page_can_be_installed(visit_fake: Visit) -> None:
    page = visit_fake()
    manifest = page.request.get("/manifest.webmanifest")
    assert manifest.headers["content-type"].startswith("application/manifest+json")
    for icon in manifest.json()["icons"]:
        assert page.request.get(f"/{icon['src']}").ok
