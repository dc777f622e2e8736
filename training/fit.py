"""Train brain-mini: `python -m training.fit --data FOLDER --out models/brain-mini`.

The student learns three things at once from each augmented crop:

- the teacher's embedding (squared distance, after centring and scaling to unit mean square),
- the teacher's opinion of how alike the face is to each person of whom there are several photos
  (Kullback-Leibler divergence between the softmaxes over the cosines to their class means),
- the name, if it is one of theirs (cross-entropy over the same cosines).

Variations ease off in the second half, so that the weights settle on photos as they are.

An epoch shows every photo of these people and a share of all the others, who keep the embedding general.

Labels alone hardly teach anything with so few photos a person; the embedding carries what the teacher
learned from millions. Weights are averaged over the run (Polyak) and the average is exported.
"""

from __future__ import annotations

import argparse
import math
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import torch
from torch import Tensor
from torch.nn import functional
from torch.utils.data import DataLoader, Dataset
from tqdm import tqdm

from brain.network import Spec, load_network
from training.augment import augmented, plain
from training.data import MIN_PHOTOS, list_people, split
from training.export import export
from training.prepare import Prepared, prepare
from training.recipe import brain_mini, to_input
from training.start import start_from
from training.student import Student

SEED = 20170724
BATCH = 48
PEAK_RATE = 1.5e-3
WEIGHT_DECAY = 0.05
# A short memory for the gradients' size: those of the first steps are the largest by far.
BETAS = (0.9, 0.99)
AVERAGING = 0.998
TEMPERATURE = 0.07
EASED = 0.2
MIN_PHOTOS_OF_A_MEAN = 4
SHARE_OF_OTHERS = 1 / 3
NOBODY = -1
STARTERS = 2048


@dataclass(frozen=True)
class Lesson:
    """What there is to learn: parallel to `indices`, the rows of the prepared photos.

    Attributes:
        targets: (n, 128) float32, the teacher's embeddings, centred and scaled.
        people: (n,) int64, row of `means`, or `NOBODY`.
        means: (P, 128) float32, the class means of those with several photos.
    """

    indices: np.ndarray
    targets: np.ndarray
    people: np.ndarray
    means: np.ndarray


class Crops(Dataset):
    """Augmented crops: (3, S, S) float32, target (128,), person."""

    def __init__(self, prepared: Prepared, lesson: Lesson, spec: Spec) -> None:
        self.prepared, self.lesson, self.spec = prepared, lesson, spec
        self.begin(0)

    def begin(self, epoch: int, strength: float = 1.0) -> None:
        """Choose the photos of an epoch; see `augmented` for the strength."""
        self.epoch, self.strength = epoch, strength
        several = np.flatnonzero(self.lesson.people != NOBODY)
        others = np.flatnonzero(self.lesson.people == NOBODY)
        chosen = np.random.default_rng((SEED, epoch)).permutation(others)
        self.items = np.concatenate([several, chosen[: round(SHARE_OF_OTHERS * len(others))]])

    def __len__(self) -> int:
        return len(self.items)

    def __getitem__(self, position: int) -> tuple[Tensor, Tensor, int]:
        cv2.setNumThreads(0)
        item = self.items[position]
        random = np.random.default_rng((SEED, self.epoch, int(item)))
        context = self.prepared.contexts[self.lesson.indices[item]]
        crop = augmented(context, self.spec.input_size, self.spec.crop_scale, random, self.strength)
        return (
            to_input(crop, self.spec),
            torch.from_numpy(self.lesson.targets[item]),
            int(self.lesson.people[item]),
        )


def make_lesson(prepared: Prepared, data: Path) -> Lesson:
    """Everything in the training split, and everything below other folders than `images` as unlabelled."""
    examples = {str(e.path.relative_to(data)): e for e in split(list_people(data / "images"))}
    rows, names = [], []
    for row, path in enumerate(prepared.paths):
        example = examples.get(path)
        if example is None or example.split == "train":
            rows.append(row)
            names.append((example and example.identity) or "")
    indices = np.array(rows)
    raw = prepared.embeddings[indices]
    centre = raw.mean(0)
    targets = (raw - centre) / np.sqrt(((raw - centre) ** 2).sum(1).mean())  # (n, 128)
    counts = Counter(name for name in names if name)
    known = sorted(name for name, count in counts.items() if count >= MIN_PHOTOS_OF_A_MEAN)
    number = {name: position for position, name in enumerate(known)}
    people = np.array([number.get(name, NOBODY) for name in names])
    means = np.stack([targets[people == person].mean(0) for person in range(len(known))])
    return Lesson(indices, targets.astype(np.float32), people, means.astype(np.float32))


def losses(embedding: Tensor, target: Tensor, person: Tensor, means: Tensor) -> Tensor:
    """The three losses of the module's docstring, summed.

    Args:
        embedding, target: (B, 128).
        person: (B,) row of `means` or NOBODY.
        means: (P, 128).
    """
    distance = (embedding - target).pow(2).sum(1).mean()
    logits, opinion = (_alike(x, means) / TEMPERATURE for x in (embedding, target))
    relation = functional.kl_div(
        functional.log_softmax(logits, 1),
        functional.log_softmax(opinion, 1),
        reduction="batchmean",
        log_target=True,
    )
    named = functional.cross_entropy(logits, person, ignore_index=NOBODY)
    return 2 * distance + relation + named


def _alike(x: Tensor, means: Tensor) -> Tensor:
    """The cosines between embeddings and means, (B, P)."""
    return functional.normalize(x) @ functional.normalize(means).T


class Trainer:
    """Model, averaged model, optimiser and schedule; saved after every epoch and resumed from there."""

    def __init__(self, spec: Spec, crops: Crops, epochs: int, device: str) -> None:
        torch.manual_seed(SEED)
        self.device = device
        # torch's type stubs do not know this argument of Module.to.
        self.student = Student(spec).to(device, memory_format=torch.channels_last)  # type: ignore[call-overload]
        self.average = Student(spec).to(device)
        self.average.load_state_dict(self.student.state_dict())
        self.means = torch.from_numpy(crops.lesson.means).to(device)
        self.epochs, self.epoch, self.step = epochs, 0, 0
        self.steps = epochs * (len(crops) // BATCH)
        decayed = [p for p in self.student.parameters() if p.dim() > 1]
        undecayed = [p for p in self.student.parameters() if p.dim() <= 1]
        groups = [
            {"params": decayed, "weight_decay": WEIGHT_DECAY},
            {"params": undecayed, "weight_decay": 0.0},
        ]
        self.optimiser = torch.optim.AdamW(groups, lr=PEAK_RATE, betas=BETAS)

    def start(self, model: Path, crops: Crops) -> None:
        """Begin with the layers of a model that ships instead of random ones."""
        network = load_network(model / "weights.safetensors")
        chosen = np.random.default_rng(SEED).permutation(len(crops))[:STARTERS]
        lesson, spec = crops.lesson, crops.spec
        items = crops.items[chosen]
        contexts = (crops.prepared.contexts[lesson.indices[item]] for item in items)
        seen = [to_input(plain(one, spec.input_size, spec.crop_scale), spec) for one in contexts]
        student = self.student.cpu()
        start_from(student, network, torch.stack(seen), torch.from_numpy(lesson.targets[items]))
        self.student.to(self.device)
        self.average.load_state_dict(self.student.state_dict())

    def run_epoch(self, crops: Crops) -> float:
        """One pass over the crops; returns the mean loss."""
        crops.begin(self.epoch, strength(self.epoch / self.epochs))
        order = torch.Generator().manual_seed(SEED + self.epoch)
        loader = DataLoader(
            crops, BATCH, shuffle=True, generator=order, num_workers=_workers(), drop_last=True
        )
        self.student.train()
        total = 0.0
        with tqdm(loader, desc=f"epoch {self.epoch + 1}/{self.epochs}", unit="batch") as progress:
            for seen, batch in enumerate(progress, start=1):
                total += self._learn(*batch)
                progress.set_postfix(loss=f"{total / seen:.3f}")
        self.epoch += 1
        return total / len(loader)

    def _learn(self, crops: Tensor, targets: Tensor, people: Tensor) -> float:
        for group in self.optimiser.param_groups:
            group["lr"] = learning_rate(self.step, self.steps)
        crops = crops.to(self.device, memory_format=torch.channels_last)
        with torch.autocast(self.device, dtype=torch.bfloat16):
            embedding = self.student(crops)
        loss = losses(embedding.float(), targets.to(self.device), people.to(self.device), self.means)
        self.optimiser.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self.student.parameters(), 5.0)
        self.optimiser.step()
        self.step += 1
        self._update_average()
        return float(loss.detach())

    @torch.no_grad()
    def _update_average(self) -> None:
        keep = min(AVERAGING, (1 + self.step) / (10 + self.step))
        current = self.student.state_dict()
        for name, value in self.average.state_dict().items():
            if value.dtype.is_floating_point:
                value.lerp_(current[name], 1 - keep)

    def save(self, path: Path) -> None:
        """Write the checkpoint whole or not at all."""
        state = {
            "student": self.student.state_dict(),
            "average": self.average.state_dict(),
            "optimiser": self.optimiser.state_dict(),
            "epoch": self.epoch,
            "step": self.step,
        }
        partial = path.with_suffix(".partial")
        torch.save(state, partial)
        partial.replace(path)

    def resume(self, path: Path) -> None:
        """Go on where the checkpoint stopped."""
        state = torch.load(path, map_location=self.device, weights_only=True)
        self.student.load_state_dict(state["student"])
        self.average.load_state_dict(state["average"])
        self.optimiser.load_state_dict(state["optimiser"])
        self.epoch, self.step = state["epoch"], state["step"]


def strength(progress: float) -> float:
    """How much of the variation is left: all of it in the first half, `EASED` at the end."""
    return 1.0 if progress < 0.5 else 1.0 - 2 * (progress - 0.5) * (1.0 - EASED)


def learning_rate(step: int, steps: int) -> float:
    """A short linear warm-up, then half a cosine down to zero."""
    warm_up = max(1, steps // 50)
    if step < warm_up:
        return PEAK_RATE * (step + 1) / warm_up
    return PEAK_RATE * 0.5 * (1 + math.cos(math.pi * (step - warm_up) / max(1, steps - warm_up)))


def _workers() -> int:
    return max(1, min(8, (torch.get_num_threads() + 1) // 2))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "--data",
        type=Path,
        required=True,
        help="folder with images/<Person>/*.jpg; any other folder is unlabelled",
    )
    parser.add_argument("--out", type=Path, default=Path("models/brain-mini"))
    parser.add_argument(
        "--cache", type=Path, default=Path("build/training"), help="prepared photos and checkpoints"
    )
    parser.add_argument("--epochs", type=int, default=80)
    parser.add_argument("--min-photos", type=int, default=MIN_PHOTOS, help="who becomes an identity")
    parser.add_argument("--start", type=Path, metavar="MODEL", help="go on from a model's folder")
    parser.add_argument("--processes", type=int, default=2, help="for preparing the photos")
    options = parser.parse_args()

    prepared = prepare(options.data, options.cache, options.processes)
    lesson = make_lesson(prepared, options.data)
    device = "cuda" if torch.cuda.is_available() else "cpu"
    spec = brain_mini(identities=len(lesson.means))
    crops = Crops(prepared, lesson, spec)
    trainer = Trainer(spec, crops, options.epochs, device)
    checkpoint = options.cache / "checkpoint.pt"
    if checkpoint.exists():
        trainer.resume(checkpoint)
    elif options.start:
        trainer.start(options.start, crops)
    while trainer.epoch < options.epochs:
        trainer.run_epoch(crops)
        trainer.save(checkpoint)
    export(trainer.average.cpu(), prepared, options.data, options.out, options.min_photos)


if __name__ == "__main__":
    main()
