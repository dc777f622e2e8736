"""dlib's network, read from a file in dlib's format."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import load_file
from torch.nn import functional

from brain.core.errors import RefusedError
from brain.importers.importer import ImportOptions, import_model
from brain.importers.inspection import list_models
from brain.importers.published import DLIB_RESNET
from brain.recognition.gallery import GALLERY
from brain.recognition.loading import load_classifier
from brain.recognition.resnet import FaceResNet
from tests import tiny
from tests.unit.importers import dlib_files

FIELD = np.random.default_rng(1).integers(0, 256, (150, 150, 3), dtype=np.uint8)


@pytest.fixture(scope="module")
def layers() -> list[np.ndarray]:
    return dlib_files.layers()


@pytest.fixture(scope="module")
def path(layers: list[np.ndarray], tmp_path_factory: pytest.TempPathFactory) -> Path:
    return dlib_files.write(tmp_path_factory.mktemp("dlib") / "resnet.dat", layers)


@pytest.fixture(scope="module")
def folder(path: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    models = tmp_path_factory.mktemp("models")
    folder = import_model(path, models, ImportOptions(DLIB_RESNET)).directory
    tiny.gallery().save(folder / GALLERY)
    return folder


def convolved(x: torch.Tensor, layers: list[np.ndarray], number: int, stride: int) -> torch.Tensor:
    """Convolution number `number` and the affine layer that follows it, one after the other."""
    filters, affine = (torch.from_numpy(layer) for layer in layers[2 * number : 2 * number + 2])
    width = len(affine) // 2
    side = 7 if number == 0 else 3
    padding = 0 if stride == 2 else 1
    y = functional.conv2d(x, filters[:-width].view(width, -1, side, side), filters[-width:], stride, padding)
    return affine[:width].view(1, -1, 1, 1) * y + affine[width:].view(1, -1, 1, 1)


def described(x: torch.Tensor, layers: list[np.ndarray]) -> torch.Tensor:
    """The descriptor as dlib computes it: (1, 3, 150, 150) -> (128,) of length 1."""
    x = functional.max_pool2d(torch.relu(convolved(x, layers, 0, 2)), 3, 2)
    number = 1
    for stage, blocks in enumerate((3, 4, 3, 3, 1)):
        for block in range(blocks):
            halves = block == 0 and stage > 0
            y = torch.relu(convolved(x, layers, number, 2 if halves else 1))
            y = convolved(y, layers, number + 1, 1)
            x = functional.avg_pool2d(x, 2) if halves else x
            both = torch.zeros(
                1, y.shape[1], *(max(a, b) for a, b in zip(x.shape[2:], y.shape[2:], strict=True))
            )
            both[:, : x.shape[1], : x.shape[2], : x.shape[3]] += x
            both[:, :, : y.shape[2], : y.shape[3]] += y
            x, number = torch.relu(both), number + 2
    return functional.normalize(x.mean((2, 3)) @ torch.from_numpy(layers[-1]))[0]


def test_the_imported_network_computes_what_dlib_does(folder: Path, layers: list[np.ndarray]) -> None:
    network = load_classifier(folder)
    assert isinstance(network, FaceResNet)
    x = network.preprocess(FIELD)
    torch.testing.assert_close(
        network.describe(network.forward_features(x))[0], described(x, layers), rtol=1e-3, atol=1e-4
    )


def test_the_input_is_centred_as_in_dlib(folder: Path) -> None:
    field = np.full((150, 150, 3), (104, 117, 123), np.uint8)  # B, G, R
    expected = [(123 - 122.782) / 256, (117 - 117.001) / 256, (104 - 104.298) / 256]
    np.testing.assert_allclose(load_classifier(folder).preprocess(field)[0, :, 9, 9], expected, atol=1e-6)


def test_an_import_is_the_same_each_time(path: Path, tmp_path: Path) -> None:
    options = ImportOptions(DLIB_RESNET, dtype="float16")
    first, second = (import_model(path, tmp_path / name, options).directory for name in ("a", "b"))
    assert (first / "weights.safetensors").read_bytes() == (second / "weights.safetensors").read_bytes()
    stored = load_file(first / "weights.safetensors").values()
    assert {tensor.dtype for tensor in stored} == {torch.float16}


def test_an_import_leaves_the_people_as_they_are(path: Path, folder: Path) -> None:
    before = (folder / GALLERY).read_bytes()
    import_model(path, folder.parent, ImportOptions(DLIB_RESNET))
    assert (folder / GALLERY).read_bytes() == before
    (entry,) = list_models(folder.parent)
    assert (entry.name, entry.identities, entry.licence) == ("dlib-resnet", 7, "CC0 1.0")


def test_the_card_says_where_the_weights_come_from(folder: Path) -> None:
    card = (folder / "MODEL_CARD.md").read_text(encoding="utf-8")
    for part in ("resnet.dat", "Davis King", "CC0"):
        assert part in card


@pytest.mark.parametrize("share", [0.01, 0.5, 0.999])
def test_a_truncated_file_is_refused(path: Path, tmp_path: Path, share: float) -> None:
    data = path.read_bytes()
    cut = tmp_path / "cut.dat"
    cut.write_bytes(data[: int(share * len(data))])
    with pytest.raises(RefusedError, match="is missing"):
        import_model(cut, tmp_path / "models", ImportOptions(DLIB_RESNET))
    assert not (tmp_path / "models" / "dlib-resnet").exists()
