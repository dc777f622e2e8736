"""dlib's network, read from a file in dlib's format."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from torch.nn import functional

from training.resnet import BLOCKS, EMBEDDING, FaceResNet, Serialised, read_resnet
from training.teacher import opinion


def integer(number: int) -> bytes:
    """As dlib writes a number above zero: the count of its bytes, then these."""
    size = (number.bit_length() + 7) // 8
    return bytes([size]) + number.to_bytes(size, "little")


def tensor(values: np.ndarray) -> bytes:
    dimensions = [*values.shape, 1, 1, 1, 1][:4]
    return integer(2) + b"".join(map(integer, dimensions)) + values.astype("<f4").tobytes()


@pytest.fixture(scope="module")
def layers() -> list[np.ndarray]:
    """Filters with their biases and gains with their shifts, in turns, and the embedding's matrix."""
    random = np.random.default_rng(0)
    shapes, channels = [(32, 3, 7)], 32
    for width, _ in BLOCKS:
        shapes += [(width, channels, 3), (width, width, 3)]
        channels = width
    arrays = []
    for width, inputs, side in shapes:
        spread = (inputs * side * side) ** -0.5
        arrays.append(random.normal(0, spread, width * inputs * side * side + width))
        arrays.append(np.concatenate([random.uniform(0.5, 1, width), random.normal(0, 0.1, width)]))
    arrays.append(random.normal(0, 0.1, (channels, EMBEDDING)))
    return [array.astype(np.float32) for array in arrays]


@pytest.fixture(scope="module")
def path(layers: list[np.ndarray], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file like dlib's: settings stand between the tensors, some of which look like a tensor's version."""
    settings = integer(1) + b"\x05con_4" + integer(2) + integer(2) + integer(2)
    path = tmp_path_factory.mktemp("dlib") / "resnet.dat"
    path.write_bytes(b"".join(settings + tensor(layer) for layer in layers) + settings)
    return path


def convolved(x: torch.Tensor, layers: list[np.ndarray], number: int, stride: int) -> torch.Tensor:
    """Convolution number `number` and the affine layer behind it, one after the other."""
    filters, affine = (torch.from_numpy(layer) for layer in layers[2 * number : 2 * number + 2])
    width = len(affine) // 2
    side = 7 if number == 0 else 3
    padding = 0 if stride == 2 else 1
    y = functional.conv2d(x, filters[:-width].view(width, -1, side, side), filters[-width:], stride, padding)
    return affine[:width].view(1, -1, 1, 1) * y + affine[width:].view(1, -1, 1, 1)


def test_tensors_are_found_between_settings(path: Path, layers: list[np.ndarray]) -> None:
    file = Serialised(path.read_bytes())
    for layer in layers:
        np.testing.assert_array_equal(file.next(*layer.shape).numpy(), layer.ravel())


def test_the_first_block_computes_what_its_layers_say(path: Path, layers: list[np.ndarray]) -> None:
    network = read_resnet(path)
    x = torch.randn(2, 3, 150, 150)
    torch.testing.assert_close(network.stem(x), convolved(x, layers, 0, 2), rtol=1e-3, atol=1e-4)
    y = torch.randn(2, 32, 35, 35)
    expected = convolved(torch.relu(convolved(y, layers, 1, 1)), layers, 2, 1)
    seen = network.second[0](torch.relu(network.first[0](y)))
    torch.testing.assert_close(seen, expected, rtol=1e-3, atol=1e-4)


def test_sides_and_channels_grow_as_in_dlib(path: Path) -> None:
    network = read_resnet(path)
    sides = []
    for block in network.second:
        block.register_forward_hook(lambda _, __, y: sides.append(tuple(y.shape[1:3])))
    assert network(torch.zeros(1, 3, 150, 150)).shape == (1, EMBEDDING)
    halved = [sides[number] for number, (_, halves) in enumerate(BLOCKS) if halves]
    assert sides[0] == (32, 35)
    assert halved == [(64, 17), (128, 8), (256, 3), (256, 1)]


def test_the_embedding_multiplies_the_mean_over_places(path: Path, layers: list[np.ndarray]) -> None:
    network = read_resnet(path)
    torch.testing.assert_close(network.embedding.weight, torch.from_numpy(layers[-1]).T)


@pytest.mark.parametrize("share", [0, 0.5, 0.999])
def test_a_truncated_file_is_refused(path: Path, tmp_path: Path, share: float) -> None:
    data = path.read_bytes()
    cut = tmp_path / "cut.dat"
    cut.write_bytes(data[: int(share * len(data))])
    with pytest.raises(ValueError, match="not the layers"):
        read_resnet(cut)


def test_opinions_differ_with_the_face(path: Path) -> None:
    chips = np.random.default_rng(0).integers(0, 256, (3, 150, 150, 3), dtype=np.uint8)
    said = opinion(read_resnet(path), chips)
    assert said.shape == (3, EMBEDDING)
    assert not torch.allclose(said[0], said[1])


def test_a_network_without_a_file_has_the_same_form() -> None:
    assert len(list(FaceResNet().convolutions())) == 1 + 2 * len(BLOCKS)
