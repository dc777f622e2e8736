"""Makes docs/img/result.png, the finished result that README shows.

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
from playwright.sync_api import FilePayload, Page, sync_playwright

PICTURE = Path(__file__).parent / "img" / "result.png"
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
WINDOW = {"width": 1280, "height": 1400}
MARGIN = 24
MOST_BYTES = 400_000


def astronaut() -> FilePayload:
    """The photo as a file to choose."""
    stream = io.BytesIO()
    Image.fromarray(skimage.data.astronaut()).save(stream, "JPEG", quality=95)
    return {"name": "astronaut.jpg", "mimeType": "image/jpeg", "buffer": stream.getvalue()}


def photograph(page: Page) -> bytes:
    """Have the astronaut explained, and photograph the result from the top down to the five names."""
    page.set_input_files("#file", astronaut())
    page.locator("#result").wait_for()
    page.locator(".picture img").evaluate("image => image.decode()")
    main, names = page.locator("main").bounding_box(), page.locator("#candidates").bounding_box()
    assert main
    assert names
    sides = {"x": main["x"] - MARGIN, "width": main["width"] + 2 * MARGIN}
    height = names["y"] + names["height"] + MARGIN
    return page.screenshot(clip={**sides, "y": 0, "height": height}, animations="disabled")


def save(screenshot: bytes, path: Path) -> int:
    """Write as a PNG of 256 colours, which looks the same at half the size; gives its bytes."""
    image = Image.open(io.BytesIO(screenshot)).convert("RGB")
    colours = image.quantize(256, Image.Quantize.MEDIANCUT, kmeans=1)
    # Only with a palette given does Pillow dither, and without it the map gets edges that it does not have.
    image.quantize(palette=colours, dither=Image.Dither.FLOYDSTEINBERG).save(path, optimize=True)
    return path.stat().st_size


def main(address: str) -> int:
    """Gives the exit status: 1 where the picture came out too large."""
    executable = next(filter(None, map(shutil.which, BROWSERS)), None)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=["--no-sandbox"])
        page = browser.new_page(viewport=WINDOW, color_scheme="light", reduced_motion="reduce")
        page.goto(address)
        size = save(photograph(page), PICTURE)
        browser.close()
    print(f"{PICTURE}: {size / 1000:.0f} kB")
    return int(size > MOST_BYTES)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:2] or ["http://127.0.0.1:8000"]))
