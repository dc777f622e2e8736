"""What visitors do on the page, and what they see."""

from __future__ import annotations

import base64
import math
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import FilePayload, Locator, Page, Request, Route, expect

PATIENCE = 60_000
AXE = Path(__file__).resolve().parents[2] / "node_modules/axe-core/axe.min.js"
DESKTOP: dict[str, Any] = {"viewport": {"width": 1280, "height": 900}}
PHONE: dict[str, Any] = {"viewport": {"width": 360, "height": 740}, "has_touch": True, "is_mobile": True}
SIZES = [pytest.param(DESKTOP, id="desktop"), pytest.param(PHONE, id="phone")]
# The path of a result whose link was shared.
SHARED = f"/#{'c' * 32}"
ID = re.compile(r"(?:#|\?id=)([0-9a-f]{32})$")

PAINTED = """canvas => {
  const pixels = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data;
  return pixels.reduce((sum, value) => (sum * 31 + value) % 1000003, 0);
}"""
COVERED = """canvas => {
  const pixels = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data;
  return pixels.filter((_, index) => index % 4 === 3 && pixels[index] > 200).length;
}"""
BRING = """([kind, base64]) => {
  const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
  const data = new DataTransfer();
  data.items.add(new File([bytes], 'photo.jpg', { type: 'image/jpeg' }));
  const options = { bubbles: true, cancelable: true };
  document.body.dispatchEvent(
    kind === 'paste'
      ? new ClipboardEvent('paste', { ...options, clipboardData: data })
      : new DragEvent(kind, { ...options, dataTransfer: data }),
  );
}"""
TWO_FRAMES = """() => new Promise((resolve) => {
  requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(resolve)));
})"""
CONTRAST = """([selector, behind]) => {
  const context = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
  const light = (element, property) => {
    context.fillStyle = getComputedStyle(element)[property];
    context.fillRect(0, 0, 1, 1);
    const parts = [...context.getImageData(0, 0, 1, 1).data].slice(0, 3).map((value) => value / 255);
    const linear = parts.map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2];
  };
  const pair = [
    light(document.querySelector(selector), 'color'),
    light(document.querySelector(behind), 'backgroundColor'),
  ].sort((one, other) => other - one);
  return (pair[0] + 0.05) / (pair[1] + 0.05);
}"""


def file(content: bytes, name: str = "photo.jpg") -> FilePayload:
    """A file as it is given to a file input."""
    return {"name": name, "mimeType": "image/jpeg", "buffer": content}


def see_page(page: Page) -> None:
    """Wait until the page's scripts have shown one of its views."""
    expect(page.locator("main > section:visible")).to_have_count(1)


def choose(page: Page, content: bytes, name: str = "photo.jpg") -> None:
    """Choose a photo with the file input."""
    page.set_input_files("#file", file(content, name))


def answer_chooser(page: Page, content: bytes) -> None:
    """Choose this photo in the file dialog, when one opens."""
    page.once("filechooser", lambda chooser: chooser.set_files(file(content)))


def bring(page: Page, content: bytes, way: str) -> None:
    """Drop (`way` is drop) or paste a photo; dragover is what comes before a drop."""
    see_page(page)
    page.evaluate(BRING, [way, base64.b64encode(content).decode()])


def see_result(page: Page) -> str:
    """Wait until a finished result is shown whose picture has arrived. Returns its id."""
    expect(page.locator("#result:not(.pending)")).to_be_visible()
    return see_name(page)


def see_name(page: Page) -> str:
    """Wait until a result is shown whose picture has arrived, finished or not. Returns its id."""
    see_all(page)
    page.locator(".picture .crop").evaluate("image => image.decode()")
    found = ID.search(page.url)
    assert found, page.url
    return found[1]


def see_all(page: Page) -> None:
    """Wait until a result is built, from the top down to what can be done with it."""
    expect(page.locator("#result .after")).to_be_visible()


def see_pictures(page: Page, selector: str) -> None:
    """Wait until all these pictures have arrived, and what they change has been laid out."""
    for image in page.locator(selector).all():
        image.evaluate("image => image.decode()")
    see_frame(page)


def see_frame(page: Page) -> None:
    """Wait until a frame is drawn, and its layout shifts are reported."""
    page.evaluate(TWO_FRAMES)


def see_error(page: Page, title: str) -> None:
    """Wait until an error with this title is shown; it always comes with a hint."""
    expect(page.locator("#failure h1")).to_have_text(title)
    expect(page.locator("#failure .hint")).to_be_visible()
    assert len(page.locator("#failure .hint").inner_text()) > 10


def stored(page: Page, upload_id: str) -> dict[str, Any]:
    """The result as the API gives it."""
    result: dict[str, Any] = page.request.get(f"/api/results/{upload_id}").json()
    return result


def alter(page: Page, change: Callable[[dict[str, Any]], None]) -> None:
    """From now on, change every finished result on its way from the API to the page."""

    def answer(route: Route) -> None:
        response = route.fetch()
        result = response.json()
        if result.get("status") == "done":
            change(result)
        route.fulfill(response=response, json=result)

    page.route("**/api/results/*", answer)


def hold(page: Page, url: str, wanted: Callable[[Request], bool] = lambda _: True) -> Callable[[], None]:
    """Keep requests waiting. Returns what lets them through, and those that come later too."""
    held: list[Route] = []
    holding = True

    def keep(route: Route) -> None:
        if holding and wanted(route.request):
            held.append(route)
        else:
            route.continue_()

    def release() -> None:
        nonlocal holding
        holding = False
        for route in held:
            route.continue_()

    page.route(url, keep)
    return release


def words(text: str) -> str:
    """Text as it reads, with every kind of space the same."""
    return " ".join(text.split())


def percent(fraction: float) -> str:
    """A share as the page writes it, with plain spaces."""
    if 0 < fraction < 0.01:
        return "< 1 %"
    return "> 99 %" if 0.99 < fraction < 1 else f"{math.floor(fraction * 100 + 0.5)} %"


def painted(page: Page, canvas: str = ".picture canvas") -> int:
    """A number that changes with the drawn map."""
    return int(_drawn(page, canvas).evaluate(PAINTED))


def covered(page: Page) -> int:
    """How many of the map's pixels nearly cover the photo."""
    return int(_drawn(page, ".picture canvas").evaluate(COVERED))


def _drawn(page: Page, canvas: str) -> Locator:
    """The canvas, once it has a map; drawing gives it a size."""
    found = page.locator(canvas)
    expect(found).to_have_attribute("width", re.compile(r"\d"))
    return found


def contrast(page: Page, text: str, behind: str) -> float:
    """The WCAG contrast of one element's text on another's background."""
    return float(page.evaluate(CONTRAST, [text, behind]))


def overflow(page: Page) -> int:
    """By how many pixels the page is wider than the window."""
    return int(page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))


def accessibility_violations(page: Page) -> list[str]:
    """What axe finds against WCAG 2.2 AA and its best practices, as "rule: elements"."""
    # The page's texts arrive with its language; until then, links and buttons have no names.
    expect(page.locator("[data-text]:empty")).to_have_count(0)
    # A view that is still fading in has too little contrast.
    page.emulate_media(reduced_motion="reduce")
    page.evaluate(AXE.read_text("utf-8"))
    found = page.evaluate("axe.run().then((result) => result.violations)")
    return [f"{rule['id']}: {[node['target'] for node in rule['nodes']]}" for rule in found]


def tab_to(page: Page, selector: str, limit: int = 40) -> None:
    """Press Tab until the element has the focus."""
    see_page(page)
    for _ in range(limit):
        page.keyboard.press("Tab")
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return
    raise AssertionError(f"{selector} cannot be reached with the Tab key")


def place(page: Page, selector: str) -> list[float]:
    """Where an element lies on the whole page, however far that is scrolled: x, y, width, height."""
    box: list[float] = page.locator(selector).evaluate(
        "e => (b => [b.x + scrollX, b.y + scrollY, b.width, b.height])(e.getBoundingClientRect())"
    )
    return box
