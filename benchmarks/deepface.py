"""A 12-megapixel photo to its name and activation maps, against deepface's embedding of the same photo."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from benchmarks import inputs, peers
from benchmarks.child import call
from benchmarks.conditions import Condition
from benchmarks.explaining import request
from benchmarks.measurements import Section
from benchmarks.timing import Seconds, interleave
from brain.core.settings import Settings
from brain.pipeline.explainer import Explainer

CONDITION = Condition(threads=None, variables=inputs.vgg_variables("float32"))
GROUP = str(CONDITION)
DEEPFACE = "deepface: an embedding, nothing explained"
BRAIN = "BRAIN: name, maps and pictures of five candidates"


def measure(section: Section, rounds: int) -> None:
    """Time both with everything loaded, from the file on disk."""
    section.times[GROUP] = call(time_both, CONDITION.environment, rounds=rounds, photo=str(inputs.PHOTO))


def time_both(rounds: int, photo: str) -> Seconds:
    """Seconds of both, by round."""
    explainer = Explainer.load(Settings.from_environment())

    def name() -> object:
        return next(iter(explainer.stages(Path(photo).read_bytes(), request())))

    contenders: dict[str, Callable[[], object]] = {BRAIN: name, DEEPFACE: peers.represent(Path(photo))}
    return interleave(contenders, rounds)
