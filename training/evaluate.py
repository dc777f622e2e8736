"""How often a model is right: `python -m training.evaluate --data FOLDER [--model brain-mini]`.

Every held-out photo goes through the whole pipeline, its own detector and crop included; a photo in which
no face is found counts as wrong. The strangers, whom training never saw, show how well "nobody it knows"
can be told from the reported certainty.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from tqdm import tqdm

from brain.errors import BrainError
from brain.explainer import top
from brain.faces import FaceDetector, crop
from brain.network import LoadedModel, load_model
from brain.photo import decode
from brain.settings import Settings
from training.data import Example, list_people, readable, split

BINS = 10


@dataclass(frozen=True)
class Answer:
    """What the model said of one photo; `rank` is 0 when right, None when not among the five or no face."""

    rank: int | None
    certainty: float
    found: bool


class Examinee:
    """Detector and model, as the explainer uses them, without the explanation.

    Args:
        names: answer with one of these only, as a network without the other rows would.
    """

    def __init__(self, model: LoadedModel, names: Sequence[str]) -> None:
        self._network = model.network
        self._names = names
        self._rows = [model.names.index(name) for name in names]
        self._detector = FaceDetector()

    def answer(self, example: Example) -> Answer:
        """Name one photo."""
        try:
            pixels = decode(example.path.read_bytes()).pixels
            box = self._detector.detect(pixels).boxes[0]
        except BrainError:
            return Answer(None, 0.0, found=False)
        cut, _ = crop(pixels, box, self._network.spec.crop_scale)
        labels, probabilities = top(self._network.look(cut).logits[self._rows], 5)
        names = [self._names[label] for label in labels]
        wanted = readable(example.identity or "")
        return Answer(names.index(wanted) if wanted in names else None, probabilities[0], found=True)


def accuracy(answers: Sequence[Answer], within: int) -> float:
    """The share of photos whose person is among the first `within` names."""
    return float(np.mean([a.rank is not None and a.rank < within for a in answers]))


def calibration_error(answers: Sequence[Answer]) -> float:
    """Expected calibration error over ten bins of equal width (Naeini et al., AAAI 2015)."""
    found = [a for a in answers if a.found]
    certainty = np.array([a.certainty for a in found])
    right = np.array([a.rank == 0 for a in found])
    bins = np.minimum((certainty * BINS).astype(int), BINS - 1)
    gaps = [abs(right[bins == b].mean() - certainty[bins == b].mean()) * (bins == b).sum() for b in set(bins)]
    return float(sum(gaps) / len(found))


def auroc(known: Iterable[float], unknown: Iterable[float]) -> float:
    """The chance that a known person's photo is more certain than a stranger's; ties count half."""
    a, b = np.array(list(known))[:, None], np.array(list(unknown))[None, :]
    return float(((a > b) + 0.5 * (a == b)).mean())


def evaluate(model: LoadedModel, examples: Sequence[Example], min_photos: int = 1) -> dict[str, float]:
    """Figures over the held-out photos of the model's identities, and over the strangers.

    Args:
        min_photos: leave out identities with fewer photos, as if the network did not know them.
    """
    counts = Counter(readable(e.identity or "") for e in examples)
    names = [name for name in model.names if counts[name] >= min_photos]
    held_out = [e for e in examples if e.split == "held_out" and readable(e.identity or "") in names]
    strangers = [e for e in examples if e.split == "strangers"]
    examinee = Examinee(model, names)
    known = [examinee.answer(e) for e in tqdm(held_out, desc="held out", unit="photo")]
    unknown = [examinee.answer(e) for e in tqdm(strangers, desc="strangers", unit="photo")]
    return {
        "identities": len(names),
        "photos": len(known),
        "top_1": accuracy(known, 1),
        "top_5": accuracy(known, 5),
        "detected": float(np.mean([a.found for a in known])),
        "calibration_error": calibration_error(known),
        "strangers": len(unknown),
        "auroc": auroc((a.certainty for a in known), (a.certainty for a in unknown)),
    }


def report(figures: dict[str, float]) -> str:
    """The figures as a Markdown table."""
    rows = [
        f"| {name} | {value:.4f} |" if isinstance(value, float) else f"| {name} | {value} |"
        for name, value in figures.items()
    ]
    return "\n".join(["| figure | value |", "|---|---|", *rows])


def main() -> None:
    parser = argparse.ArgumentParser(description="Evaluate a model on held-out photos.")
    parser.add_argument("--data", type=Path, required=True, help="folder with images/<Person>/*.jpg")
    parser.add_argument("--model", default="brain-mini")
    parser.add_argument("--min-photos", type=int, default=1, help="only identities with so many photos")
    parser.add_argument("--json", type=Path, help="write the figures here too")
    options = parser.parse_args()
    model = load_model(Settings.from_environment().models_dir / options.model)
    examples = list(split(list_people(options.data / "images")))
    figures = evaluate(model, examples, options.min_photos)
    print(report(figures))
    if options.json:
        options.json.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
