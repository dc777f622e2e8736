"""Take docs/img/result.png, the screenshot of a result that README shows.

    .venv/bin/python -m infra.samples
    .venv/bin/python -m docs.screenshot

The photo is the sample of the astronaut (NASA, public domain); the first command prepares its result.
"""

from __future__ import annotations

import io
import shutil
import sys
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.sync_api import FloatRect, Page, ViewportSize, sync_playwright

from docs.lighthouse import fake_page
from tests.e2e.conftest import ARGUMENTS, BROWSERS

SCREENSHOT = Path(__file__).parent / "img" / "result.png"
VIEWPORT: ViewportSize = {"width": 1280, "height": 1400}
MARGIN = 24
MAX_BYTES = 400_000


def take_screenshot(page: Page) -> bytes:
    """Open the astronaut's result and capture the page from the top to the end of "Why"."""
    page.goto("/#sample-eileen-collins")
    page.locator("#sentences p").first.wait_for()
    page.locator(".picture .crop").evaluate("image => image.decode()")
    page.locator(".picture canvas[width]").wait_for()
    main, why = page.locator("main").bounding_box(), page.locator(".why").bounding_box()
    assert main
    assert why
    clip: FloatRect = {
        "x": main["x"] - MARGIN,
        "y": 0,
        "width": main["width"] + 2 * MARGIN,
        "height": why["y"] + why["height"] + MARGIN,
    }
    return page.screenshot(clip=clip, animations="disabled")


def save(screenshot: bytes, path: Path) -> int:
    """Write a PNG with 256 colours, half the size of the original; returns its size in bytes."""
    image = Image.open(io.BytesIO(screenshot)).convert("RGB")
    colours = image.quantize(256, Image.Quantize.MEDIANCUT, kmeans=1)
    # Pillow dithers only if a palette is given; without dithering the map would show false edges.
    image.quantize(palette=colours, dither=Image.Dither.FLOYDSTEINBERG).save(path, optimize=True)
    return path.stat().st_size


def main() -> int:
    """Take and save the screenshot; returns 1 if the file is too large, otherwise 0."""
    executable = next(filter(None, map(shutil.which, BROWSERS)), None)
    look: dict[str, Any] = {"viewport": VIEWPORT, "color_scheme": "light", "reduced_motion": "reduce"}
    with fake_page() as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=ARGUMENTS)
        page = browser.new_page(base_url=address, locale="en", **look)
        size = save(take_screenshot(page), SCREENSHOT)
        browser.close()
    print(f"{SCREENSHOT}: {size / 1000:.0f} kB")
    return int(size > MAX_BYTES)


if __name__ == "__main__":
    sys.exit(main())
