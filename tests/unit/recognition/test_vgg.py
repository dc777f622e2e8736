"""VGG-Face: shapes, number formats, layers, and gradients in closed form."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch

from brain.core.errors import ForwardPassFailed
from brain.recognition.classifier import Classifier
from brain.recognition.loading import load_classifier
from brain.recognition.vgg import ROWS, VGGFace, linear
from tests import tiny

FIELD = np.random.default_rng(0).integers(0, 256, (64, 64, 3), dtype=np.uint8)


def test_vgg_16_has_the_published_shapes() -> None:
    config = tiny.config(
        blocks=((64, 64), (128, 128), (256, 256, 256), (512, 512, 512), (512, 512, 512)),
        fully_connected=(4096, 4096),
        identities=2622,
        input_size=224,
    )
    with torch.device("meta"):
        network = VGGFace(config)
    assert network.fc6.weight.shape == (4096, 512 * 7 * 7)
    assert network.fc8.weight.shape == (2622, 4096)
    assert network.get_parameter("conv5_3.weight").shape == (512, 512, 3, 3)
    assert sum(parameter.numel() for parameter in network.parameters()) == 145_002_878
    assert network.map_size == 14


@pytest.mark.parametrize("variants", [1, 2, 5])
def test_fully_connected_layers_are_ordinary_ones(variants: int) -> None:
    torch.manual_seed(0)
    layer, x = torch.nn.Linear(150, 2 * ROWS + 3), torch.randn(variants, 150)
    with torch.inference_mode():
        assert torch.allclose(linear(x, layer), layer(x), atol=1e-6)
    assert linear(x, layer).requires_grad


def test_bfloat16_answers_nearly_as_float32_does(
    make_model: Callable[[VGGFace], Path], network: VGGFace
) -> None:
    folder = make_model(network)
    exact, rounded = (
        load_classifier(folder, dtype).forward_with_activations(FIELD) for dtype in ("float32", "bfloat16")
    )
    pairs = [(exact.features, rounded.features), (exact.logits, rounded.logits)]
    pairs += [(exact.hidden[name], rounded.hidden[name]) for name in ("fc6", "fc7")]
    for expected, other in pairs:
        assert other.dtype is torch.float32
        assert (expected - other).abs().max() <= 0.02 * expected.abs().max()
    assert not torch.equal(exact.logits, rounded.logits)


def test_the_same_crop_gives_the_same_bits(make_model: Callable[[VGGFace], Path], network: VGGFace) -> None:
    folder = make_model(network)
    for dtype in ("float32", "bfloat16"):
        first, second = (load_classifier(folder, dtype).forward_with_activations(FIELD) for _ in range(2))
        assert torch.equal(first.logits, second.logits)
        assert torch.equal(first.features, second.features)


def test_a_forward_pass_keeps_every_activation(network: VGGFace) -> None:
    activations = network.forward_with_activations(np.full((64, 64, 3), 77, np.uint8))
    assert activations.layer == "conv2_2"
    assert activations.features.shape == (8, 14, 14)
    assert {name: tuple(x.shape) for name, x in activations.hidden.items()} == {"fc6": (16,), "fc7": (12,)}
    assert activations.logits.shape == (7,)
    assert torch.equal(activations.logits, activations.forward_logits)
    assert (activations.features >= 0).all()


@pytest.mark.parametrize(("layer", "side"), [("conv1_1", 28), ("conv2_1", 14), ("conv2_2", 14)])
def test_the_head_goes_on_from_any_layer(network: VGGFace, layer: str, side: int) -> None:
    x = network.preprocess(FIELD)
    features = network.forward_features(x, layer)
    assert features.shape[2:] == (side, side)
    torch.testing.assert_close(network.forward_head(features, layer), network(x))
    torch.testing.assert_close(
        network.forward_features(features, "conv2_2", start=layer) if layer != "conv2_2" else features,
        network.forward_features(x),
    )


@pytest.mark.parametrize("layer", ["conv1_1", "conv2_1", "conv2_2"])
def test_gradients_equal_those_of_autograd(network: VGGFace, layer: str) -> None:
    activations = network.forward_with_activations(FIELD, layer)
    by_autograd = Classifier.logit_gradients(network, activations, [4, 0])
    torch.testing.assert_close(network.logit_gradients(activations, [4, 0]), by_autograd)
    torch.testing.assert_close(network.mean_logit_gradients(activations, [4, 0]), by_autograd.mean((2, 3)))


def test_an_offset_is_added_and_the_weights_are_shared(network: VGGFace) -> None:
    offset = torch.arange(7.0)
    moved = network.with_logit_offset(offset)
    x = torch.randn(2, 3, 28, 28)
    torch.testing.assert_close(moved(x), network(x) + offset)
    assert moved.fc6.weight.data_ptr() == network.fc6.weight.data_ptr()


def test_a_descriptor_has_length_1(network: VGGFace) -> None:
    descriptor = network.descriptor(network.forward_with_activations(FIELD))
    assert descriptor.shape == (12,)
    assert float(descriptor.norm()) == pytest.approx(1, abs=1e-5)


def test_an_output_that_is_not_finite_is_error_4() -> None:
    network = tiny.random_network()
    network.fc8.bias[0] = float("nan")
    with pytest.raises(ForwardPassFailed) as error:
        network.forward_with_activations(np.zeros((64, 64, 3), np.uint8))
    assert error.value.reason == "not-finite"
    assert error.value.message == "Error in forward pass / GRAD-CAM, check torch file"
