"""The probability that two photos show one person, given their similarity. Imports no torch."""

from __future__ import annotations

import json
import math
from dataclasses import asdict, dataclass
from pathlib import Path

PAIRS = "pairs.json"
DIGITS = 6


@dataclass(frozen=True)
class PairCalibration:
    """A logistic function of the cosine of two descriptors, fitted on pairs of photos.

    Platt, "Probabilistic Outputs for Support Vector Machines and Comparisons to Regularized Likelihood
    Methods", Advances in Large Margin Classifiers, 1999.

    Attributes:
        slope, intercept: log-odds = slope * cosine + intercept.
        source: origin of the pairs that it was fitted on.
    """

    slope: float
    intercept: float
    source: str

    def probability(self, similarity: float) -> float:
        """The share of equally similar pairs that show one person, 0 to 1."""
        log_odds = self.slope * similarity + self.intercept
        return round(
            1 / (1 + math.exp(-log_odds)) if log_odds > 0 else 1 - 1 / (1 + math.exp(log_odds)), DIGITS
        )

    @classmethod
    def load(cls, path: Path) -> PairCalibration | None:
        """Read `pairs.json`; None if there is no such file.

        Raises:
            ValueError: the file is not a calibration.
        """
        if not path.exists():
            return None
        try:
            return cls(**json.loads(path.read_text(encoding="utf-8")))
        except TypeError as error:
            raise ValueError(f"{path.name} is not a calibration of pairs") from error

    def save(self, path: Path) -> None:
        """Write `pairs.json`."""
        path.write_text(json.dumps(asdict(self), indent=2) + "\n", encoding="utf-8")
