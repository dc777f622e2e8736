"""An explainer with the tiny model."""

from __future__ import annotations

from pathlib import Path

import pytest

from brain.core.settings import Settings
from brain.pipeline.explainer import Explainer


@pytest.fixture
def settings(models_dir: Path, tmp_path: Path) -> Settings:
    return Settings(models_dir=models_dir, model="tiny", extra_cascades_dir=tmp_path / "none")


@pytest.fixture
def explainer(settings: Settings) -> Explainer:
    return Explainer.load(settings)
