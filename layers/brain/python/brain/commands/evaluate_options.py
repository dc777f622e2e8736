"""The options of `brain evaluate`, and the command that repeats them."""

from __future__ import annotations

import argparse
import re
from collections.abc import Sequence
from pathlib import Path

from brain.commands.terminal import positive
from brain.core.settings import Settings

NAMED = re.compile(r"([\w-]+)=(.+)", re.DOTALL)
FIRST_SET = "photos"
ENROLLED_PHOTOS = 5
NamedFolder = tuple[str, Path]


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add all options."""
    add_photos(parser)
    add_enrolment(parser)
    add_model(parser)
    parser.add_argument("--out", type=Path, metavar="DIR", help="default: build/evaluation/<model>")
    parser.add_argument("--processes", type=positive, metavar="N", help="default: one per core")
    parser.add_argument("--fresh", action="store_true", help="start over instead of resuming")
    parser.add_argument("--explanations", action="store_true", help="measure explanations, also of --pairs")
    parser.add_argument(
        "--limit", type=positive, metavar="N", help="explain N photos per set, or N pairs of a kind"
    )
    parser.add_argument("--card", action="store_true", help="write the figures into the model's card")


def add_photos(parser: argparse.ArgumentParser) -> None:
    """Add the options for sets of photos and for pairs."""
    parser.add_argument(
        "photos", nargs="?", type=named_folder, metavar="[NAME=]DIR", help="one folder of photos per person"
    )
    parser.add_argument("--held-out", action="store_true", help="only the held-out photos of DIR")
    parser.add_argument(
        "--set",
        dest="sets",
        action="append",
        default=[],
        type=set_folder,
        metavar="NAME=DIR",
        help="another set of photos, reported beside the first; may be repeated",
    )
    parser.add_argument(
        "--unknown",
        action="append",
        default=[],
        type=named_folder,
        metavar="[NAME=]DIR",
        help="photos of unknown people for a set; may be repeated",
    )
    parser.add_argument("--pairs", type=Path, metavar="FILE", help="LFW's pairs.txt")
    parser.add_argument(
        "--pairs-photos", type=Path, metavar="DIR", help="the photos of the pairs; default: DIR"
    )


def add_enrolment(parser: argparse.ArgumentParser) -> None:
    """Add the options for enrolling people."""
    parser.add_argument(
        "--enrol",
        type=Path,
        metavar="DIR",
        help="measure enrolment instead: enrol some photos of each person in DIR, name the others",
    )
    parser.add_argument(
        "--photos",
        dest="enrolled_photos",
        type=positive,
        default=ENROLLED_PHOTOS,
        metavar="N",
        help=f"with --enrol: how many photos are enrolled; default: {ENROLLED_PHOTOS}",
    )


def add_model(parser: argparse.ArgumentParser) -> None:
    """Add the options for one model, and for several."""
    parser.add_argument("--model", help=f"default: BRAIN_MODEL, or {Settings.model}")
    parser.add_argument(
        "--models",
        type=lambda text: text.split(","),
        metavar="A,B,...",
        help="recognisers side by side on the same photos, and where they disagree",
    )


def named_folder(text: str) -> NamedFolder:
    """`NAME=DIR`, or `DIR` for the first set, for argparse. Write `./a=b` for a folder named `a=b`."""
    found = NAMED.fullmatch(text)
    return (found[1], Path(found[2])) if found else (FIRST_SET, Path(text))


def set_folder(text: str) -> NamedFolder:
    """`NAME=DIR`, for argparse."""
    if not NAMED.fullmatch(text):
        raise argparse.ArgumentTypeError(f"must be NAME=DIR, not {text!r}")
    return named_folder(text)


def command(options: argparse.Namespace, model: str) -> Sequence[str]:
    """The command that repeats this evaluation."""
    which = ["--models", ",".join(options.models)] if options.models else ["--model", model]
    words = ["brain", "evaluate", *which]
    words += ["--held-out"] if options.held_out else []
    for flag, folders in (("--set", options.sets), ("--unknown", options.unknown)):
        words += [word for folder in folders for word in (flag, as_argument(folder))]
    for flag, value in (("--pairs", options.pairs), ("--pairs-photos", options.pairs_photos)):
        words += [flag, str(value)] if value else []
    words += (
        ["--enrol", str(options.enrol), "--photos", str(options.enrolled_photos)] if options.enrol else []
    )
    words += ["--explanations"] if options.explanations and not options.models else []
    words += ["--limit", str(options.limit)] if options.limit else []
    return [*words, *([as_argument(options.photos)] if options.photos else [])]


def as_argument(folder: NamedFolder) -> str:
    """A named folder as it was typed."""
    name, path = folder
    return str(path) if name == FIRST_SET else f"{name}={path}"
