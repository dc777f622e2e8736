"""A calibration that was fitted after an import, stored beside the weights. Imports no torch."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from brain.recognition.config import ModelConfig, OpenSetCalibration

CALIBRATION = "calibration.json"


@dataclass(frozen=True)
class Calibration:
    """What `brain model calibrate` fits.

    Attributes:
        logit_scale: see `ModelConfig`.
        open_set: see `ModelConfig`.
        people, photos: how many people and photos it was fitted on.
        source: origin of the photos.
    """

    logit_scale: float
    open_set: OpenSetCalibration
    people: int
    photos: int
    source: str

    @classmethod
    def load(cls, path: Path) -> Calibration | None:
        """Read `calibration.json`; None if there is no such file.

        Raises:
            OSError, ValueError: the file is not a calibration.
        """
        if not path.exists():
            return None
        try:
            stored = json.loads(path.read_text(encoding="utf-8"))
            return cls(**{**stored, "open_set": OpenSetCalibration(**stored["open_set"])})
        except (TypeError, KeyError) as error:
            raise ValueError(f"{path.name} is not a calibration") from error

    def save(self, path: Path) -> None:
        """Write `calibration.json` atomically."""
        partial = path.with_name(f".{path.name}.partial")
        partial.write_text(json.dumps(asdict(self), indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
        partial.replace(path)

    def applied_to(self, config: ModelConfig) -> ModelConfig:
        """The configuration with this calibration instead of its own."""
        return replace(config, logit_scale=self.logit_scale, open_set=self.open_set)
