"""brain explain PHOTO ...: name the face in each photo and explain why."""

from __future__ import annotations

import argparse
import os
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from brain.commands.terminal import Ticker, complain_about
from brain.core.errors import BrainError
from brain.core.gc import gc_frozen
from brain.core.results import Result, failed_result
from brain.core.schema import CAM_METHODS, LANGUAGES, Check
from brain.core.settings import Settings
from brain.library import explain_bytes, load_explainer, photo_request
from brain.photo_input import file_key, read_photo
from brain.rendering.words import percent

if TYPE_CHECKING:
    from brain.pipeline.explainer import Explainer

BAR = 24
STAGES = {
    "decode": "Reading the photo",
    "face": "Detecting the face",
    "classify": "Running the network",
    "cam": "Computing the activation maps",
    "features": "Locating eyes, nose and mouth",
    "prepare": "Preparing the experiments",
    "evidence": "Measuring the evidence",
    "checks": "Testing each feature",
    "fidelity": "Testing the maps",
    "blend": "Drawing",
}


def register(commands: Any) -> None:
    """Add the command to the parser's subcommands."""
    parser = commands.add_parser("explain", help="name the face in each photo and explain why")
    parser.add_argument("photos", nargs="+", type=Path, metavar="PHOTO")
    parser.add_argument("--out", type=Path, metavar="DIR", help="default: <photo>_explained")
    parser.add_argument("--json", action="store_true", help="print result.json instead of text")
    parser.add_argument("--face", type=int, default=0, metavar="N", help="which face; 0 is the main one")
    parser.add_argument("--model", help=f"default: BRAIN_MODEL, or {Settings.model}")
    parser.add_argument("--language", choices=LANGUAGES, help="default: BRAIN_LANGUAGE, or en")
    parser.add_argument(
        "--check",
        type=Check,
        choices=list(Check),
        help="how much is tested; default: BRAIN_CHECK, or by the model's size",
    )
    parser.add_argument(
        "--cam", choices=CAM_METHODS, help="class activation maps; default: BRAIN_CAM, or the model's own method"
    )
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Explain each photo.

    Returns:
        0, or the code of the last error.
    """
    settings = Settings.from_environment()
    chosen = {name: getattr(options, name) for name in ("model", "language", "check", "cam")}
    settings = replace(settings, **{name: value for name, value in chosen.items() if value})
    ticker = Ticker()
    try:
        ticker.show("Loading the network")
        with gc_frozen():
            explainer = load_explainer(settings)
    except BrainError as error:
        ticker.clear()
        return complain_about(error)
    status = 0
    for photo in options.photos:
        status = explain_photo(explainer, photo, options, ticker) or status
    return status


def explain_photo(explainer: Explainer, photo: Path, options: argparse.Namespace, ticker: Ticker) -> int:
    """Explain one photo, save everything and print it."""
    request = photo_request(b"", file_key(photo), options.face)
    try:
        data = read_photo(photo)
        request = photo_request(data, file_key(photo), options.face)
        explanation = explain_bytes(explainer, data, request, lambda stage: ticker.show(STAGES[stage]))
    except BrainError as error:
        ticker.clear()
        if options.json:
            print(failed_result(request, error).model_dump_json(indent=2))
        return complain_about(error, photo)
    ticker.clear()
    out = output_folder(photo, options)
    explanation.save(out)
    result = explanation.result
    print(result.model_dump_json(indent=2) if options.json else as_text(result, out))
    return 0


def output_folder(photo: Path, options: argparse.Namespace) -> Path:
    """Where a photo's files are written."""
    if options.out is None:
        return Path(f"{photo.stem}_explained")
    out: Path = options.out
    return out / photo.stem if len(options.photos) > 1 else out


def as_text(result: Result, out: Path) -> str:
    """The result as it is printed on a terminal."""
    first = result.candidates[0]
    language = result.explanation.language if result.explanation else "en"
    lines = [f"{first.name} ({percent(first.probability, language)})", ""]
    width = max(len(candidate.name) for candidate in result.candidates)
    for candidate in result.candidates:
        bar = "█" * round(BAR * candidate.probability)
        lines.append(f"  {candidate.name:<{width}}  {bar:<{BAR}}  {percent(candidate.probability, language)}")
    lines += ["", *(result.explanation.sentences if result.explanation else [])]
    if result.error:
        lines.append(result.error.hint)
    lines += ["", f"Pictures and result.json: {out}{os.sep}"]
    return "\n".join(lines)
