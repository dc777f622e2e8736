"""brain model calibrate: fit what a network's probabilities, certainty and similarities mean."""

from __future__ import annotations

import argparse
from dataclasses import replace
from pathlib import Path
from typing import Any

from brain.commands.terminal import Ticker
from brain.core.settings import Settings


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
    calibrate.add_argument("--fresh", action="store_true", help="do not resume an interrupted run")
    return calibrate


def calibrate(options: argparse.Namespace, ticker: Ticker) -> None:
    """Describe the photos, fit, and write both calibrations beside the weights.

    Raises:
        RefusedError: there are too few photos, or the network has no gallery.
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
    source = options.source or options.folder.name
    chosen = people_builder.BuildOptions(options.folder, source, fresh=options.fresh)
    found = people_builder.describe_people(settings, chosen, ticker)
    ticker.show("Fitting")
    fitted = gallery_calibration.fit(found.descriptors, read_config(folder).metric, source)
    similarities, same = gallery_calibration.pairs_of(found.descriptors)
    pairs = fit_pairs(similarities, same, f"{len(same):,} pairs of {source}")
    fitted.save(folder / CALIBRATION)
    pairs.save(folder / PAIRS)
    ticker.clear()
    known = fitted.open_set
    print(
        f"calibrated: {settings.model} on {fitted.photos:,} photos of {source}, "
        f"among {fitted.people:,} people\n"
        f"  logits     a likeness times {fitted.logit_scale:g}\n"
        f"  certainty  {known.top1:g} x best logit + {known.lead:g} x its lead over the mean of the next "
        f"{known.cohort} {known.intercept:+g}\n"
        f"  pairs      {pairs.slope:g} x cosine {pairs.intercept:+g}, on {len(same):,} pairs"
    )
