"""The page over the whole running stack: what went wrong, and the way on."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import expect

from tests import pictures
from tests.e2e import pages
from tests.e2e.conftest import Visit

NETWORK_LOST = "net::ERR_FAILED"


@pytest.fixture(scope="session")
def grey() -> bytes:
    """A photo of no face."""
    return pictures.jpeg(np.full((480, 640, 3), 128, np.uint8))


def test_a_text_file_is_refused_with_a_hint_and_a_way_out(visit: Visit, astronaut_jpeg: bytes) -> None:
    page = visit()
    pages.choose(page, b"This is no photo.", "photo.jpg")
    pages.see_error(page, "This file is not a supported photo")
    pages.answer_chooser(page, astronaut_jpeg)
    page.get_by_role("button", name="Choose another photo").click()
    pages.see_result(page)


@pytest.mark.parametrize(
    ("size", "title"),
    [(0, "This file is empty"), (21 * 1024 * 1024, "This photo is too large")],
    ids=["empty", "large"],
)
def test_what_cannot_be_sent_is_said_at_once(visit: Visit, tmp_path: Path, size: int, title: str) -> None:
    photo = tmp_path / "photo.jpg"
    with photo.open("wb") as file:
        file.truncate(size)
    page = visit("/", **pages.PHONE)
    page.set_input_files("#file", photo)
    pages.see_error(page, title)
    expect(page.locator("#retry")).to_be_hidden()
    assert pages.overflow(page) <= 0


def test_a_damaged_photo_gives_the_stored_error(visit: Visit, astronaut_jpeg: bytes) -> None:
    page = visit()
    pages.choose(page, astronaut_jpeg[:64])
    pages.see_error(page, "This file could not be read as a photo")
    expect(page.locator("#failure .technical")).to_contain_text("Error 1")
    expect(page.locator("#failure .technical")).to_contain_text("ERROR: cannot load input image ... ")


def test_a_photo_of_no_face_says_so_and_keeps_the_photo_in_view(visit: Visit, grey: bytes) -> None:
    page = visit("/", **pages.PHONE)
    pages.choose(page, grey)
    pages.see_error(page, "No face found in this photo")
    expect(page.locator("#failure .technical")).to_contain_text("ERROR: sorry, frontal face wasn't detected")
    expect(page.locator("#failure img")).to_be_visible()
    assert pages.overflow(page) <= 0


@pytest.mark.parametrize("path", ["/#" + "0" * 32, "/#tooshort", "/?id=" + "0" * 32])
def test_a_link_to_nothing_says_so(visit: Visit, path: str) -> None:
    visit.expected.append("404")
    page = visit(path)
    pages.see_error(page, "There is nothing at this address")
    page.get_by_role("button", name="Try another photo").click()
    expect(page.locator("#start")).to_be_visible()
    assert "0000" not in page.url


def test_a_lost_connection_keeps_the_photo(visit: Visit, astronaut_jpeg: bytes) -> None:
    visit.expected.append(NETWORK_LOST)
    page = visit()
    page.route("**/api/uploads", lambda route: route.abort())
    pages.choose(page, astronaut_jpeg)
    pages.see_error(page, "The connection was lost")
    expect(page.locator("#failure img")).to_be_visible()
    page.unroute("**/api/uploads")
    page.get_by_role("button", name="Try again").click()
    pages.see_result(page)


def test_an_upload_can_be_cancelled(visit: Visit, astronaut_jpeg: bytes) -> None:
    page = visit()
    page.route("**/api/uploads", lambda route: None)
    pages.choose(page, astronaut_jpeg)
    page.get_by_role("button", name="Cancel").click()
    expect(page.locator("#start")).to_be_visible()


def test_a_computer_without_a_camera_says_so(visit: Visit) -> None:
    page = visit()
    page.get_by_role("button", name="Use the camera").click()
    expect(page.locator("#camera .note")).to_contain_text("camera")
    expect(page.locator("#camera .shutter")).to_be_disabled()
    page.keyboard.press("Escape")
    expect(page.locator("#camera")).to_be_hidden()
