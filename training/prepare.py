"""Once before training: find every face and ask the teacher what it sees.

For each photo three things are kept. The context, a square of `CONTEXT` times the face's box as the
project's own detector found it, leaves room to move the crop about. The landmarks in it teach the aligner
where a face is and let faces be laid over each other. The target is the teacher's embedding of the photo;
the teacher runs on its own alignment, so the student also learns to see past a crooked crop.
"""

from __future__ import annotations

import multiprocessing
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

import cv2
import numpy as np
import torch
from tqdm import tqdm

from brain.core.errors import BrainError
from brain.core.geometry import Rectangle
from brain.face.alignment import Aligner
from brain.face.crop import crop
from brain.face.detector import FaceDetector
from brain.face.photo import decode
from brain.pipeline.explainer import face_inside
from training.teacher import Landmarks, chip, embed, network

CONTEXT = 2.2
CONTEXT_SIDE = 192
BATCH = 256


@dataclass(frozen=True)
class Prepared:
    """Parallel arrays over all photos in which a face was found.

    Attributes:
        paths: (n,) str, relative to the data folder.
        contexts: (n, 192, 192, 3) uint8 BGR, memory-mapped.
        embeddings: (n, 128) float32, the teacher's.
        landmarks: (n, 5, 2) float32, x and y in the context.
    """

    paths: np.ndarray
    contexts: np.ndarray
    embeddings: np.ndarray
    landmarks: np.ndarray

    @cached_property
    def boxes(self) -> list[Rectangle]:
        """Where the aligner sees the faces, in pixels of their contexts."""
        aligner, boxes = Aligner(), []
        for start in range(0, len(self.contexts), BATCH):
            batch = self.contexts[start : start + BATCH]
            boxes += aligner.align_many(batch, [middle_box()] * len(batch))
        return boxes


def middle_box() -> Rectangle:
    """The cascade's box in a context."""
    return face_inside(CONTEXT_SIDE, CONTEXT)


def prepare(data: Path, cache_dir: Path, processes: int) -> Prepared:
    """Prepare every photo below `data`, or load what an earlier run prepared."""
    done = cache_dir / "embeddings.npz"
    if not done.exists():
        cache_dir.mkdir(parents=True, exist_ok=True)
        files = sorted(path for path in data.rglob("*") if path.is_file() and path.suffix.lower() == ".jpg")
        _write(data, files, cache_dir, processes)
    index = np.load(done)
    contexts = np.load(cache_dir / "contexts.npy", mmap_mode="r")[: len(index["paths"])]
    return Prepared(index["paths"], contexts, index["embeddings"], index["landmarks"])


def _write(data: Path, files: list[Path], cache_dir: Path, processes: int) -> None:
    shape = (len(files), CONTEXT_SIDE, CONTEXT_SIDE, 3)
    contexts = np.lib.format.open_memmap(cache_dir / "contexts.npy", mode="w+", dtype=np.uint8, shape=shape)
    paths: list[str] = []
    embeddings: list[np.ndarray] = []
    landmarks: list[np.ndarray] = []
    for path, context, embedding, places in _results(files, processes):
        contexts[len(paths)] = context
        paths.append(str(path.relative_to(data)))
        embeddings.append(embedding)
        landmarks.append(places)
    contexts.flush()
    np.savez(
        cache_dir / "embeddings.npz",
        paths=np.array(paths),
        embeddings=np.stack(embeddings),
        landmarks=np.stack(landmarks),
    )


def _results(files: list[Path], processes: int) -> Iterator[tuple[Path, np.ndarray, np.ndarray, np.ndarray]]:
    # A forked copy of torch's threads would wait for ever.
    with multiprocessing.get_context("spawn").Pool(processes) as pool:
        found: Iterable = pool.imap(_prepare_one, files, chunksize=8)
        for path, result in zip(files, tqdm(found, total=len(files), unit="photo"), strict=True):
            if result is not None:
                yield path, *result


def _prepare_one(path: Path) -> tuple[np.ndarray, np.ndarray, np.ndarray] | None:
    """Context, embedding and landmarks, or None where no face is found."""
    cv2.setNumThreads(1)
    torch.set_num_threads(1)
    pixels = decode(path.read_bytes()).pixels
    try:
        box = _detector().detect(pixels).boxes[0]
    except BrainError:
        return None
    context, _ = crop(pixels, box, scale=CONTEXT)
    context = cv2.resize(context, (CONTEXT_SIDE, CONTEXT_SIDE), interpolation=cv2.INTER_AREA)
    # Found once more in the context, since the crop may reach beyond the photo.
    return context, _embed(pixels, box), _landmarks().find(context, middle_box())


def _embed(pixels: np.ndarray, box: Rectangle) -> np.ndarray:
    """The teacher's (128,) float32 embedding of the face in the box."""
    seen = chip(pixels, _landmarks().find(pixels, box))
    return embed(network(), np.ascontiguousarray(seen)[None])[0].numpy()


@cache
def _detector() -> FaceDetector:
    return FaceDetector()


@cache
def _landmarks() -> Landmarks:
    return Landmarks()
