"""Makes contact sheets of every state of the page, to check a change of the page by eye.

    .venv/bin/python -m docs.contact_sheet [de]

writes build/contact-sheet/<language>-<size>-<scheme>.png. The page runs over the fake API of its tests.
"""

from __future__ import annotations

import io
import shutil
import sys
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import skimage.data
from PIL import Image, ImageDraw
from playwright.sync_api import Browser, Page, sync_playwright

from tests import pictures
from tests.e2e import fake_results, pages
from tests.e2e.conftest import ARGUMENTS, BROWSERS
from tests.e2e.fake_site import FakeApi, serve
from tests.e2e.page_states import STATES, Steps

FOLDER = Path(__file__).resolve().parents[1] / "build" / "contact-sheet"
SIZES = {"desktop": pages.DESKTOP, "phone": pages.PHONE}
WIDTHS = {"desktop": 480, "phone": 240}
COLUMNS = {"desktop": 4, "phone": 8}
MARGIN, CAPTION = 16, 24
SIZE = """() => {
  const { clientWidth, scrollHeight, clientHeight } = document.documentElement;
  return [clientWidth, scrollHeight, clientHeight];
}"""
# The picture of a result stays in sight of a scrolled desktop.
SCROLL = """top => {
  document.querySelector('.picture')?.style.setProperty('position', 'static');
  scrollTo(0, top);
  return scrollY;
}"""


def capture(browser: Browser, options: dict[str, Any], steps: Steps, photo: bytes) -> Image.Image:
    """One state as a picture of the whole page."""
    context = browser.new_context(service_workers="block", reduced_motion="reduce", **options)
    page = context.new_page()
    page.goto("/")
    steps(page, photo)
    page.wait_for_timeout(300)
    image = whole_page(page)
    context.close()
    return image


def whole_page(page: Page) -> Image.Image:
    """All of the page, window by window: all at once, Chromium gives up the touch screen."""
    width, height, step = page.evaluate(SIZE)
    image = Image.new("RGB", (width, height))
    for top in range(0, height, step):
        y = page.evaluate(SCROLL, top)
        image.paste(Image.open(io.BytesIO(page.screenshot(scale="css"))), (0, y))
    return image


def sheet(shots: dict[str, Image.Image], size: str) -> Image.Image:
    """The pictures side by side, each under its name."""
    width, columns = WIDTHS[size], COLUMNS[size]
    small = {name: i.resize((width, round(i.height * width / i.width))) for name, i in shots.items()}
    rows = [list(small.items())[start : start + columns] for start in range(0, len(small), columns)]
    heights = [max(image.height for _, image in row) + CAPTION + MARGIN for row in rows]
    canvas = Image.new("RGB", (MARGIN + columns * (width + MARGIN), MARGIN + sum(heights)), "#808080")
    draw = ImageDraw.Draw(canvas)
    y = MARGIN
    for row, height in zip(rows, heights, strict=True):
        for column, (name, image) in enumerate(row):
            x = MARGIN + column * (width + MARGIN)
            draw.text((x, y + 4), name, fill="white")
            canvas.paste(image, (x, y + CAPTION))
        y += height
    return canvas


def main(language: str = "en") -> int:
    """Write every sheet."""
    photo = np.ascontiguousarray(skimage.data.astronaut()[:, :, ::-1])
    crop = cv2.warpAffine(photo, np.array(fake_results.transform()), (fake_results.CROP_SIDE,) * 2)
    api = FakeApi(crop=pictures.jpeg(crop))
    FOLDER.mkdir(parents=True, exist_ok=True)
    executable = next(filter(None, map(shutil.which, BROWSERS)), None)
    with serve(api) as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=ARGUMENTS)
        for size in SIZES:
            for scheme in ("light", "dark"):
                look = {"color_scheme": scheme, "locale": language, "base_url": address}
                options = {**SIZES[size], **look}
                shots = {}
                for name, (answers, steps) in STATES.items():
                    api.reset()
                    api.script = answers
                    shots[name] = capture(browser, options, steps, pictures.jpeg(photo))
                path = FOLDER / f"{language}-{size}-{scheme}.png"
                sheet(shots, size).save(path, optimize=True)
                print(path)
        browser.close()
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:2]))
