"""The sections of a run, in order. Each is measured and stored by itself."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from benchmarks import api, bfloat16, deepface, explainers, latency, maps, page, processes, stack, storage
from benchmarks.measurements import Section


@dataclass(frozen=True)
class Options:
    """How much to measure.

    Attributes:
        rounds: number of rounds of fast sections; slow ones have a third as many.
        photos: a folder of photos per person for the comparison of maps; None for the astronaut.
    """

    rounds: int = 15
    photos: Path | None = None

    @property
    def few(self) -> int:
        """Rounds of slow sections."""
        return max(1, self.rounds // 3)


SECTIONS: dict[str, Callable[[Section, Options], None]] = {
    "latency": lambda section, options: latency.measure(section, options.few),
    "storage": lambda section, options: storage.measure(section, options.few),
    "explainers": lambda section, options: explainers.measure(section, options.photos),
    "stack": lambda section, options: stack.measure(section),
    "page": lambda section, options: page.measure(section, options.few),
    "start": lambda section, options: processes.measure_start(section, options.few),
    "memory": lambda section, options: processes.measure_memory(section),
    "functions": lambda section, options: processes.measure_functions(section, 2),
    "vgg": lambda section, options: latency.measure_vgg(section, max(1, options.few // 2)),
    "maps": lambda section, options: maps.measure(section, options.rounds // 2 or 1),
    "deepface": lambda section, options: deepface.measure(section, options.few),
    "api": lambda section, options: api.measure(section, options.few),
    "bfloat16": lambda section, options: bfloat16.measure(section, options.few),
}
