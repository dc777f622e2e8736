"""The page of `brain report`: self-contained, with filters for person, verdict and error."""

from __future__ import annotations

import os
from base64 import b64encode
from collections import Counter
from collections.abc import Iterable, Sequence
from html import escape
from itertools import groupby
from pathlib import Path
from urllib.parse import quote

import cv2

from brain.commands.stored_results import StoredResult, first_sentence
from brain.commands.terminal import counted
from brain.core.results import Result
from brain.rendering import drawing
from brain.rendering.words.numbers import percent

THUMBNAIL = 176
OVERVIEW_SIDE = 960
QUALITY = 80
PICTURES = ("cropped", "blended")

HEAD = """\
<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy"
 content="default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src 'unsafe-inline'">
<title>BRAIN report</title>
<style>
:root {{ color-scheme: light dark; font: 15px/1.45 system-ui, sans-serif }}
body {{ margin: 1.5rem auto; max-width: 78rem; padding: 0 1rem }}
form {{ display: flex; flex-wrap: wrap; gap: .5rem 1rem; align-items: center; margin: 1rem 0 }}
ul {{ display: grid; grid-template-columns: repeat(auto-fill, minmax(min(23rem, 100%), 1fr)); gap: 1rem;
 padding: 0 }}
li {{ list-style: none; border: 1px solid #8886; border-radius: 8px; padding: .75rem;
 overflow-wrap: anywhere }}
li[hidden] {{ display: none }}
img {{ width: calc(50% - .25rem); aspect-ratio: 1; border-radius: 4px }}
.pictures {{ display: flex; gap: .5rem }}
.overview {{ grid-column: 1 / -1 }}
.overview img {{ width: 100%; max-width: 60rem; aspect-ratio: auto }}
h2 {{ font-size: 1.05rem; margin: .5rem 0 0 }}
p {{ margin: .25rem 0 }}
.note {{ opacity: .75; font-size: .9rem }}
</style>
<h1>{photos}</h1>
<form id="filters">
<label>Person <select name="person"><option value="">all</option>{people}</select></label>
<label>Verdict <select name="verdict"><option value="">all</option>{verdicts}</select></label>
<output id="count"></output>
</form>
<ul>
"""
CARD = """\
<li data-person="{person}" data-verdict="{verdict}">
<div class="pictures">{pictures}</div>
<h2>{title}</h2>
<p class="note">{note}</p>
<p>{sentence}</p>
<p class="note">{link}</p>
</li>
"""
OVERVIEW = """\
<li class="overview" data-person="{people}" data-verdict="{verdicts}">
{picture}
<p class="note">{note}</p>
</li>
"""
IMAGE = '<img src="data:image/jpeg;base64,{data}" alt="{alt}" loading="lazy">'
FOOT = """\
</ul>
<script>
const form = document.getElementById('filters');
const cards = [...document.querySelectorAll('li')];
const faces = cards.filter((card) => !card.classList.contains('overview'));
const has = (list, value) => !value || list.split('\\n').includes(value);
function filter() {
  const person = form.elements.person.value, verdict = form.elements.verdict.value;
  for (const card of cards) {
    card.hidden = !has(card.dataset.person, person) || !has(card.dataset.verdict, verdict);
  }
  const shown = faces.filter((card) => !card.hidden).length;
  document.getElementById('count').value = `${shown} of ${faces.length}`;
}
form.addEventListener('change', filter);
filter();
</script>
</html>
"""


def write_page(directory: Path, results: Sequence[StoredResult], file: Path) -> None:
    """Write the page. Pictures are read one result at a time."""
    people = sorted({name for stored in results if (name := person(stored.result))})
    verdicts = Counter(verdict(stored.result) for stored in results)
    head = HEAD.format(
        photos=heading(results),
        people=options((name, name) for name in people),
        verdicts=options((name, f"{name} ({count:,})") for name, count in sorted(verdicts.items())),
    )
    partial = file.with_name(f"{file.name}.partial")
    with partial.open("w", encoding="utf-8") as page:
        page.write(head)
        for path, group in groupby(results, key=lambda stored: stored.overview):
            faces = list(group)
            if path:
                page.write(overview(directory / path, [stored.result for stored in faces]))
            for stored in faces:
                page.write(card(directory, stored))
        page.write(FOOT)
    partial.replace(file)


def heading(results: Sequence[StoredResult]) -> str:
    """How many photos the page shows, and how many faces if there are more."""
    photos = len({stored.overview or number for number, stored in enumerate(results)})
    faces = f", {len(results):,} faces" if len(results) > photos else ""
    return counted(photos, "photo", "photos") + faces


def overview(file: Path, results: Sequence[Result]) -> str:
    """The picture of all faces of a photo, which is shown with each of them."""
    picture = thumbnail(file, OVERVIEW_SIDE)
    note = results[0].source.key or results[0].id
    return OVERVIEW.format(
        people=escape("\n".join(map(person, results))),
        verdicts=escape("\n".join(map(verdict, results))),
        picture=IMAGE.format(data=b64encode(picture).decode(), alt=escape(note)) if picture else "",
        note=escape(f"{note}: {counted(len(results), 'face', 'faces')}"),
    )


def options(choices: Iterable[tuple[str, str]]) -> str:
    """The options of a list."""
    return "".join(f'<option value="{escape(value)}">{escape(text)}</option>' for value, text in choices)


def person(result: Result) -> str:
    """The name in a result; empty for a photo that failed."""
    return result.identity.name if result.identity else ""


def verdict(result: Result) -> str:
    """The value for the filter: a result's verdict, or the reason of its error."""
    if result.identity:
        return str(result.identity.verdict)
    return f"error: {result.error.reason}" if result.error else str(result.status)


def card(directory: Path, stored: StoredResult) -> str:
    """A photo's entry."""
    result = stored.result
    identity, key = result.identity, result.source.key or result.id
    note = verdict(result)
    if identity:
        note = f"{percent(identity.probability)}, {note}"
    path = quote(os.fsencode(stored.folder))
    link = f'<a href="{path}/result.json">{escape(key)}</a>' if stored.folder else escape(key)
    return CARD.format(
        person=escape(person(result)),
        verdict=escape(verdict(result)),
        pictures=pictures(directory / stored.folder, result),
        title=escape(identity.name if identity else "No name"),
        note=escape(note),
        sentence=escape(first_sentence(result)),
        link=link,
    )


def pictures(folder: Path, result: Result) -> str:
    """Thumbnails of the face and of its activation map."""
    names = [Path(name).name for role in PICTURES if (name := result.artifacts.get(role))]
    found = [(name, data) for name in names if (data := thumbnail(folder / name))]
    return "".join(IMAGE.format(data=b64encode(data).decode(), alt=escape(name)) for name, data in found)


def thumbnail(file: Path, side: int = THUMBNAIL) -> bytes:
    """A JPEG of a picture, with its longer side scaled down to `side`; empty if it cannot be read."""
    try:
        pixels = drawing.decode(file.read_bytes())
        scale = min(1.0, side / max(pixels.shape[:2], default=side))
        small = cv2.resize(pixels, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    except (OSError, cv2.error):
        return b""
    return drawing.encode(".jpg", small, QUALITY)
