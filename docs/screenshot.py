"""Take docs/img/result.png, the screenshot of a result that README shows.

With the stack running (`make start`) and the test requirements installed (`make setup`):

    .venv/bin/python docs/screenshot.py [http://127.0.0.1:8000]

The photo is scikit-image's astronaut (NASA, public domain).
"""

from __future__ import annotations

import io
import shutil
import sys
from pathlib import Path

import skimage.data
from PIL import Image
from playwright.sync_api import FilePayload, FloatRect, Page, ViewportSize, sync_playwright

SCREENSHOT = Path(__file__).parent / "img" / "result.png"
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
VIEWPORT: ViewportSize = {"width": 1280, "height": 1400}
MARGIN = 24
MAX_BYTES = 400_000


def astronaut() -> FilePayload:
    """The astronaut as a JPEG file to upload."""
    stream = io.BytesIO()
    Image.fromarray(skimage.data.astronaut()).save(stream, "JPEG", quality=95)
    return {"name": "astronaut.jpg", "mimeType": "image/jpeg", "buffer": stream.getvalue()}


def take_screenshot(page: Page) -> bytes:
    """Explain the astronaut and capture the page from the top to the end of the sentences."""
    page.set_input_files("#file", astronaut())
    page.locator("#result:not(.pending)").wait_for()
    page.locator(".picture .crop").evaluate("image => image.decode()")
    main, sentences = page.locator("main").bounding_box(), page.locator("#sentences").bounding_box()
    assert main
    assert sentences
    clip: FloatRect = {
        "x": main["x"] - MARGIN,
        "y": 0,
        "width": main["width"] + 2 * MARGIN,
        "height": sentences["y"] + sentences["height"] + MARGIN,
    }
    return page.screenshot(clip=clip, animations="disabled")


def save(screenshot: bytes, path: Path) -> int:
    """Write a PNG with 256 colours, half the size of the original; returns its size in bytes."""
    image = Image.open(io.BytesIO(screenshot)).convert("RGB")
    colours = image.quantize(256, Image.Quantize.MEDIANCUT, kmeans=1)
    # Pillow dithers only if a palette is given; without dithering the map would show false edges.
    image.quantize(palette=colours, dither=Image.Dither.FLOYDSTEINBERG).save(path, optimize=True)
    return path.stat().st_size


def main(address: str) -> int:
    """Take and save the screenshot; returns 1 if the file is too large, otherwise 0."""
    executable = next(filter(None, map(shutil.which, BROWSERS)), None)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=["--no-sandbox"])
        page = browser.new_page(viewport=VIEWPORT, color_scheme="light", reduced_motion="reduce")
        page.goto(address)
        size = save(take_screenshot(page), SCREENSHOT)
        browser.close()
    print(f"{SCREENSHOT}: {size / 1000:.0f} kB")
    return int(size > MAX_BYTES)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:2] or ["http://127.0.0.1:8000"]))
