"""From a trained student to the files that ship: fc8 from class means, temperature, half precision.

fc8's row for a person is the direction of the mean of the person's embeddings, so that a logit is the
cosine between photo and person, times the photo's embedding's length, which only makes clear photos surer:

    row_c = m_c / |m_c| / T        bias_c = 0

A person is one row and can be added later. T is the temperature that minimises the cross-entropy on the
calibration photos, which neither the gradients nor the means have seen (Guo et al., arXiv 1706.04599);
afterwards they join the means.
"""

from __future__ import annotations

import argparse
import json
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import save_file
from scipy.optimize import nnls
from torch import Tensor
from torch.nn import functional

from brain.recognition.certainty import top1_log_odds
from training.augment import plain
from training.data import MIN_PHOTOS, identities, list_people, newcomers, readable, split
from training.prepare import Prepared, prepare
from training.recipe import to_input
from training.student import Student, fold

TEMPERATURES = np.geomspace(0.005, 1, 200)
KNOWN_TEMPERATURES = np.geomspace(0.1, 3, 24)
NEWCOMERS = "never trained on, named from five photos"


@dataclass(frozen=True)
class Classifier:
    """(K, 128) rows on the embedding."""

    rows: np.ndarray

    def logits(self, embeddings: np.ndarray) -> np.ndarray:
        return embeddings @ self.rows.T


@dataclass(frozen=True)
class Seen:
    """Some photos' embeddings: (V, n, 128) of V views each, the first one upright, and labels (n,)."""

    views: np.ndarray
    labels: np.ndarray

    def __add__(self, other: Seen) -> Seen:
        views = np.concatenate([self.views, other.views], axis=1)
        return Seen(views, np.concatenate([self.labels, other.labels]))

    def only(self, chosen: np.ndarray) -> Seen:
        return Seen(self.views[:, chosen], self.labels[chosen])


def export(student: Student, prepared: Prepared, data: Path, out: Path, min_photos: int) -> None:
    """Write weights.safetensors, names.txt and groups.json, for everybody with `min_photos` or more."""
    people = list_people(data / "images")
    names, new = identities(people, min_photos), newcomers(people)
    seen = look_at_all(student, prepared, data, names)
    labels = [names.index(name) for name in new if name in names]
    is_new = np.isin(seen["calibrate"].labels, labels)

    means = seen["train"] + seen["shots"]
    classifier = class_means(means, len(names))
    logits = classifier.logits(seen["calibrate"].views[0])
    temperature = fit_temperature(logits, seen["calibrate"].labels)
    strangers = classifier.logits(seen["calibrate_strangers"].views[0])

    classifier = class_means(means + seen["calibrate"].only(~is_new), len(names))
    weights = fit_length_weights(classifier, np.concatenate(seen["train"].views))
    known = fit_known(logits / temperature, strangers / temperature, weights)
    tensors = fold(student, classifier.rows / temperature, np.zeros(len(names)))
    config = replace(student.config, identities=len(names), known=known, length_weights=weights)
    out.mkdir(parents=True, exist_ok=True)
    halves = {name: tensor.half() for name, tensor in tensors.items()}
    save_file(halves, out / "weights.safetensors", metadata={"spec": config.to_json()})
    (out / "names.txt").write_text("".join(f"{readable(name)}\n" for name in names), encoding="utf-8")
    groups = {NEWCOMERS: [readable(name) for name in new]}
    (out / "groups.json").write_text(json.dumps(groups, indent=1) + "\n", encoding="utf-8")
    print(f"{len(names)} identities, temperature {temperature:.2f}, known {known} -> {out}")
    unseen = [seen["calibrate"].only(is_new), seen["held_out"].only(np.isin(seen["held_out"].labels, labels))]
    right = np.concatenate([classifier.logits(one.views[0]).argmax(1) == one.labels for one in unseen])
    print(f"{NEWCOMERS}: {right.mean():.1%} of {len(right)} photos of {len(new)} people")


def look_at_all(student: Student, prepared: Prepared, data: Path, names: list[str]) -> dict[str, Seen]:
    """Embeddings by split; other people's photos of the training split are left out."""
    label = {name: number for number, name in enumerate(names)}
    chosen: dict[str, list[tuple[int, int]]] = defaultdict(list)
    row = {path: number for number, path in enumerate(prepared.paths)}
    for example in split(list_people(data / "images")):
        path = str(example.path.relative_to(data))
        if path in row and (example.identity in label or example.split == "calibrate_strangers"):
            chosen[example.split].append((row[path], label.get(example.identity or "", -1)))
    return {
        name: Seen(
            embed(student, prepared, [r for r, _ in pairs], name in ("train", "shots", "calibrate")),
            np.array([number for _, number in pairs]),
        )
        for name, pairs in chosen.items()
    }


@torch.inference_mode()
def embed(student: Student, prepared: Prepared, rows: Sequence[int], with_mirror: bool) -> np.ndarray:
    """The student's embeddings of some prepared photos: (V, n, 128).

    Args:
        with_mirror: besides the plain crop, its mirror image.
    """
    student.eval()
    config, contexts, boxes = student.config, prepared.contexts, prepared.boxes
    batches = []
    for start in range(0, len(rows), 256):
        batch = rows[start : start + 256]
        crops = (plain(contexts[row], boxes[row], config.input_size, config.crop_scale) for row in batch)
        x = torch.stack([to_input(crop, config) for crop in crops])
        views = [x, x.flip(3)] if with_mirror else [x]
        batches.append(torch.stack([student(view) for view in views]))
    return torch.cat(batches, dim=1).numpy()


def class_means(seen: Seen, classes: int) -> Classifier:
    """One row a person: the direction of the mean of the person's upright and mirrored views.

    Args:
        seen: labels in 0 .. classes - 1, each present.
    """
    clear = seen.views.mean(0)
    means = np.stack([clear[seen.labels == label].mean(0) for label in range(classes)])
    rows = means / np.linalg.norm(means, axis=1, keepdims=True)
    # The softmax does not see what all rows share, but Grad-CAM would draw it into every map.
    return Classifier(rows - rows.mean(0))


def fit_temperature(logits: np.ndarray, labels: np.ndarray) -> float:
    """The temperature with the smallest cross-entropy."""
    x: Tensor = torch.from_numpy(logits)
    y = torch.from_numpy(labels)
    entropies = [float(functional.cross_entropy(x / t, y)) for t in TEMPERATURES]
    return float(TEMPERATURES[int(np.argmin(entropies))])


def fit_length_weights(classifier: Classifier, embeddings: np.ndarray) -> tuple[float, ...]:
    """K weights, zero or greater, with which squared logits add up to an embedding's squared length.

    Least squares of the relative error (Lawson and Hanson, "Solving Least Squares Problems", 1974). The unit
    is such that the lengths are about as large as the logits' root mean squares.

    Args:
        embeddings: (n, 128).
    """
    squares = classifier.logits(embeddings) ** 2  # (n, K)
    lengths = (embeddings**2).sum(1)
    lengths *= np.mean(squares.mean(1) / lengths)
    weights, _ = nnls(squares / lengths[:, None], np.ones(len(lengths)))
    return tuple(round(float(weight), 6) for weight in weights)


def fit_known(
    known: np.ndarray, strangers: np.ndarray, length_weights: Sequence[float] | None = None
) -> tuple[float, float, float]:
    """Temperature, slope and offset of `brain.recognition.certainty`, the two groups weighing the same.

    Args:
        known, strangers: (n, K) and (m, K) logits.
        length_weights: K, as `brain.recognition.network.ModelConfig` has them.
    """
    fits = []
    weights = None if length_weights is None else torch.tensor(length_weights)
    for temperature in KNOWN_TEMPERATURES:
        odds = [top1_log_odds(torch.from_numpy(z), float(temperature), weights) for z in (known, strangers)]
        fits.append((*_logistic(*odds), float(temperature)))
    _, slope, offset, temperature = min(fits)
    return round(temperature, 4), round(slope, 4), round(offset, 4)


def _logistic(positive: Tensor, negative: Tensor) -> tuple[float, float, float]:
    """Loss, slope and offset of a logistic regression on one number."""
    x = torch.cat([positive, negative])
    y = torch.cat([torch.ones_like(positive), torch.zeros_like(negative)])
    weight = torch.where(y > 0, 0.5 / len(positive), 0.5 / len(negative))
    line = torch.zeros(2, dtype=x.dtype, requires_grad=True)
    optimiser = torch.optim.LBFGS([line], max_iter=200, line_search_fn="strong_wolfe")

    def loss() -> Tensor:
        optimiser.zero_grad()
        value = functional.binary_cross_entropy_with_logits(line[0] * x + line[1], y, weight, reduction="sum")
        value.backward()
        return value

    optimiser.step(loss)
    slope, offset = line.tolist()
    return loss().item(), slope, offset


def main() -> None:
    from training.fit import make_lesson
    from training.recipe import brain_mini

    parser = argparse.ArgumentParser(description="Export a checkpoint.")
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path, default=Path("models/brain-mini"))
    parser.add_argument("--cache", type=Path, default=Path("build/training"))
    parser.add_argument("--min-photos", type=int, default=MIN_PHOTOS, help="who becomes an identity")
    options = parser.parse_args()
    prepared = prepare(options.data, options.cache, processes=2)
    student = Student(brain_mini(len(make_lesson(prepared, options.data).means)))
    state = torch.load(options.cache / "checkpoint.pt", map_location="cpu", weights_only=True)
    student.load_state_dict(state["average"])
    export(student, prepared, options.data, options.out, options.min_photos)


if __name__ == "__main__":
    main()
