"""Loads a model as BRAIN does, runs it, and measures both."""

from __future__ import annotations

import statistics
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from brain.core.memory import peak_bytes
from brain.importers.inspection import WEIGHTS, read_header, recorded_sha256, stored_as
from brain.recognition.classifier import Classifier
from brain.recognition.config import ModelConfig
from brain.recognition.model import load_model

PASSES = 5


@dataclass(frozen=True)
class Report:
    """Properties and measurements of a model.

    Attributes:
        map_size: side of the class activation maps.
        layers: name and shape of the weights, in the order in which they run.
        recorded: the checksum beside the weights; None if there is none.
        load_seconds: reading everything, including the checksum.
        first_seconds, pass_seconds: the first forward pass, and the median of the following ones.
        peak_bytes: the process's peak memory, including mapped files.
    """

    config: ModelConfig
    map_size: int
    layers: list[tuple[str, tuple[int, ...]]]
    parameters: int
    bytes: int
    dtype: str
    sha256: str
    recorded: str | None
    load_seconds: float
    first_seconds: float
    pass_seconds: float
    peak_bytes: int

    @property
    def intact(self) -> bool:
        """Whether the checksum is the recorded one; True if none is recorded."""
        return self.recorded in (None, self.sha256)


def try_model(folder: Path) -> Report:
    """Load a model and run it on noise.

    Raises:
        ForwardPassFailed: code 4, the model does not load, or its answer is not finite.
        NamesMissing: code 5.
    """
    start = time.perf_counter()
    model = load_model(folder)
    loaded = time.perf_counter() - start
    network, path = model.network, folder / WEIGHTS
    first, *others = forward_passes(network, 1 + PASSES)
    weights = [(name, value) for name, value in network.named_parameters() if name.endswith(".weight")]
    return Report(
        config=network.config,
        map_size=network.map_size,
        layers=[(name.removesuffix(".weight"), tuple(value.shape)) for name, value in weights],
        parameters=sum(value.numel() for value in network.parameters()),
        bytes=path.stat().st_size,
        dtype=stored_as(read_header(path)),
        sha256=model.sha256,
        recorded=recorded_sha256(folder),
        load_seconds=loaded,
        first_seconds=first,
        pass_seconds=statistics.median(others),
        peak_bytes=peak_bytes(),
    )


def forward_passes(network: Classifier, count: int) -> list[float]:
    """Seconds of each of some forward passes over noise.

    Raises:
        ForwardPassFailed: code 4.
    """
    size = network.config.input_size
    noise = np.random.default_rng(0).integers(0, 256, (size, size, 3), np.uint8)
    seconds = []
    for _ in range(count):
        start = time.perf_counter()
        network.forward_with_activations(noise)
        seconds.append(time.perf_counter() - start)
    return seconds
