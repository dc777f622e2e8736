"""People by colour: the planted network names red faces Ada Lovelace and green ones Alan Turing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest

from brain.core.settings import Settings
from tests import pictures, tiny
from tests.predictions import BLANK, GREEN, GREY, RED


@pytest.fixture(scope="session")
def tinted(astronaut: np.ndarray) -> Callable[[Sequence[float]], bytes]:
    """The astronaut's head in grey times a colour (blue, green, red), as JPEG."""
    grey = astronaut[10:230, 114:334].mean(2, keepdims=True)
    return lambda colour: pictures.jpeg((grey * np.asarray(colour)).astype(np.uint8))


@pytest.fixture
def album(tmp_path: Path, tinted: Callable[[Sequence[float]], bytes]) -> Path:
    """Ada in four photos, three of them red; Alan in two, one without a face; and somebody unknown."""
    photos = {
        "Ada_Lovelace": (RED, RED, RED, GREEN),
        "Alan_Turing": (GREEN, None),
        "Nobody_Known": (GREY,),
    }
    for name, colours in photos.items():
        (tmp_path / "album" / name).mkdir(parents=True)
        for number, colour in enumerate(colours):
            data = pictures.jpeg(BLANK) if colour is None else tinted(colour)
            (tmp_path / "album" / name / f"{name}_{number:04}.jpg").write_bytes(data)
    return tmp_path / "album"


@pytest.fixture
def planted(tmp_path: Path) -> Settings:
    """Settings whose model is the planted network."""
    tiny.write_model(tmp_path / "models" / "planted", tiny.planted_network())
    return Settings(models_dir=tmp_path / "models", model="planted")


@pytest.fixture
def in_folder_with_planted_model(planted: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A temporary working folder, and an environment that names the folder of the planted network."""
    monkeypatch.setenv("BRAIN_MODELS", str(planted.models_dir))
    monkeypatch.delenv("BRAIN_MODEL", raising=False)
    monkeypatch.chdir(tmp_path)
