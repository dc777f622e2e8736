"""The peers run the same network with the same weights."""

from __future__ import annotations

import numpy as np
import torch

from benchmarks import inputs, peers
from brain.explanation.activation_maps import ClassActivationMaps
from brain.recognition.vgg import VGGFace
from tests import tiny


def test_the_peers_network_computes_the_same_logits(network: VGGFace) -> None:
    x = torch.randn(2, 3, 28, 28)
    torch.testing.assert_close(peers.PlainVgg(network)(x), network(x))


def test_autograd_on_the_peers_network_yields_the_same_map(network: VGGFace) -> None:
    crop = np.random.default_rng(0).integers(0, 256, (64, 64, 3), dtype=np.uint8)
    model, label = peers.PlainVgg(network, frozen=True), 3
    features: list[torch.Tensor] = []
    model.last.register_forward_hook(lambda _module, _inputs, output: features.append(output))
    logits = model(network.preprocess(crop))
    (gradient,) = torch.autograd.grad(logits[0, label], features[0])
    weights = gradient.mean((2, 3), keepdim=True)
    expected = torch.relu((weights * features[0]).sum(1))[0].detach().numpy()
    activations = network.forward_with_activations(crop)
    actual = ClassActivationMaps(network, activations, [label]).maps("gradcam")[0]
    assert np.abs(actual - expected).max() <= 1e-5 * expected.max()


def test_the_plain_classifier_exposes_the_layer_and_computes_the_same_logits(network: VGGFace) -> None:
    x = torch.randn(2, 3, 28, 28)
    model = peers.PlainClassifier(network, network.cam_layer)
    outputs: list[torch.Tensor] = []
    model.target.register_forward_hook(lambda _module, _inputs, output: outputs.append(output))
    torch.testing.assert_close(model(x), network(x))
    torch.testing.assert_close(outputs[0], network.forward_features(x, network.cam_layer))


def test_deepfaces_weights_compute_the_same_layer_as_a_convolution() -> None:
    network = tiny.random_network()
    x = torch.relu(torch.randn(1, 8, 7, 7))
    weights = inputs.as_convolutions(network)
    convolved = torch.nn.functional.conv2d(x, weights["fc6.weight"], weights["fc6.bias"]).flatten(1)
    torch.testing.assert_close(convolved, network.fc6(x.flatten(1)))
