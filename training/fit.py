"""Train brain-mini: `python -m training.fit --data FOLDER --out models/brain-mini`.

The student learns three things at once from each augmented crop:

- the teacher's embedding (squared distance, after centring and scaling to unit mean square),
- the teacher's opinion of how alike the face is to each person of whom there are several photos
  (Kullback-Leibler divergence between the softmaxes over the cosines to their class means),
- the name, if it is one of theirs (cross-entropy over the same cosines).

Half of the faces are morphs, made up on the way from two photos and shown to the teacher as they are: labels
alone hardly teach anything with so few photos a person, and the photos alone are soon learned by heart. The
embedding carries what the teacher learned from millions.

Several processes learn side by side and meet every few steps in the mean of their weights
(`training.together`). Weights are averaged over the run (Polyak) and the average is exported.
"""

from __future__ import annotations

import argparse
import math
from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import cv2
import numpy as np
import torch
from torch import Tensor
from torch.nn import functional
from torch.utils.data import DataLoader, Dataset
from tqdm import tqdm

from brain.recognition.network import ModelConfig, load_network
from training.augment import augmented, plain
from training.data import MIN_PHOTOS, list_people, split
from training.export import export
from training.morph import morphed
from training.prepare import Prepared, prepare
from training.recipe import brain_mini, to_input
from training.start import start_from
from training.student import Student
from training.teacher import chip, network, opinion
from training.together import Alone, Team, side_by_side

SEED = 20170724
BATCH = 48
PEAK_RATE = 1.2e-3
WEIGHT_DECAY = 0.05
# A short memory for the gradients' size: those of the first steps are the largest by far.
BETAS = (0.9, 0.99)
AVERAGING = 0.998
MEETING = 16  # steps between two means of the processes' weights
TEMPERATURE = 0.07
MORPHS = 0.5
MORPHS_WITHIN = 0.6  # of the morphs of people with several photos, those with another of their own
UNVARIED = 0.5  # to one varied crop, in strengths from none to all
MIN_PHOTOS_OF_A_MEAN = 4
NOBODY = -1
STARTERS = 2048

Teacher = Callable[[np.ndarray], Tensor]  # (n, 150, 150, 3) uint8 RGB chips -> (n, 128) float32
Sample = tuple[Tensor, np.ndarray, int, np.ndarray | None]


@dataclass(frozen=True)
class Lesson:
    """What there is to learn: parallel to `indices`, the rows of the prepared photos.

    Attributes:
        targets: (n, 128) float32, the teacher's embeddings, centred and scaled.
        people: (n,) int64, row of `means`, or `NOBODY`.
        means: (P, 128) float32, the class means of those with several photos.
        centre: (128,) float32, subtracted from the teacher's embeddings.
        size: they are divided by it.
    """

    indices: np.ndarray
    targets: np.ndarray
    people: np.ndarray
    means: np.ndarray
    centre: np.ndarray
    size: float


@dataclass(frozen=True)
class Batch:
    """Crops (B, 3, S, S) float32, targets (B, 128), people (B,), and the chips of those that are morphs.

    Attributes:
        morphs: (M,) int64, which of them are morphs; their targets are the teacher's opinion of `chips`.
        chips: (M, 150, 150, 3) uint8 RGB.
    """

    crops: Tensor
    targets: Tensor
    people: Tensor
    morphs: Tensor
    chips: np.ndarray

    @classmethod
    def of(cls, samples: list[Sample]) -> Batch:
        crops, targets, people, chips = zip(*samples, strict=True)
        morphs = [number for number, seen in enumerate(chips) if seen is not None]
        return cls(
            torch.stack(crops),
            torch.from_numpy(np.stack(targets)),
            torch.tensor(people),
            torch.tensor(morphs, dtype=torch.int64),
            np.array([chips[number] for number in morphs], dtype=np.uint8),
        )


class Crops(Dataset):
    """Varied crops of photos and of morphs; the same epoch and position give the same crop again."""

    def __init__(
        self, prepared: Prepared, lesson: Lesson, config: ModelConfig, team: Team | None = None
    ) -> None:
        self.prepared, self.lesson, self.config = prepared, lesson, config
        # Asked for here, once: the loader's workers start anew every epoch.
        self.boxes = prepared.boxes
        self.team = team or Alone()
        self.photos_of = defaultdict(list)
        for item, person in enumerate(lesson.people):
            self.photos_of[int(person)].append(item)
        self.begin(0)

    def begin(self, epoch: int) -> None:
        """Choose this process's share of the photos of an epoch; all shares are of one size."""
        self.epoch = epoch
        order = np.random.default_rng((SEED, epoch)).permutation(len(self.lesson.indices))
        share = len(order) // (BATCH * self.team.size) * BATCH
        self.items = order[self.team.rank :: self.team.size][:share]

    def __len__(self) -> int:
        return len(self.items)

    def __getitem__(self, position: int) -> Sample:
        cv2.setNumThreads(0)
        item = int(self.items[position])
        random = np.random.default_rng((SEED, self.epoch, item))
        context, person, seen = self._photo(item), int(self.lesson.people[item]), None
        if random.random() < MORPHS:
            other = self._partner(person, random)
            landmarks = self._landmarks(item)
            context = morphed(context, landmarks, self._photo(other), self._landmarks(other), random)
            person = person if self.lesson.people[other] == person else NOBODY
            seen = chip(context, landmarks)
        strength = max(0.0, random.uniform(-UNVARIED, 1))
        box = self.boxes[self.lesson.indices[item]]
        crop = augmented(context, box, self.config.input_size, self.config.crop_scale, random, strength)
        return to_input(crop, self.config), self.lesson.targets[item], person, seen

    def _partner(self, person: int, random: np.random.Generator) -> int:
        """With whom to morph: often with another photo of the same person, if there is one."""
        if person != NOBODY and random.random() < MORPHS_WITHIN:
            return int(random.choice(self.photos_of[person]))
        return int(random.integers(len(self.lesson.indices)))

    def _photo(self, item: int) -> np.ndarray:
        return self.prepared.contexts[self.lesson.indices[item]]

    def _landmarks(self, item: int) -> np.ndarray:
        return self.prepared.landmarks[self.lesson.indices[item]]


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
    size = float(np.sqrt(((raw - centre) ** 2).sum(1).mean()))
    targets = (raw - centre) / size  # (n, 128)
    counts = Counter(name for name in names if name)
    known = sorted(name for name, count in counts.items() if count >= MIN_PHOTOS_OF_A_MEAN)
    number = {name: position for position, name in enumerate(known)}
    people = np.array([number.get(name, NOBODY) for name in names])
    means = np.stack([targets[people == person].mean(0) for person in range(len(known))])
    return Lesson(indices, targets.astype(np.float32), people, means.astype(np.float32), centre, size)


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
    """Model, averaged model, optimiser and schedule; saved after every epoch and resumed from there.

    Args of the constructor:
        teacher: asked about every morph.
    """

    def __init__(self, config: ModelConfig, crops: Crops, epochs: int, device: str, teacher: Teacher) -> None:
        torch.manual_seed(SEED)
        self.device, self.teacher, self.team = device, teacher, crops.team
        # torch's type stubs do not know this argument of Module.to.
        self.student = Student(config).to(device, memory_format=torch.channels_last)  # type: ignore[call-overload]
        self.average = Student(config).to(device)
        self.average.load_state_dict(self.student.state_dict())
        self.means = torch.from_numpy(crops.lesson.means).to(device)
        self.centre, self.size = torch.from_numpy(crops.lesson.centre), crops.lesson.size
        self.epochs, self.epoch, self.step = epochs, 0, 0
        self.steps = epochs * (len(crops) // BATCH)
        decayed = [p for p in self.student.parameters() if p.dim() > 1]
        undecayed = [p for p in self.student.parameters() if p.dim() <= 1]
        groups = [
            {"params": decayed, "weight_decay": WEIGHT_DECAY},
            {"params": undecayed, "weight_decay": 0.0},
        ]
        self.optimiser = torch.optim.AdamW(groups, lr=PEAK_RATE, betas=BETAS, fused=True)

    def start(self, model: Path, crops: Crops) -> None:
        """Begin with the layers of a model that ships instead of random ones."""
        network = load_network(model / "weights.safetensors")
        chosen = np.random.default_rng(SEED).permutation(len(crops))[:STARTERS]
        lesson, config = crops.lesson, crops.config
        items = crops.items[chosen]
        contexts, boxes = crops.prepared.contexts, crops.boxes
        seen = [
            to_input(plain(contexts[row], boxes[row], config.input_size, config.crop_scale), config)
            for row in lesson.indices[items]
        ]
        student = self.student.cpu()
        start_from(student, network, torch.stack(seen), torch.from_numpy(lesson.targets[items]))
        self.student.to(self.device)
        self.average.load_state_dict(self.student.state_dict())

    def run_epoch(self, crops: Crops) -> float:
        """One pass over the crops; returns the mean loss."""
        crops.begin(self.epoch)
        workers = 0 if self.device == "cpu" else 8
        loader = DataLoader(crops, BATCH, num_workers=workers, collate_fn=Batch.of)
        self.student.train()
        total = 0.0
        name, quiet = f"epoch {self.epoch + 1}/{self.epochs}", not self.team.leads
        with tqdm(loader, desc=name, unit="batch", disable=quiet) as progress:
            for seen, batch in enumerate(progress, start=1):
                total += self._learn(batch)
                progress.set_postfix(loss=f"{total / seen:.3f}")
        self.team.meet(self.student)
        self.epoch += 1
        return total / len(loader)

    def _learn(self, batch: Batch) -> float:
        for group in self.optimiser.param_groups:
            group["lr"] = learning_rate(self.step, self.steps)
        targets = self._targets(batch).to(self.device)
        crops = batch.crops.to(self.device, memory_format=torch.channels_last)
        with torch.autocast(self.device, dtype=torch.bfloat16):
            embedding = self.student(crops)
        loss = losses(embedding.float(), targets, batch.people.to(self.device), self.means)
        self.optimiser.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self.student.parameters(), 5.0)
        self.optimiser.step()
        self.step += 1
        if self.step % MEETING == 0:
            self.team.meet(self.student)
            self._update_average()
        return float(loss.detach())

    def _targets(self, batch: Batch) -> Tensor:
        targets = batch.targets.clone()
        if len(batch.morphs):
            targets[batch.morphs] = (self.teacher(batch.chips).cpu() - self.centre) / self.size
        return targets

    @torch.no_grad()
    def _update_average(self) -> None:
        keep = min(AVERAGING**MEETING, (1 + self.step) / (10 * MEETING + self.step))
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


def learning_rate(step: int, steps: int) -> float:
    """A short linear warm-up, then half a cosine down to zero."""
    warm_up = max(1, steps // 50)
    if step < warm_up:
        return PEAK_RATE * (step + 1) / warm_up
    return PEAK_RATE * 0.5 * (1 + math.cos(math.pi * (step - warm_up) / max(1, steps - warm_up)))


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
    parser.add_argument("--epochs", type=int, default=140)
    parser.add_argument("--min-photos", type=int, default=MIN_PHOTOS, help="who becomes an identity")
    parser.add_argument("--start", type=Path, metavar="MODEL", help="go on from a model's folder")
    parser.add_argument("--processes", type=int, default=2, help="that prepare and learn side by side")
    options = parser.parse_args()

    prepare(options.data, options.cache, options.processes)
    side_by_side(options.processes if device() == "cpu" else 1, learn, options)


def device() -> str:
    """An accelerator where there is one."""
    return "cuda" if torch.cuda.is_available() else "cpu"


def learn(team: Team, options: argparse.Namespace) -> None:
    """One process's part of the training; the leader saves and exports."""
    prepared = prepare(options.data, options.cache, processes=1)
    lesson = make_lesson(prepared, options.data)
    config = brain_mini(identities=len(lesson.means))
    crops = Crops(prepared, lesson, config, team)
    teacher = partial(opinion, network().to(device()))
    trainer = Trainer(config, crops, options.epochs, device(), teacher)
    checkpoint = options.cache / "checkpoint.pt"
    if checkpoint.exists():
        trainer.resume(checkpoint)
    elif options.start:
        trainer.start(options.start, crops)
    while trainer.epoch < options.epochs:
        trainer.run_epoch(crops)
        if team.leads:
            trainer.save(checkpoint)
    if team.leads:
        export(trainer.average.cpu(), prepared, options.data, options.out, options.min_photos)


if __name__ == "__main__":
    main()
