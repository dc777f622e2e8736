"""brain people add | build | list | remove | check | export | import: the people whom a network can name.

The exit status is 0, the code of the error (1 to 5), 4 if a folder or a name is refused, or 65 if photos were
left out or `check` found a problem.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from brain.commands import own_people
from brain.commands.model import guarded
from brain.commands.terminal import Ticker, chosen_settings, counted
from brain.core.errors import RefusedError
from brain.core.schema import PEOPLE_SOURCES
from brain.core.settings import Settings

if TYPE_CHECKING:
    from brain.commands.people_builder import Built
    from brain.recognition.gallery import Gallery

SHOWN_PROBLEMS = 10
NOBODY = "Nobody of your own is enrolled."
HINT_NAME = "`brain people list` prints the names."
HINT_BUILD = "`brain people build FOLDER` makes one."


def register(commands: Any) -> None:
    """Add `people` and its actions to the command line's subparsers."""
    people = commands.add_parser("people", help="enrol people of your own; build and edit the gallery")
    actions = people.add_subparsers(required=True, metavar="ACTION")

    build = actions.add_parser("build", help="make a gallery from a folder of folders")
    build.add_argument("folder", type=Path, metavar="FOLDER", help="one folder of photos per person")
    build.add_argument(
        "--source", metavar="TEXT", help="where the photos come from; default: the folder's name"
    )
    build.add_argument(
        "--leave-held-out",
        action="store_true",
        help="leave out the photos that `brain evaluate --held-out` measures with",
    )
    build.add_argument("--fresh", action="store_true", help="do not resume an interrupted build")
    build.add_argument(
        "--own", action="store_true", help="enrol them as people of your own; the model is not changed"
    )
    build.set_defaults(run=run_build)

    everybody = actions.add_parser("list", help="print everybody's name and number of photos")
    everybody.add_argument("--people", choices=PEOPLE_SOURCES, default="both", help="default: both")
    everybody.set_defaults(run=run_list)

    remove = actions.add_parser(
        "remove", help="forget one of your own people; or remove an embedded person, also from later builds"
    )
    remove.add_argument("name", metavar="NAME", help="as `brain people list` prints it")
    remove.set_defaults(run=run_remove)

    for action in (build, everybody, remove, *own_people.register(actions)):
        action.add_argument("--model", metavar="NAME", help="default: BRAIN_MODEL, or dlib-resnet")


def run_build(options: argparse.Namespace) -> int:
    """Build a gallery, write it, and print a summary."""
    if options.own:
        return own_people.run_build(options)
    return guarded(lambda ticker: build(options, ticker))


def run_list(options: argparse.Namespace) -> int:
    """Print a line for each person."""
    settings = chosen_settings(options)

    def show(_: Ticker) -> None:
        if options.people != "own":
            print(listing(load(settings)))
        own = own_people.listing(settings)
        if options.people == "own" or (options.people == "both" and own):
            print(own or NOBODY)

    return guarded(show)


def run_remove(options: argparse.Namespace) -> int:
    """Remove one of the user's own people, or else a person of the gallery."""
    settings = chosen_settings(options)

    def forget(_: Ticker) -> None:
        if not own_people.remove(settings, options.name):
            remove(settings, options.name)

    return guarded(forget)


def build(options: argparse.Namespace, ticker: Ticker) -> None:
    """Build a gallery according to the options.

    Raises:
        RefusedError: no photo shows a face, or the network has no gallery.
        BrainError: codes 2 and 4.
    """
    ticker.show("Loading the network")
    from brain.commands import people_builder

    settings = chosen_settings(options)
    chosen = people_builder.BuildOptions(
        options.folder, options.source or options.folder.name, options.leave_held_out, options.fresh
    )
    built = people_builder.build(settings, chosen, ticker)
    write(settings, built.gallery)
    ticker.clear()
    print(summary(built))


def remove(settings: Settings, name: str) -> None:
    """Remove a person, and keep the name out of later builds.

    Raises:
        RefusedError: nobody in the gallery has that name.
    """
    from brain.recognition.gallery import REMOVALS, add_removal

    gallery = load(settings)
    rest = gallery.without([name])
    if len(rest.names) == len(gallery.names):
        raise RefusedError(f"{name} is not in the gallery of {settings.model}", HINT_NAME)
    add_removal(settings.models_dir / settings.model / REMOVALS, name)
    write(settings, rest)
    print(f"removed: {name}; {len(rest.names):,} people are left. No later build adds the name again.")


def load(settings: Settings) -> Gallery:
    """The gallery of a model.

    Raises:
        RefusedError: there is none.
    """
    from brain.recognition.gallery import GALLERY, Gallery

    try:
        return Gallery.load(settings.models_dir / settings.model / GALLERY)
    except (OSError, ValueError) as error:
        raise RefusedError(f"{settings.model} has no gallery", HINT_BUILD) from error


def write(settings: Settings, gallery: Gallery) -> None:
    """Write a model's gallery and its names.txt."""
    from brain.recognition.gallery import GALLERY

    folder = settings.models_dir / settings.model
    gallery.save(folder / GALLERY)
    (folder / "names.txt").write_text("".join(f"{name}\n" for name in gallery.names), encoding="utf-8")


def listing(gallery: Gallery) -> str:
    """All people in label order, and their number."""
    lines = [
        f"{name} ({counted(int(photos), 'photo', 'photos')})"
        for name, photos in zip(gallery.names, gallery.photos, strict=True)
    ]
    lines.append(f"{len(gallery.names):,} people, {with_one_photo(gallery):,} of them from one photo")
    return "\n".join(lines)


def summary(built: Built) -> str:
    """A summary of a build."""
    gallery, problems = built.gallery, built.problems
    lines = [
        f"built: {len(gallery.names):,} people from {int(gallery.photos.sum()):,} photos of {gallery.source}",
        f"  one photo  {counted(with_one_photo(gallery), 'person', 'people')}",
    ]
    if built.removed:
        lines.append(f"  removed    {', '.join(built.removed)}")
    lines += [f"  left out   {path} ({reason})" for path, reason in list(problems.items())[:SHOWN_PROBLEMS]]
    if len(problems) > SHOWN_PROBLEMS:
        lines.append(f"  left out   {len(problems) - SHOWN_PROBLEMS:,} more photos")
    return "\n".join(lines)


def with_one_photo(gallery: Gallery) -> int:
    """The number of people with a single photo."""
    return int((gallery.photos == 1).sum())
