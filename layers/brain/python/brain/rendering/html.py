"""An explanation as self-contained HTML: no scripts, no links, and pictures as data URIs."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping
from html import escape

from brain.core.explanations import Candidate
from brain.core.results import Result, Verdict
from brain.core.schema import Language
from brain.rendering.words.numbers import percent

PICTURES = {"cropped": "face", "blended": "activation map", "evidence": "evidence"}
MEDIA_TYPES = {".jpg": "image/jpeg", ".png": "image/png"}
VERDICTS: Mapping[Language, Mapping[Verdict, str]] = {
    "en": {Verdict.STRONG: "strong match", Verdict.WEAK: "weak match", Verdict.NOBODY: "nobody it knows"},
    "de": {Verdict.STRONG: "klare Übereinstimmung", Verdict.WEAK: "schwache Übereinstimmung"}
    | {Verdict.NOBODY: "niemand, den es kennt"},
}
CARD = """\
<div style="font:14px/1.5 system-ui,sans-serif;max-width:760px">
<div style="font-size:20px;font-weight:600">{name} <span style="font-weight:400">{probability}</span></div>
<div style="opacity:.7">{verdict}</div>
<div style="display:flex;flex-wrap:wrap;gap:8px;margin:8px 0">{pictures}</div>
<ul style="margin:0 0 8px;padding-left:20px">{sentences}</ul>
<table style="border-collapse:collapse">{candidates}</table>
</div>"""
PICTURE = """\
<figure style="margin:0"><img src="data:{media_type};base64,{data}" alt="{title}" width="224" height="224"\
 style="display:block"><figcaption style="opacity:.7">{title}</figcaption></figure>"""
ROW = """\
<tr><td style="padding:0 12px 0 0;text-align:left">{name}</td>\
<td style="padding:0;text-align:right">{probability}</td></tr>"""


def card(result: Result, files: Mapping[str, bytes]) -> str:
    """The HTML of one explanation.

    Args:
        result: with status `done`.
        files: the pictures by file name.
    """
    explanation = result.explanation
    assert explanation is not None
    assert result.identity is not None
    language = explanation.language
    return CARD.format(
        name=escape(result.identity.name),
        probability=percent(result.identity.probability, language),
        verdict=VERDICTS[language][result.identity.verdict],
        pictures="".join(
            picture(PICTURES[role], name, files[name])
            for role, name in result.artifacts.items()
            if role in PICTURES and name in files
        ),
        sentences="".join(f"<li>{escape(sentence)}</li>" for sentence in explanation.sentences),
        candidates="".join(row(candidate, language) for candidate in result.candidates),
    )


def picture(title: str, name: str, data: bytes) -> str:
    """A figure with its caption."""
    media_type = MEDIA_TYPES[name[name.rindex(".") :]]
    return PICTURE.format(media_type=media_type, data=b64encode(data).decode(), title=escape(title))


def row(candidate: Candidate, language: Language) -> str:
    """A row of the table of candidates."""
    return ROW.format(name=escape(candidate.name), probability=percent(candidate.probability, language))
