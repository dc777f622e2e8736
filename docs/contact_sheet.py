"""Makes contact sheets of every state of the page, to look at before a change of the page is called done.

    .venv/bin/python -m docs.contact_sheet

writes build/contact-sheet/<size>-<scheme>.png. The page runs over the fake API of its tests.
"""

from __future__ import annotations

import io
import shutil
import sys
from collections.abc import Callable
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
from tests.e2e.fake_site import CROPPED, FakeApi, Script, serve

FOLDER = Path(__file__).resolve().parents[1] / "build" / "contact-sheet"
SIZES = {"desktop": pages.DESKTOP, "phone": pages.PHONE}
WIDTHS = {"desktop": 480, "phone": 240}
COLUMNS = {"desktop": 4, "phone": 8}
MARGIN, CAPTION = 16, 24
SHARED = f"/#{'c' * 32}"
MESSAGE = "ERROR: sorry, frontal face wasn't detected"

Steps = Callable[[Page, bytes], None]


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


def choose(page: Page, photo: bytes) -> None:
    """Choose the photo and wait until its view is there."""
    pages.choose(page, photo)
    page.wait_for_timeout(1500)


STATES: dict[str, tuple[Script, Steps]] = {
    "start": (script(), go("/")),
    "what is uploaded": (script(), go("/", ".uploaded summary")),
    "people": (script(), go("/", "#people summary")),
    "processing": (fixed(lambda i: fake_results.without_result(i, "processing")), choose),
    "named": (fixed(lambda i: fake_results.named(i, CROPPED)), choose),
    "strong": (script(), choose),
    "weak": (script(lambda r: r["identity"].update(verdict="weak", certainty=0.4)), go(SHARED)),
    "nobody": (script(lambda r: r["identity"].update(verdict="nobody", certainty=0.1)), go(SHARED)),
    "several faces": (script(several), choose),
    "how it was checked": (script(), go(SHARED, "#checking summary")),
    "delete": (script(), go(SHARED, "#delete")),
    "no face": (fixed(lambda i: fake_results.failed(i, 3, "no-face", MESSAGE, "")), choose),
    "nothing there": (script(), go("/#" + "0" * 32)),
    "how it works": (script(), go("/how-it-works.html")),
}


def capture(
    browser: Browser, address: str, size: str, scheme: str, steps: Steps, photo: bytes
) -> Image.Image:
    """One state as a picture of the whole page."""
    options: dict[str, Any] = {**SIZES[size], "color_scheme": scheme, "reduced_motion": "reduce"}
    context = browser.new_context(base_url=address, service_workers="block", **options)
    page = context.new_page()
    page.goto("/")
    steps(page, photo)
    page.wait_for_timeout(300)
    image = Image.open(io.BytesIO(page.screenshot(full_page=True))).convert("RGB")
    context.close()
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


def main() -> int:
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
                shots = {}
                for name, (answers, steps) in STATES.items():
                    api.reset()
                    api.script = answers
                    shots[name] = capture(browser, address, size, scheme, steps, pictures.jpeg(photo))
                path = FOLDER / f"{size}-{scheme}.png"
                sheet(shots, size).save(path, optimize=True)
                print(path)
        browser.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
