from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import save_file

from brain.core.errors import ForwardPassFailed, NamesMissing
from brain.recognition.names import load_names
from brain.recognition.network import ModelConfig, Network, load_network
from tests import tiny


def test_a_spec_survives_its_json() -> None:
    config = tiny.config()
    assert ModelConfig.from_json(config.to_json()) == config


def test_vgg_16_has_the_published_shapes() -> None:
    config = tiny.config(
        blocks=((64, 64), (128, 128), (256, 256, 256), (512, 512, 512), (512, 512, 512)),
        fully_connected=(4096, 4096),
        identities=2622,
        input_size=224,
    )
    with torch.device("meta"):
        network = Network(config)
    assert network.fc6.weight.shape == (4096, 512 * 7 * 7)
    assert network.fc8.weight.shape == (2622, 4096)
    assert network.conv5_3.weight.shape == (512, 512, 3, 3)
    assert sum(parameter.numel() for parameter in network.parameters()) == 145_002_878
    assert config.map_size == 14


@pytest.mark.parametrize("stored", [torch.float16, torch.bfloat16, torch.float32])
@pytest.mark.parametrize("computed", ["float32", "bfloat16"])
def test_the_number_format_stored_need_not_be_the_one_computed_in(
    tmp_path: Path, network: Network, stored: torch.dtype, computed: str
) -> None:
    tensors = {name: tensor.to(stored) for name, tensor in network.state_dict().items()}
    save_file(tensors, tmp_path / "weights.safetensors", metadata={"spec": network.config.to_json()})
    loaded = load_network(tmp_path / "weights.safetensors", computed)
    assert str(loaded.dtype) == f"torch.{computed}"
    for name, parameter in loaded.named_parameters():
        expected = torch.float32 if name.startswith("fc8.") else loaded.dtype
        assert parameter.dtype is expected
        torch.testing.assert_close(parameter, tensors[name].to(expected), rtol=0, atol=0)


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_weights_stored_as_they_are_computed_with_are_not_copied(
    tmp_path: Path, network: Network, dtype: torch.dtype
) -> None:
    """Writing to the file shows: what is mapped from it changes, a copy would not."""
    path = tmp_path / "weights.safetensors"
    tensors = {name: tensor.to(dtype) for name, tensor in network.state_dict().items()}
    save_file(tensors, path, metadata={"spec": network.config.to_json()})
    loaded = load_network(path, str(dtype).removeprefix("torch."))
    with path.open("r+b") as file:
        header = int.from_bytes(file.read(8), "little")
        file.seek(8 + header)
        file.write(bytes(path.stat().st_size - 8 - header))
    for layer in (loaded.fc6, loaded.fc7):
        assert not layer.weight.any()


def test_bfloat16_answers_nearly_as_float32_does(
    make_model: Callable[[Network], Path], network: Network
) -> None:
    path = make_model(network) / "weights.safetensors"
    crop = np.random.default_rng(0).integers(0, 256, (64, 64, 3), dtype=np.uint8)
    exact, rounded = (
        load_network(path, dtype).forward_with_activations(crop) for dtype in ("float32", "bfloat16")
    )
    for name in ("maps", "fc6", "fc7", "logits"):
        one, other = getattr(exact, name), getattr(rounded, name)
        assert other.dtype is torch.float32
        assert (one - other).abs().max() <= 0.02 * one.abs().max()
    assert not torch.equal(exact.logits, rounded.logits)


def test_the_same_crop_gives_the_same_bits(make_model: Callable[[Network], Path], network: Network) -> None:
    crop = np.random.default_rng(0).integers(0, 256, (64, 64, 3), dtype=np.uint8)
    path = make_model(network) / "weights.safetensors"
    for dtype in ("float32", "bfloat16"):
        first, second = (load_network(path, dtype).forward_with_activations(crop) for _ in range(2))
        assert torch.equal(first.logits, second.logits)
        assert torch.equal(first.maps, second.maps)


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
    seen = network.forward_with_activations(np.full((64, 64, 3), 77, np.uint8))
    assert seen.maps.shape == (8, 14, 14)
    assert seen.fc6.shape == (16,)
    assert seen.fc7.shape == (12,)
    assert seen.logits.shape == (7,)
    assert (seen.maps >= 0).all()


def test_a_shifted_network_answers_higher_and_shares_its_weights(network: Network) -> None:
    offset = torch.arange(7.0)
    with_logit_offset = network.with_logit_offset(offset)
    x = torch.randn(2, 3, 28, 28)
    torch.testing.assert_close(with_logit_offset(x), network(x) + offset)
    assert with_logit_offset.fc6.weight.data_ptr() == network.fc6.weight.data_ptr()


def test_an_answer_that_is_not_finite_is_error_4() -> None:
    network = tiny.random_network()
    network.fc8.bias[0] = float("nan")
    with pytest.raises(ForwardPassFailed) as error:
        network.forward_with_activations(np.zeros((64, 64, 3), np.uint8))
    assert error.value.reason == "not-finite"
    assert error.value.message == "Error in forward pass / GRAD-CAM, check torch file"


def test_absent_weights_are_error_4(tmp_path: Path) -> None:
    with pytest.raises(ForwardPassFailed) as error:
        load_network(tmp_path / "nothing" / "weights.safetensors")
    assert error.value.reason == "weights-absent"


@pytest.mark.parametrize("content", [b"", b"<html></html>", bytes(100)])
def test_damaged_weights_are_error_4(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "weights.safetensors").write_bytes(content)
    with pytest.raises(ForwardPassFailed) as error:
        load_network(tmp_path / "weights.safetensors")
    assert error.value.reason == "weights-damaged"


def test_weights_that_do_not_fit_their_spec_are_error_4(tmp_path: Path, network: Network) -> None:
    wrong = tiny.config(fully_connected=(16, 13))
    save_file(network.state_dict(), tmp_path / "weights.safetensors", metadata={"spec": wrong.to_json()})
    with pytest.raises(ForwardPassFailed) as error:
        load_network(tmp_path / "weights.safetensors")
    assert error.value.reason == "weights-shape"


def test_too_few_names_are_error_5(tmp_path: Path) -> None:
    path = tmp_path / "names.txt"
    path.write_text("Only One\n", encoding="utf-8")
    with pytest.raises(NamesMissing) as error:
        load_names(path, 2)
    assert error.value.reason == "names-length"
