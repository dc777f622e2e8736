"""Train the aligner: `python -m training.alignment --data FOLDER`.

The landmarks of the prepared photos say where each face is; the boxes are those of the cascades, moved and
resized at random, so that the answer has to come from the picture. `brain.face.alignment` has the network.
While it learns it has batch norm, which is folded away, and says where each landmark is besides, which tells
it what to look at (Caruana, "Multitask Learning", 1997); only the box ships.
"""

from __future__ import annotations

import argparse
import math
from itertools import pairwise
from pathlib import Path

import cv2
import numpy as np
import torch
from safetensors.torch import save_file
from torch import Tensor, nn
from torch.nn import functional
from torch.utils.data import DataLoader, Dataset
from tqdm import tqdm

from brain.core.geometry import Rectangle, square_around
from brain.face.alignment import (
    FURTHEST,
    HIDDEN,
    LARGEST,
    VIEW,
    VIEW_SIDE,
    WEIGHTS,
    AlignmentNetwork,
    Placement,
    to_input,
)
from brain.face.crop import sample
from training.augment import changed
from training.data import list_people, split
from training.morph import mirrored
from training.prepare import CONTEXT_SIDE, Prepared, middle_box, prepare
from training.student import folded
from training.teacher import MIRRORED, similarity

SEED = 20011208
BATCH = 64
EPOCHS = 45
PEAK_RATE = 3e-3
WEIGHT_DECAY = 0.01
# Of the boxes that it learns from: as far off as cascades get on difficult photos, and mostly less.
MOVED = 0.07
RESIZED = 0.12
TURNED = np.deg2rad(7)
# Of a box: a landmark that was lost should not weigh more than many that are a little off.
NEAR = 0.02

Random = np.random.Generator


class Views(Dataset):
    """Views of varied photos and where the face is in them; the same epoch and position give the same."""

    def __init__(self, prepared: Prepared, rows: np.ndarray) -> None:
        self.prepared, self.rows = prepared, rows
        self.average = average_face(prepared.landmarks[rows])
        self.epoch = 0

    def __len__(self) -> int:
        return len(self.rows)

    def __getitem__(self, position: int) -> tuple[Tensor, Tensor]:
        cv2.setNumThreads(0)
        row = self.rows[position]
        random = np.random.default_rng((SEED, self.epoch, int(row)))
        context, landmarks = self.prepared.contexts[row], self.prepared.landmarks[row].astype(np.float64)
        if random.random() < 0.5:
            context, landmarks = mirrored(context, landmarks)
        context, landmarks = _turned(context, landmarks, random.normal(0, TURNED))
        strength = max(0.0, random.uniform(-0.5, 1))
        box = _varied(random, 0.3 + 0.7 * strength)
        seen = sample(context, square_around(box, VIEW), VIEW_SIDE)
        grey = cv2.cvtColor(changed(seen, random, strength), cv2.COLOR_BGR2GRAY)
        places = (landmarks + 0.5 - box.centre) / box.width  # (5, 2) in boxes
        wanted = np.concatenate([answer(box, self.average, landmarks), places.ravel().astype(np.float32)])
        return to_input([grey])[0], torch.from_numpy(wanted)


def average_face(landmarks: np.ndarray) -> np.ndarray:
    """(5, 2) the median of (n, 5, 2) landmarks, made symmetric: where they are in an average context."""
    middle = np.median(landmarks, 0).astype(np.float64)
    return (middle + (middle * (-1, 1) + (CONTEXT_SIDE - 1, 0))[MIRRORED]) / 2


def answer(box: Rectangle, average: np.ndarray, landmarks: np.ndarray) -> np.ndarray:
    """(3,) float32 across, down and logarithm of the scale: what makes the box an average one.

    Args:
        box: a square in pixels of the context.
        average: (5, 2) landmarks around which `middle_box` is the average box.
        landmarks: (5, 2) of this face.
    """
    scale = float(np.hypot(*similarity(average, landmarks)[:, 0]))
    # cv2 counts pixel corners, landmarks pixel centres.
    off_middle = average.mean(0) + 0.5 - CONTEXT_SIDE / 2
    middle = landmarks.mean(0) + 0.5 - off_middle * scale
    moved = (middle - box.centre) / box.width
    larger = np.log(scale * middle_box().width / box.width)
    limit = np.array([FURTHEST, FURTHEST, np.log(LARGEST)])
    return np.clip([*moved, larger], -limit, limit).astype(np.float32)


def _varied(random: Random, far: float) -> Rectangle:
    across, down = random.normal(0, MOVED * far, 2)
    return Placement(across, down, np.exp(random.normal(0, RESIZED * far))).of(middle_box())


def _turned(context: np.ndarray, landmarks: np.ndarray, angle: float) -> tuple[np.ndarray, np.ndarray]:
    size = context.shape[0]
    matrix = cv2.getRotationMatrix2D(((size - 1) / 2, (size - 1) / 2), np.rad2deg(angle), 1.0)
    turned = cv2.warpAffine(context, matrix, (size, size), borderMode=cv2.BORDER_REPLICATE)
    return turned, landmarks @ matrix[:, :2].T + matrix[:, 2]


def training_rows(prepared: Prepared, data: Path) -> tuple[np.ndarray, np.ndarray]:
    """Rows to learn from, and of held-out photos of the identities."""
    splits = {str(e.path.relative_to(data)): e.split for e in split(list_people(data / "images"))}
    of = np.array([splits.get(str(path), "train") for path in prepared.paths])
    return np.flatnonzero(of == "train"), np.flatnonzero(of == "held_out")


def learning_rate(step: int, steps: int) -> float:
    """Half a cosine down to zero."""
    return PEAK_RATE * 0.5 * (1 + math.cos(math.pi * step / steps))


class Learner(nn.Module):
    """The network with batch norm behind each layer: (B, 1, 80, 80) -> (B, 13), placement and landmarks."""

    def __init__(self) -> None:
        super().__init__()
        plain = AlignmentNetwork()
        layers: list[nn.Module] = []
        for layer in plain.convolutions:
            layers.append(layer)
            if isinstance(layer, nn.Conv2d):
                layers.append(nn.BatchNorm2d(layer.out_channels))
        self.convolutions = nn.Sequential(*layers)
        self.fully_connected = plain.fully_connected
        self.norm = nn.BatchNorm1d(HIDDEN)
        self.answer = nn.Linear(HIDDEN, 3 + 2 * len(MIRRORED))
        nn.init.zeros_(self.answer.weight)

    def forward(self, x: Tensor) -> Tensor:
        maps = self.convolutions(x).flatten(1)
        return self.answer(torch.relu(self.norm(self.fully_connected(maps))))


def fold(learner: Learner) -> AlignmentNetwork:
    """The network that ships: the learner's placement, batch norm folded into the layers before it."""
    learner = learner.eval()
    network = AlignmentNetwork().eval()
    names = [
        f"convolutions.{name}"
        for name, layer in network.convolutions.named_children()
        if isinstance(layer, nn.Conv2d)
    ]
    pairs = [(a, b) for a, b in pairwise(learner.convolutions) if isinstance(b, nn.BatchNorm2d)]
    tensors = folded("fully_connected", learner.fully_connected, learner.norm)
    for name, (layer, norm) in zip(names, pairs, strict=True):
        tensors |= folded(name, layer, norm)
    tensors |= {"placement.weight": learner.answer.weight[:3], "placement.bias": learner.answer.bias[:3]}
    network.load_state_dict(tensors)
    return network


def train(views: Views, epochs: int) -> AlignmentNetwork:
    """Fit a network, with progress."""
    torch.manual_seed(SEED)
    learner = Learner().to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    optimiser = torch.optim.AdamW(learner.parameters(), lr=PEAK_RATE, weight_decay=WEIGHT_DECAY)
    step, steps = 0, epochs * math.ceil(len(views) / BATCH)
    for views.epoch in range(epochs):
        total = 0.0
        loader = DataLoader(views, BATCH, shuffle=True)
        with tqdm(loader, desc=f"epoch {views.epoch + 1}/{epochs}", unit="batch") as progress:
            for seen, (x, wanted) in enumerate(progress, start=1):
                for group in optimiser.param_groups:
                    group["lr"] = learning_rate(step, steps)
                with torch.autocast("cpu", dtype=torch.bfloat16):
                    given = learner(x)
                loss = functional.smooth_l1_loss(given.float(), wanted, beta=NEAR)
                optimiser.zero_grad()
                loss.backward()
                optimiser.step()
                step += 1
                total += float(loss.detach())
                progress.set_postfix(loss=f"{total / seen:.5f}")
    return fold(learner)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True, help="as for training.fit")
    parser.add_argument("--cache", type=Path, default=Path("build/training"), help="prepared photos")
    parser.add_argument("--out", type=Path, default=WEIGHTS)
    parser.add_argument("--epochs", type=int, default=EPOCHS)
    parser.add_argument("--processes", type=int, default=2, help="that prepare side by side")
    options = parser.parse_args()

    prepared = prepare(options.data, options.cache, options.processes)
    learn_from, _ = training_rows(prepared, options.data)
    network = train(Views(prepared, learn_from), options.epochs)
    save_file({name: tensor.half() for name, tensor in network.state_dict().items()}, options.out)


if __name__ == "__main__":
    main()
