"""brain compare PHOTO OTHER: tell whether two photos show the same person, and why."""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from brain.commands.explain import STAGES
from brain.commands.output import BAR, HINT_WRITE, as_json
from brain.commands.terminal import CANNOT_WRITE, USAGE_ERROR, Ticker, complain, complain_about
from brain.core.errors import BrainError
from brain.core.gc import gc_frozen
from brain.core.results import PhotoRequest, Result
from brain.core.schema import LANGUAGES
from brain.core.settings import Settings
from brain.core.stopwatch import Progress
from brain.pipeline.library import Explanation, explain_bytes, load_explainer, photo_request
from brain.pipeline.pair_library import other_photo
from brain.pipeline.photo_input import file_key, read_photo
from brain.rendering.words.numbers import percent

if TYPE_CHECKING:
    from brain.pipeline.explainer import Explainer


def register(commands: Any) -> None:
    """Add the command to the parser's subcommands."""
    parser = commands.add_parser(
        "compare",
        help="tell whether two photos show the same person, and why",
        description="Tell whether two photos show the same person, how likely that is, and what it rests on "
        "in each photo. The first photo is explained as well.",
    )
    parser.add_argument("photo", type=Path, metavar="PHOTO")
    parser.add_argument("other", type=Path, metavar="OTHER")
    parser.add_argument("--out", type=Path, metavar="DIR", help="default: <photo>_<other>_compared")
    parser.add_argument("--json", action="store_true", help="print result.json")
    parser.add_argument(
        "--face", type=int, default=0, metavar="N", help="index of the face in PHOTO; 0 is the main one"
    )
    parser.add_argument("--other-face", type=int, default=0, metavar="N", help="index of the face in OTHER")
    parser.add_argument("--model", help=f"default: BRAIN_MODEL, or {Settings.model}")
    parser.add_argument("--language", choices=LANGUAGES, help="default: BRAIN_LANGUAGE, or en")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Compare the photos.

    Returns:
        0, the code of an error, 64 for a usage error, 73 when files could not be written.
    """
    out = options.out or Path(f"{options.photo.stem}_{options.other.stem}_compared")
    if out.exists() and not out.is_dir():
        return complain(f"{out} is a file.", "Name a folder with --out.", USAGE_ERROR)
    settings = Settings.from_environment()
    chosen = {name: getattr(options, name) for name in ("model", "language")}
    settings = replace(settings, **{name: value for name, value in chosen.items() if value})
    ticker = Ticker()
    try:
        ticker.show("Loading the network")
        with gc_frozen():
            explainer = load_explainer(settings)
        found = compare(explainer, options, lambda stage: ticker.show(STAGES[stage]))
    except PhotoFailed as failed:
        ticker.clear()
        return complain_about(failed.error, failed.photo)
    except BrainError as error:
        ticker.clear()
        return complain_about(error)
    ticker.clear()
    if options.json:
        print(as_json(found.result, 2))
    try:
        found.save(out)
    except OSError as error:
        return complain(f"cannot write: {error}", HINT_WRITE, CANNOT_WRITE)
    if not options.json:
        print(as_text(found.result, out))
    return 0


class PhotoFailed(Exception):
    """An error that concerns one of the two photos."""

    def __init__(self, photo: Path, error: BrainError) -> None:
        super().__init__(str(error))
        self.photo = photo
        self.error = error


@contextmanager
def about(photo: Path) -> Iterator[None]:
    """Add to an error which photo it concerns."""
    try:
        yield
    except BrainError as error:
        raise PhotoFailed(photo, error) from error


def compare(explainer: Explainer, options: argparse.Namespace, progress: Progress) -> Explanation:
    """Explain the first photo, compared with the other one.

    Raises:
        PhotoFailed: a photo cannot be read or shows no face, or the model cannot compare photos.
    """
    with about(options.other):
        other = other_photo(explainer, *read(options.other, options.other_face), progress)
    with about(options.photo):
        data, request = read(options.photo, options.face)
        return explain_bytes(explainer, data, replace(request, compare_with=other), progress)


def read(photo: Path, face: int) -> tuple[bytes, PhotoRequest]:
    """A photo's bytes, and the request to explain it.

    Raises:
        PhotoUnreadable: code 1, the file cannot be read.
    """
    data = read_photo(photo)
    return data, photo_request(data, file_key(photo), face)


def as_text(result: Result, out: Path) -> str:
    """The comparison as text for the terminal."""
    found = result.comparison
    assert found is not None
    bar = "█" * round(BAR * found.probability)
    likeness = f"  {bar:<{BAR}}  {percent(found.probability, found.language)} (cosine {found.similarity:.3f})"
    return "\n".join([likeness, "", *found.sentences, "", f"Pictures and result.json: {out}{os.sep}"])
