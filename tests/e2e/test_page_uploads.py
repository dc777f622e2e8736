"""The page over a fake API: what becomes of a photo on its way to the upload."""

from __future__ import annotations

import io

import numpy as np
from PIL import Image
from playwright.sync_api import Route, expect

from tests import pictures
from tests.e2e import pages
from tests.e2e.conftest import Visit
from tests.e2e.fake_site import FakeApi

GPS_TAG = 0x8825


def photo_of_a_phone() -> bytes:
    """A noisy 12-megapixel JPEG with the place where it was taken."""
    noise = np.random.default_rng(0).integers(0, 255, (375, 500, 3), np.uint8)
    image = Image.fromarray(noise).resize((4000, 3000))
    exif = Image.Exif()
    exif.get_ifd(GPS_TAG)[1] = "N"
    stream = io.BytesIO()
    image.save(stream, "JPEG", quality=92, exif=exif)
    return stream.getvalue()


def uploaded(api: FakeApi) -> bytes:
    """The file inside the multipart form that was uploaded last."""
    body = api.photos[-1]
    start = body.rindex(b"\xff\xd8\xff")
    return body[start : body.rindex(b"\r\n--")]


def test_a_large_photo_is_scaled_down_and_loses_its_metadata(visit_fake: Visit, fake_api: FakeApi) -> None:
    photo = photo_of_a_phone()
    page = visit_fake()
    pages.choose(page, photo)
    pages.see_result(page)
    sent = uploaded(fake_api)
    assert Image.open(io.BytesIO(sent)).size == (2560, 1920)
    assert len(sent) < 0.5 * len(photo)
    assert b"Exif" not in sent
    assert fake_api.uploads[-1] == {"content_type": "image/jpeg", "size": len(sent), "face": 0}


def test_a_turned_photo_is_uploaded_upright(visit_fake: Visit, fake_api: FakeApi) -> None:
    pixels = np.zeros((60, 90, 3), np.uint8)
    pixels[:, :30] = 255
    page = visit_fake()
    pages.choose(page, pictures.with_orientation(pixels, 6))
    pages.see_result(page)
    sent = np.asarray(Image.open(io.BytesIO(uploaded(fake_api))))
    assert sent.shape == (60, 90, 3)
    assert sent[30, 15].mean() > 200
    assert sent[30, 60].mean() < 50


def test_the_original_is_uploaded_where_it_is_asked_for(
    visit_fake: Visit, fake_api: FakeApi, astronaut_jpeg: bytes
) -> None:
    page = visit_fake()
    page.get_by_text("What is uploaded?").click()
    page.get_by_label("Upload the original file").check()
    pages.choose(page, astronaut_jpeg)
    pages.see_result(page)
    assert uploaded(fake_api) == astronaut_jpeg


def test_a_photo_that_breaks_off_is_not_taken_for_a_whole_one(
    visit_fake: Visit, fake_api: FakeApi, astronaut_jpeg: bytes
) -> None:
    half = astronaut_jpeg[: len(astronaut_jpeg) // 2]
    page = visit_fake()
    pages.choose(page, half)
    pages.see_result(page)
    assert uploaded(fake_api) == half


def test_an_upload_that_breaks_off_can_be_repeated(visit_fake: Visit, astronaut_jpeg: bytes) -> None:
    visit_fake.expected.append("net::ERR_")
    page = visit_fake("/", **pages.PHONE)
    page.route("**/api/fake/photos", lambda route: route.abort("connectionreset"))
    pages.choose(page, astronaut_jpeg)
    pages.see_error(page, "The upload broke off")
    page.unroute("**/api/fake/photos")
    page.get_by_role("button", name="Try again").click()
    pages.see_result(page)


def test_a_photo_chosen_while_the_page_still_loads_is_taken(visit_fake: Visit, astronaut_jpeg: bytes) -> None:
    page = visit_fake("/404.html")
    held: list[Route] = []
    page.route("**/js/main.js", lambda route: held.append(route))
    with page.expect_request("**/js/main.js"):
        page.goto("/", wait_until="commit")
    pages.choose(page, astronaut_jpeg)
    expect(page.locator("#result")).to_be_hidden()
    held[0].continue_()
    pages.see_result(page)
