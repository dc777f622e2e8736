"""brain explain PHOTO ...: name the face in each photo and explain why."""

from __future__ import annotations

import argparse
from dataclasses import replace
from pathlib import Path
from typing import Any

from brain.commands.batch import run_jobs
from brain.commands.jobs import Job, UsageError, batch_folder, find_jobs
from brain.commands.output import BatchProgress, Printer, print_batch
from brain.commands.terminal import (
    INTERRUPTED,
    USAGE_ERROR,
    Ticker,
    complain,
    complain_about,
    cores,
    positive,
)
from brain.commands.worker import Worker
from brain.core.errors import BrainError
from brain.core.gc import gc_frozen
from brain.core.schema import CAM_METHODS, LANGUAGES, PEOPLE_SOURCES, Check
from brain.core.settings import Settings
from brain.pipeline.library import load_explainer

PHOTOS_PER_PROCESS = 4  # starting a process takes about as long as explaining this many photos
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
    "compare": "Comparing both photos",
}


def register(commands: Any) -> None:
    """Add the command to the parser's subcommands."""
    parser = commands.add_parser(
        "explain",
        help="name the face in each photo and explain why",
        description="Name the face in each photo and explain why. Several photos are a batch: each has a "
        "folder of its own, a photo that fails does not end it, and the same command resumes it.",
    )
    parser.add_argument("photos", nargs="+", type=Path, metavar="PHOTO", help="a file, a folder or a pattern")
    parser.add_argument("--out", type=Path, metavar="DIR", help="default: <photo or folder>_explained")
    parser.add_argument("--json", action="store_true", help="print result.json; for a batch, one per line")
    faces = parser.add_mutually_exclusive_group()
    faces.add_argument(
        "--face", type=int, default=0, metavar="N", help="index of the face; 0 is the main one"
    )
    faces.add_argument("--every-face", action="store_true", help="all faces, and an overview of each photo")
    parser.add_argument("--model", help=f"default: BRAIN_MODEL, or {Settings.model}")
    parser.add_argument(
        "--people",
        choices=PEOPLE_SOURCES,
        help="the model's embedded people, your own, or both; default: BRAIN_PEOPLE_SOURCE, or both",
    )
    parser.add_argument("--language", choices=LANGUAGES, help="default: BRAIN_LANGUAGE, or en")
    parser.add_argument(
        "--check",
        type=Check,
        choices=list(Check),
        help="how much is tested; default: BRAIN_CHECK, or full",
    )
    parser.add_argument(
        "--cam", choices=CAM_METHODS, help="class activation map; default: BRAIN_CAM, or the model's method"
    )
    parser.add_argument(
        "--processes", type=positive, metavar="N", help="processes for a batch; default: depends on its size"
    )
    parser.add_argument("--fresh", action="store_true", help="explain all photos of a batch again")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Explain the photos.

    Returns:
        0, or the code of the last error; 64 for a usage error, 73 when files could not be written, 130 when
        interrupted.
    """
    settings = Settings.from_environment()
    chosen = {name: getattr(options, name) for name in ("model", "people", "language", "check", "cam")}
    settings = replace(settings, **{name: value for name, value in chosen.items() if value})
    ticker = Ticker()
    try:
        jobs = find_jobs(options.photos, options.out)
        ticker.show("Loading the network")
        with gc_frozen():
            load_explainer(settings)
        worker = Worker(settings, options.face, options.every_face)
        if len(jobs) == 1:
            return explain_photo(jobs[0], worker, options.json, ticker)
        return explain_batch(jobs, replace(worker, resume=not options.fresh), options, ticker)
    except BrainError as error:
        ticker.clear()
        return complain_about(error)
    except UsageError as error:
        return complain(str(error), error.hint, USAGE_ERROR)
    except KeyboardInterrupt:
        ticker.clear()
        return complain("Interrupted.", "Run the same command again to resume.", INTERRUPTED)


def explain_photo(job: Job, worker: Worker, as_json: bool, ticker: Ticker) -> int:
    """Explain one photo."""
    outcome = worker.run(job, lambda stage: ticker.show(STAGES[stage]))
    ticker.clear()
    return Printer(as_json, batch=worker.every_face).show(outcome)


def explain_batch(jobs: list[Job], worker: Worker, options: argparse.Namespace, ticker: Ticker) -> int:
    """Explain several photos."""
    processes = options.processes or max(1, min(cores(), len(jobs) // PHOTOS_PER_PROCESS))
    outcomes = run_jobs(jobs, worker, min(processes, len(jobs)))
    folder = batch_folder(options.photos, options.out)
    return print_batch(outcomes, Printer(options.json, batch=True), BatchProgress(len(jobs), ticker), folder)
