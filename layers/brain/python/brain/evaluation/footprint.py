"""What a network costs in size, time and memory, measured in a process of its own."""

from __future__ import annotations

import multiprocessing
import statistics
import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

from brain.core.memory import peak_bytes
from brain.recognition.loading import WEIGHTS
from brain.recognition.model import load_model

PASSES = 7


@dataclass(frozen=True)
class Footprint:
    """The cost of one network on one thread.

    Attributes:
        parameters: how many parameters it has, including the gallery's.
        bytes: size of the weights file.
        load_seconds: reading network, people and names.
        name_seconds: median time to name an aligned face.
        peak_bytes: the process's peak memory, including libraries.
    """

    parameters: int
    bytes: int
    load_seconds: float
    name_seconds: float
    peak_bytes: int


def measure_footprint(folder: Path) -> Footprint:
    """Load a model in a fresh process and name noise with it.

    Raises:
        BrainError: codes 4 and 5.
    """
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(1, mp_context=context) as process:
        return process.submit(_measure, folder).result()


def _measure(folder: Path) -> Footprint:
    torch.set_num_threads(1)
    start = time.perf_counter()
    model = load_model(folder)
    loaded = time.perf_counter() - start
    size = model.network.config.input_size
    noise = np.random.default_rng(0).integers(0, 256, (size, size, 3), np.uint8)
    seconds = []
    for _ in range(1 + PASSES):
        start = time.perf_counter()
        model.forward_with_activations(noise)
        seconds.append(time.perf_counter() - start)
    return Footprint(
        parameters=sum(parameter.numel() for parameter in model.network.parameters()),
        bytes=(folder / WEIGHTS).stat().st_size,
        load_seconds=round(loaded, 3),
        name_seconds=round(statistics.median(seconds[1:]), 5),
        peak_bytes=peak_bytes(),
    )
