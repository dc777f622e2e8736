"""Fixtures for all tests: the astronaut (NASA, public domain, part of scikit-image) and a tiny model."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest
import skimage.data
import torch
from hypothesis import HealthCheck, settings

from brain.face.detector import FaceDetector
from brain.pipeline.library import load_explainer
from brain.recognition.vgg import VGGFace
from tests import pictures, tiny

# An example may take long on a busy machine, and examples must be the same everywhere.
settings.register_profile(
    "tests", deadline=None, derandomize=True, database=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("tests")


@pytest.fixture(scope="session")
def astronaut() -> np.ndarray:
    """(512, 512, 3) uint8 BGR with one face at about (224, 114)."""
    return np.ascontiguousarray(skimage.data.astronaut()[:, :, ::-1])


@pytest.fixture(scope="session")
def astronaut_jpeg(astronaut: np.ndarray) -> bytes:
    return pictures.jpeg(astronaut)


@pytest.fixture(scope="session")
def dark_jpeg(astronaut: np.ndarray) -> bytes:
    """The astronaut in less light, in a photo of another size."""
    return pictures.jpeg((cv2.resize(astronaut, (600, 600)) * 0.7).astype(np.uint8))


@pytest.fixture
def threads() -> Iterator[None]:
    """Restores both libraries' thread counts."""
    before = torch.get_num_threads(), cv2.getNumThreads()
    yield
    torch.set_num_threads(before[0])
    cv2.setNumThreads(before[1])


@pytest.fixture(scope="session")
def detector() -> FaceDetector:
    return FaceDetector()


@pytest.fixture(scope="session")
def network() -> VGGFace:
    """A small network with random weights and seven identities."""
    return tiny.random_network()


@pytest.fixture
def models_dir(tmp_path: Path, network: VGGFace) -> Path:
    """A models folder that holds the tiny network as `tiny`."""
    tiny.write_model(tmp_path / "models" / "tiny", network)
    return tmp_path / "models"


@pytest.fixture
def tiny_environment(models_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Settings that select the tiny model, and a temporary working folder."""
    monkeypatch.setenv("BRAIN_MODELS", str(models_dir))
    monkeypatch.setenv("BRAIN_MODEL", "tiny")
    monkeypatch.chdir(tmp_path)
    load_explainer.cache_clear()
    yield
    load_explainer.cache_clear()


@pytest.fixture
def make_model(tmp_path: Path) -> Callable[[VGGFace], Path]:
    """Writes a network as a model folder and returns the folder."""

    def make(network: VGGFace) -> Path:
        directory = tmp_path / "made" / network.config.name
        tiny.write_model(directory, network)
        return directory

    return make
