"""Passing on a result: its picture, and what the browser's share sheet gets."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from tests.e2e import fake_comparisons, pages
from tests.e2e.conftest import Visit
from tests.e2e.fake_site import CROPPED, FakeApi
from tests.e2e.pages import SHARED

# A share sheet that says what it was given; it takes files or not.
SHARE_SHEET = """
navigator.canShare = ({ files }) => takesFiles || !files;
navigator.share = async ({ url, files = [] }) =>
  console.info(JSON.stringify([url, files.map(({ type }) => type)]));
"""
# Waits for the picture, however slow the machine is.
NO_LIMIT = """() => {
  const { setTimeout } = window;
  window.setTimeout = (run, wait, ...rest) => (wait === 1500 ? 0 : setTimeout(run, wait, ...rest));
}"""
# Notes every text that is written on a canvas.
WRITTEN = """() => {
  window.written = [];
  const { fillText } = CanvasRenderingContext2D.prototype;
  CanvasRenderingContext2D.prototype.fillText = function (text, ...rest) {
    window.written.push(text);
    return fillText.call(this, text, ...rest);
  };
}"""


def shared(page: Page) -> list[Any]:
    """Share a result; the address and the types of the files that the share sheet gets."""
    with page.expect_console_message(lambda message: message.type == "info") as sent:
        page.get_by_role("button", name="Share", exact=True).click()
    found: list[Any] = json.loads(sent.value.text)
    return found


def test_a_picture_with_its_caption_can_be_saved(visit_fake: Visit) -> None:
    page = visit_fake(SHARED)
    pages.see_result(page)
    with page.expect_download() as download:
        page.get_by_role("button", name="Download as a picture").click()
    image = Image.open(download.value.path())
    assert download.value.suggested_filename == "brain.png"
    assert image.width == 1080
    assert image.height > 1400
    pixels = np.asarray(image.convert("RGB"))
    assert pixels[64:1016, 64:1016].std() > 30, "the face"
    assert (pixels[1100:].min(axis=2) < 80).sum() > 5000, "the text"


@pytest.mark.parametrize("files", [True, False])
def test_sharing_sends_the_picture_where_the_browser_can(visit_fake: Visit, files: bool) -> None:
    page = visit_fake("/404.html")
    page.add_init_script(f"const takesFiles = {json.dumps(files)};{SHARE_SHEET}")
    page.goto(SHARED)
    pages.see_result(page)
    page.evaluate(NO_LIMIT)
    assert shared(page) == [page.url, ["image/png"] if files else []]


def test_the_link_is_shared_alone_where_the_picture_takes_too_long(visit_fake: Visit) -> None:
    page = visit_fake("/404.html")
    page.add_init_script(f"const takesFiles = true;{SHARE_SHEET}")
    page.goto(SHARED)
    pages.see_result(page)
    page.evaluate("() => void (window.fetch = () => new Promise(() => {}))")
    assert shared(page) == [page.url, []]


def test_a_comparison_can_be_saved_as_a_picture_that_names_its_map(
    visit_fake: Visit, fake_api: FakeApi
) -> None:
    fake_api.script = lambda upload_id: [(0.0, fake_comparisons.compared(upload_id, CROPPED))]
    page = visit_fake(SHARED)
    expect(page.locator("#comparison h1")).to_be_visible()
    page.locator("#comparison img").last.evaluate("image => image.decode()")
    page.evaluate(WRITTEN)
    with page.expect_download() as download:
        page.get_by_role("button", name="Download as a picture").click()
    pixels = np.asarray(Image.open(download.value.path()).convert("RGB"))
    side = (pixels.shape[1] - 2 * 64 - 24) // 2
    for left in (64, 64 + side + 24):
        assert pixels[64 : 64 + side, left : left + side].std() > 30, "a face"
    assert page.evaluate("written.slice(0, 2)") == ["What makes them alike", "Two photos"]
    page.get_by_text("What speaks against it", exact=True).first.click()
    with page.expect_download():
        page.get_by_role("button", name="Download as a picture").click()
    assert "What speaks against it" in page.evaluate("written")
