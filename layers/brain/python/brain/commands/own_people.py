"""The actions of `brain people` for the user's own people: add, build --own, check, export, import."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from brain.commands.model import guarded
from brain.commands.terminal import DATA_ERROR, Ticker, chosen_settings, counted
from brain.core.settings import Settings

if TYPE_CHECKING:
    from brain.pipeline.own_people import OwnPeople, Twins
    from brain.pipeline.photo_outcome import PhotoOutcome
    from brain.recognition.enrolled import EnrolledPeople


def register(actions: Any) -> Sequence[argparse.ArgumentParser]:
    """Add the actions to those of `brain people`, and return them."""
    add = actions.add_parser("add", help="enrol photos of a person of your own")
    add.add_argument("name", metavar="NAME", help="the person's name")
    add.add_argument("photos", nargs="+", type=Path, metavar="PHOTO", help="files that show the person")
    add.add_argument("--anyway", action="store_true", help="enrol photos that are unlike the others as well")
    add.set_defaults(run=run_add)

    check = actions.add_parser(
        "check", help="list photos unlike the person's others, and names that may be one person's"
    )
    check.add_argument(
        "folder",
        nargs="?",
        type=Path,
        metavar="FOLDER",
        help="one folder of photos per person, of which nothing is enrolled; default: your own people",
    )
    check.set_defaults(run=run_check)

    export = actions.add_parser("export", help="copy your own people to a file")
    export.add_argument("file", type=Path, metavar="FILE", help="such as people.safetensors")
    export.set_defaults(run=run_export)

    imports = actions.add_parser("import", help="add the people of an exported file to your own")
    imports.add_argument("file", type=Path, metavar="FILE", help="that `brain people export` wrote")
    imports.set_defaults(run=run_import)
    return add, check, export, imports


def run_add(options: argparse.Namespace) -> int:
    """Enrol photos of a person, and print the outcome of each."""

    def add(people: OwnPeople, ticker: Ticker) -> int:
        ticker.show("Describing the photos")
        outcomes = people.add(options.name, options.photos, anyway=options.anyway)
        ticker.clear()
        return report(outcomes)

    return on_people(options, add)


def run_build(options: argparse.Namespace) -> int:
    """Enrol a folder with a folder of photos per person."""

    def build(people: OwnPeople, ticker: Ticker) -> int:
        outcomes = each_person(options.folder, ticker, people.add)
        print(f"{counted(len(people.names), 'person', 'people')} of your own")
        return report(outcomes, only_problems=True)

    return on_people(options, build)


def run_check(options: argparse.Namespace) -> int:
    """Print the problems of enrolled photos, or of a folder of photos."""

    def check(people: OwnPeople, ticker: Ticker) -> int:
        unlike, twins = people.check()
        if options.folder:
            unlike = each_person(options.folder, ticker, people.try_out)
        status = report(unlike, only_problems=True, verb="problem ")
        for pair in twins:
            print(twins_line(pair))
        if not (status or twins):
            print("No problems found.")
        return DATA_ERROR if twins else status

    return on_people(options, check)


def run_export(options: argparse.Namespace) -> int:
    """Copy everybody to a file."""

    def export(people: OwnPeople, _: Ticker) -> int:
        exported = people.export(options.file)
        print(f"exported: {contents_of(exported)}, {options.file}")
        return 0

    return on_people(options, export)


def run_import(options: argparse.Namespace) -> int:
    """Add everybody in a file."""

    def add(people: OwnPeople, _: Ticker) -> int:
        imported = people.import_from(options.file)
        print(f"imported: {contents_of(imported)}")
        return 0

    return on_people(options, add)


def contents_of(people: EnrolledPeople) -> str:
    """How many people and photos there are."""
    persons, photos = len(people.names), len(people.photos)
    return f"{counted(persons, 'person', 'people')}, {counted(photos, 'photo', 'photos')}"


def on_people(options: argparse.Namespace, action: Callable[[OwnPeople, Ticker], int]) -> int:
    """Run an action on the user's own people. Returns its exit status, or that of the error."""
    from brain.pipeline.own_people import OwnPeople

    status = 0

    def act(ticker: Ticker) -> None:
        nonlocal status
        status = action(OwnPeople(chosen_settings(options)), ticker)

    return guarded(act) or status


def each_person(
    folder: Path, ticker: Ticker, action: Callable[[str, Sequence[Path]], list[PhotoOutcome]]
) -> list[PhotoOutcome]:
    """The outcomes of the photos of all people in a folder.

    Raises:
        RefusedError: the folder contains no folder with photos.
    """
    from brain.commands.people_builder import BuildOptions, photos_by_person

    people: Mapping[str, list[Path]] = photos_by_person(BuildOptions(folder, folder.name))
    outcomes: list[PhotoOutcome] = []
    for number, (name, photos) in enumerate(people.items(), start=1):
        ticker.show(f"{name}, {number:,} of {len(people):,}")
        outcomes += action(name, photos)
    ticker.clear()
    return outcomes


def report(outcomes: Iterable[PhotoOutcome], *, only_problems: bool = False, verb: str = "left out") -> int:
    """Print a line for each photo.

    Args:
        only_problems: whether to leave out photos without a problem.
        verb: what happens to photos with a problem.

    Returns:
        0, or 65 if a photo has a problem.
    """
    status = 0
    for outcome in outcomes:
        similarity = "" if outcome.similarity is None else f", similarity {outcome.similarity:.2f}"
        if outcome.problem:
            status = DATA_ERROR
            print(
                f"{verb}  {outcome.person}: {outcome.photo} ({outcome.problem}{similarity}). {outcome.hint}"
            )
        elif not only_problems:
            print(f"enrolled  {outcome.person}: {outcome.photo}{similarity}")
    return status


def twins_line(pair: Twins) -> str:
    """Two people who may be one, as a line."""
    return f"one person?  {pair.first} and {pair.second}, similarity {pair.similarity:.2f}"


def listing(settings: Settings) -> str:
    """The user's own people, one line each; empty if there are none."""
    from brain.pipeline.people_folder import PeopleFolder

    people = PeopleFolder(settings).people()
    if people is None or not people.photos:
        return ""
    counts = {name: len(people.of_person(name)) for name in people.names}
    lines = [f"{name} ({counted(n, 'photo', 'photos')}, your own)" for name, n in counts.items()]
    return "\n".join([*lines, f"{counted(len(counts), 'person', 'people')} of your own"])


def remove(settings: Settings, name: str) -> bool:
    """Forget one of the user's own people. Returns False if nobody has that name."""
    from brain.pipeline.own_people import OwnPeople

    if not OwnPeople(settings).remove(name):
        return False
    print(f"removed: {name}, one of your own people. Results that name the person are not changed.")
    return True
