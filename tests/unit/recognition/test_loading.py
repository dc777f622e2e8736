"""From a model's folder to its network."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import load_file, save_file

from brain.core.errors import ForwardPassFailed
from brain.recognition.gallery import GALLERY
from brain.recognition.loading import load_classifier
from brain.recognition.vgg import VGGFace
from tests import tiny


@pytest.mark.parametrize("stored", [torch.float16, torch.bfloat16, torch.float32])
@pytest.mark.parametrize("computed", ["float32", "bfloat16"])
def test_the_number_format_stored_need_not_be_the_one_computed_in(
    tmp_path: Path, network: VGGFace, stored: torch.dtype, computed: str
) -> None:
    tensors = {name: tensor.to(stored) for name, tensor in network.state_dict().items()}
    save_file(tensors, tmp_path / "weights.safetensors", metadata={"spec": network.config.to_json()})
    loaded = load_classifier(tmp_path, computed)
    assert str(loaded.dtype) == f"torch.{computed}"
    for name, parameter in loaded.named_parameters():
        expected = torch.float32 if name.startswith("fc8.") else loaded.dtype
        assert parameter.dtype is expected
        torch.testing.assert_close(parameter, tensors[name].to(expected), rtol=0, atol=0)


def test_filters_are_those_of_the_stored_weights(tmp_path: Path) -> None:
    network = tiny.random_network(blocks=((64, 64), (64,)))
    metadata = {"spec": network.config.to_json()}
    save_file(network.state_dict(), tmp_path / "weights.safetensors", metadata=metadata)
    loaded, x = load_classifier(tmp_path), torch.randn(1, 3, 28, 28)
    assert torch.equal(loaded(x), network(x))


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_weights_stored_as_they_are_computed_with_are_not_copied(
    tmp_path: Path, network: VGGFace, dtype: torch.dtype
) -> None:
    """Writing to the file shows: what is mapped from it changes, a copy would not."""
    path = tmp_path / "weights.safetensors"
    tensors = {name: tensor.to(dtype) for name, tensor in network.state_dict().items()}
    save_file(tensors, path, metadata={"spec": network.config.to_json()})
    loaded = load_classifier(tmp_path, str(dtype).removeprefix("torch."))
    with path.open("r+b") as file:
        header = int.from_bytes(file.read(8), "little")
        file.seek(8 + header)
        file.write(bytes(path.stat().st_size - 8 - header))
    for name in ("fc6", "fc7"):
        assert not loaded.get_parameter(f"{name}.weight").any()


def test_a_gallery_becomes_the_last_layer(tmp_path: Path) -> None:
    network = tiny.random_resnet()
    tiny.write_resnet(tmp_path / "resnet", network, tiny.gallery())
    loaded = load_classifier(tmp_path / "resnet", "bfloat16")
    field = np.random.default_rng(0).integers(0, 256, (150, 150, 3), dtype=np.uint8)
    found, expected = (model.forward_with_activations(field) for model in (loaded, network))
    assert loaded.dtype is torch.float32
    assert loaded.config.identities == 7
    torch.testing.assert_close(found.logits, expected.logits, rtol=0, atol=0.02)


def test_more_people_need_no_other_weights(tmp_path: Path) -> None:
    names = tuple(f"Person {number}" for number in range(30))
    tiny.write_resnet(tmp_path / "resnet", tiny.random_resnet(), tiny.gallery(names=names))
    assert load_classifier(tmp_path / "resnet").config.identities == 30


def test_weights_stored_in_16_bits_compute_in_float32(tmp_path: Path) -> None:
    folder = tmp_path / "resnet"
    network = tiny.random_resnet()
    tiny.write_resnet(folder, network, tiny.gallery())
    halves = {name: tensor.half() for name, tensor in load_file(folder / "weights.safetensors").items()}
    save_file(halves, folder / "weights.safetensors", metadata={"spec": network.config.to_json()})
    assert {parameter.dtype for parameter in load_classifier(folder).parameters()} == {torch.float32}


@pytest.mark.parametrize("content", [None, b"", b"<html></html>"])
def test_an_absent_or_damaged_gallery_is_error_4(tmp_path: Path, content: bytes | None) -> None:
    folder = tmp_path / "resnet"
    tiny.write_resnet(folder, tiny.random_resnet(), tiny.gallery())
    if content is None:
        (folder / GALLERY).unlink()
    else:
        (folder / GALLERY).write_bytes(content)
    with pytest.raises(ForwardPassFailed) as error:
        load_classifier(folder)
    assert error.value.reason == "gallery-damaged"
    assert "brain people build" in error.value.hint


def test_absent_weights_are_error_4(tmp_path: Path) -> None:
    with pytest.raises(ForwardPassFailed) as error:
        load_classifier(tmp_path / "nothing")
    assert error.value.reason == "weights-absent"


@pytest.mark.parametrize("content", [b"", b"<html></html>", bytes(100)])
def test_damaged_weights_are_error_4(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "weights.safetensors").write_bytes(content)
    with pytest.raises(ForwardPassFailed) as error:
        load_classifier(tmp_path)
    assert error.value.reason == "weights-damaged"


@pytest.mark.parametrize("change", [{"fully_connected": (16, 13)}, {"architecture": "unheard-of"}])
def test_weights_that_do_not_fit_their_configuration_are_error_4(
    tmp_path: Path, network: VGGFace, change: dict[str, object]
) -> None:
    wrong = tiny.config(**change)
    save_file(network.state_dict(), tmp_path / "weights.safetensors", metadata={"spec": wrong.to_json()})
    with pytest.raises(ForwardPassFailed) as error:
        load_classifier(tmp_path)
    assert error.value.reason == "weights-shape"
