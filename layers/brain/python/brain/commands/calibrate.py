"""brain model calibrate: fit a network's probabilities, certainty and probabilities of pairs."""

from __future__ import annotations

import argparse
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from brain.commands.terminal import Ticker
from brain.core.errors import RefusedError
from brain.core.settings import Settings

if TYPE_CHECKING:
    from brain.recognition.calibration import Calibration


def register(actions: Any) -> argparse.ArgumentParser:
    """Add `calibrate` to the actions of `brain model`."""
    calibrate: argparse.ArgumentParser = actions.add_parser(
        "calibrate", help="fit probabilities and certainty to photos of people"
    )
    calibrate.add_argument("name", metavar="NAME", help="a network with a gallery")
    calibrate.add_argument("folder", type=Path, metavar="FOLDER", help="one folder of photos per person")
    calibrate.add_argument(
        "--source", metavar="TEXT", help="where the photos come from; default: the folder's name"
    )
    calibrate.add_argument(
        "--out", type=Path, metavar="DIR", help="write the files there; default: the network's folder"
    )
    calibrate.add_argument("--replace", action="store_true", help="replace an existing calibration")
    calibrate.add_argument("--fresh", action="store_true", help="do not resume an interrupted run")
    return calibrate


def calibrate(options: argparse.Namespace, ticker: Ticker) -> None:
    """Compute descriptors, fit, and write both calibrations beside the weights, or where the user says.

    Raises:
        RefusedError: there are too few photos, the network has no gallery, or there is a calibration already.
        BrainError: codes 2 and 4.
    """
    ticker.show("Loading the network")
    from brain.commands import people_builder
    from brain.evaluation import gallery_calibration
    from brain.evaluation.pair_calibration import fit_pairs
    from brain.recognition.calibration import CALIBRATION
    from brain.recognition.loading import read_config
    from brain.recognition.pairs import PAIRS

    settings = replace(Settings.from_environment(), model=options.name)
    folder = settings.models_dir / settings.model
    written = [(options.out or folder) / name for name in (CALIBRATION, PAIRS)]
    if not options.replace:
        refuse_existing(written)
    source = options.source or options.folder.name
    chosen = people_builder.BuildOptions(options.folder, source, fresh=options.fresh)
    found = people_builder.describe_people(settings, chosen, ticker)
    ticker.show("Fitting")
    fitted = gallery_calibration.fit(found.descriptors, read_config(folder).metric, source)
    similarities, same = gallery_calibration.pairs_of(found.descriptors)
    pairs = fit_pairs(similarities, same, f"{len(same):,} pairs of {source}")
    written[0].parent.mkdir(parents=True, exist_ok=True)
    fitted.save(written[0])
    pairs.save(written[1])
    ticker.clear()
    print(f"calibrated: {settings.model} {in_words(fitted)}")
    print(f"  pairs      {pairs.slope:g} x cosine {pairs.intercept:+g}, on {len(same):,} pairs")
    print(f"  files      {written[0]}, {written[1]}")


def refuse_existing(files: Iterable[Path]) -> None:
    """Protect an existing calibration, such as that of the included model.

    Raises:
        RefusedError: one of the files exists.
    """
    for file in files:
        if file.exists():
            raise RefusedError(
                f"{file} exists already", "--out DIR writes to another folder, --replace replaces it."
            )


def in_words(fitted: Calibration) -> str:
    """A calibration, described for the terminal."""
    known = fitted.open_set
    return (
        f"on {fitted.photos:,} photos of {fitted.source}, among {fitted.people:,} people\n"
        f"  logits     a likeness times {fitted.logit_scale:g}\n"
        f"  certainty  {known.top1:g} x best logit {known.lead:+g} x its lead over the mean of the next "
        f"{known.cohort} {known.isolation:+g} x the lead of the person's own mean {known.intercept:+g}"
    )
