"""From a trained student to the files that ship: fc8 from class means, temperature, half precision.

fc8 is a linear discriminant on the student's embedding e: with class means m and the shared
within-class covariance S (shrunk towards a multiple of the identity), the log-likelihood ratio of a
Gaussian per class is linear in e, so that one row a person suffices and a person can be added later:

    row_c = S^-1 m_c / T          bias_c = -1/2 m_c' S^-1 m_c / T

T is the temperature that minimises the cross-entropy on the calibration photos, which neither the
gradients nor the means have seen (Guo et al., arXiv 1706.04599).
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import save_file
from torch import Tensor
from torch.nn import functional

from training.augment import plain
from training.data import MIN_PHOTOS, identities, list_people, readable, split
from training.prepare import Prepared, prepare
from training.recipe import to_input
from training.student import Student, fold

SHRINKAGE = 0.3
TEMPERATURES = np.geomspace(0.1, 30, 120)


@dataclass(frozen=True)
class Classifier:
    """(K, 128) rows and (K,) biases on the embedding."""

    rows: np.ndarray
    biases: np.ndarray

    def logits(self, embeddings: np.ndarray) -> np.ndarray:
        return embeddings @ self.rows.T + self.biases


def export(student: Student, prepared: Prepared, data: Path, out: Path, min_photos: int) -> None:
    """Write weights.safetensors and names.txt, with everybody of whom there are `min_photos` or more."""
    people = list_people(data / "images")
    names = identities(people, min_photos)
    label = {name: number for number, name in enumerate(names)}
    use = {
        str(e.path.relative_to(data)): (e.split, label[e.identity])
        for e in split(people)
        if e.identity in label
    }
    rows: dict[str, list[int]] = {"train": [], "calibrate": [], "held_out": []}
    labels: dict[str, list[int]] = {"train": [], "calibrate": [], "held_out": []}
    for row, path in enumerate(prepared.paths):
        if path in use:
            which, number = use[path]
            rows[which].append(row)
            labels[which].append(number)
    upright, mirrored = embed(student, prepared.contexts, rows["train"])
    twice = np.tile(labels["train"], 2)
    classifier = discriminant(np.concatenate([upright, mirrored]), twice, len(names))
    calibration, _ = embed(student, prepared.contexts, rows["calibrate"])
    temperature = fit_temperature(classifier.logits(calibration), np.array(labels["calibrate"]))
    tensors = fold(student, classifier.rows / temperature, classifier.biases / temperature)
    spec = replace(student.spec, identities=len(names))
    out.mkdir(parents=True, exist_ok=True)
    halves = {name: tensor.half() for name, tensor in tensors.items()}
    save_file(halves, out / "weights.safetensors", metadata={"spec": spec.to_json()})
    (out / "names.txt").write_text("".join(f"{readable(name)}\n" for name in names), encoding="utf-8")
    print(f"{len(names)} identities, temperature {temperature:.2f} -> {out}")


@torch.inference_mode()
def embed(student: Student, contexts: np.ndarray, rows: Sequence[int]) -> tuple[np.ndarray, np.ndarray]:
    """The student's embeddings of some prepared photos and of their mirror images: two (n, 128)."""
    student.eval()
    spec = student.spec
    upright, mirrored = [], []
    for start in range(0, len(rows), 256):
        batch = (contexts[row] for row in rows[start : start + 256])
        x = torch.stack([to_input(plain(c, spec.input_size, spec.crop_scale), spec) for c in batch])
        upright.append(student(x))
        mirrored.append(student(x.flip(3)))
    return torch.cat(upright).numpy(), torch.cat(mirrored).numpy()


def discriminant(embeddings: np.ndarray, labels: np.ndarray, classes: int) -> Classifier:
    """Linear discriminant analysis with a shrunk shared covariance.

    Args:
        embeddings: (n, 128).
        labels: (n,) in 0 .. classes - 1, each present.
    """
    means = np.stack([embeddings[labels == label].mean(0) for label in range(classes)])
    within = embeddings - means[labels]
    covariance = within.T @ within / (len(embeddings) - classes)
    size = len(covariance)
    covariance = (1 - SHRINKAGE) * covariance + SHRINKAGE * np.trace(covariance) / size * np.eye(size)
    rows = np.linalg.solve(covariance, means.T).T
    biases = -0.5 * (rows * means).sum(1)
    # The softmax does not see what all rows share, but Grad-CAM would draw it into every map.
    return Classifier(rows - rows.mean(0), biases - biases.mean())


def fit_temperature(logits: np.ndarray, labels: np.ndarray) -> float:
    """The temperature with the smallest cross-entropy."""
    x: Tensor = torch.from_numpy(logits)
    y = torch.from_numpy(labels)
    entropies = [float(functional.cross_entropy(x / t, y)) for t in TEMPERATURES]
    return float(TEMPERATURES[int(np.argmin(entropies))])


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
