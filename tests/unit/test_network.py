from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import save_file

from brain.errors import ForwardPassFailed, NamesMissing
from brain.names import load_names
from brain.network import Network, Spec, load_model, load_network
from tests import tiny


def test_a_spec_survives_its_json() -> None:
    spec = tiny.spec()
    assert Spec.from_json(spec.to_json()) == spec


def test_vgg_16_has_the_published_shapes() -> None:
    spec = tiny.spec(
        blocks=((64, 64), (128, 128), (256, 256, 256), (512, 512, 512), (512, 512, 512)),
        fully_connected=(4096, 4096),
        identities=2622,
        input_size=224,
    )
    with torch.device("meta"):
        network = Network(spec)
    assert network.fc6.weight.shape == (4096, 512 * 7 * 7)
    assert network.fc8.weight.shape == (2622, 4096)
    assert network.conv5_3.weight.shape == (512, 512, 3, 3)
    assert sum(parameter.numel() for parameter in network.parameters()) == 145_002_878
    assert spec.map_size == 14


def test_a_stored_network_answers_as_it_did(models_dir: Path, network: Network) -> None:
    x = torch.randn(2, 3, 28, 28)
    loaded = load_model(models_dir / "tiny")
    torch.testing.assert_close(loaded.network(x), network(x))
    assert loaded.names == tiny.NAMES
    assert len(loaded.sha256) == 64


def test_half_precision_is_widened(tmp_path: Path, network: Network) -> None:
    halves = {name: tensor.half() for name, tensor in network.state_dict().items()}
    save_file(halves, tmp_path / "weights.safetensors", metadata={"spec": network.spec.to_json()})
    assert {p.dtype for p in load_network(tmp_path / "weights.safetensors").parameters()} == {torch.float32}


@pytest.mark.parametrize("order", ["RGB", "BGR"])
def test_preprocessing_orders_the_channels_and_subtracts_the_mean(order: str) -> None:
    network = tiny.random_network(channel_order=order, mean=(10.0, 20.0, 30.0), scale=0.5)
    crop = np.full((60, 60, 3), (1, 2, 3), np.uint8)
    x = network.preprocess(crop)
    assert x.shape == (1, 3, 28, 28)
    channels = (3, 2, 1) if order == "RGB" else (1, 2, 3)
    expected = [(value - mean) * 0.5 for value, mean in zip(channels, (10, 20, 30), strict=True)]
    assert x[0, :, 5, 5].tolist() == expected


def test_looking_leaves_every_activation_behind(network: Network) -> None:
    seen = network.look(np.full((64, 64, 3), 77, np.uint8))
    assert seen.maps.shape == (8, 14, 14)
    assert seen.fc6.shape == (16,)
    assert seen.fc7.shape == (12,)
    assert seen.logits.shape == (7,)
    assert (seen.maps >= 0).all()


def test_an_answer_that_is_not_finite_is_error_4() -> None:
    network = tiny.random_network()
    network.fc8.bias[0] = float("nan")
    with pytest.raises(ForwardPassFailed) as error:
        network.look(np.zeros((64, 64, 3), np.uint8))
    assert error.value.reason == "not-finite"
    assert error.value.message == "Error in forward pass / GRAD-CAM, check torch file"


def test_absent_weights_are_error_4(tmp_path: Path) -> None:
    with pytest.raises(ForwardPassFailed) as error:
        load_model(tmp_path / "nothing")
    assert error.value.reason == "weights-absent"


@pytest.mark.parametrize("content", [b"", b"<html></html>", bytes(100)])
def test_damaged_weights_are_error_4(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "weights.safetensors").write_bytes(content)
    with pytest.raises(ForwardPassFailed) as error:
        load_model(tmp_path)
    assert error.value.reason == "weights-damaged"


def test_weights_that_do_not_fit_their_spec_are_error_4(tmp_path: Path, network: Network) -> None:
    wrong = tiny.spec(fully_connected=(16, 13))
    save_file(network.state_dict(), tmp_path / "weights.safetensors", metadata={"spec": wrong.to_json()})
    with pytest.raises(ForwardPassFailed) as error:
        load_model(tmp_path)
    assert error.value.reason == "weights-shape"


def test_missing_names_are_error_5(make_model: Callable[[Network], Path], network: Network) -> None:
    folder = make_model(network)
    (folder / "names.txt").unlink()
    with pytest.raises(NamesMissing) as error:
        load_model(folder)
    assert error.value.message == "ERROR: could not load names.txt file"


def test_too_few_names_are_error_5(tmp_path: Path) -> None:
    path = tmp_path / "names.txt"
    path.write_text("Only One\n", encoding="utf-8")
    with pytest.raises(NamesMissing) as error:
        load_names(path, 2)
    assert error.value.reason == "names-length"
