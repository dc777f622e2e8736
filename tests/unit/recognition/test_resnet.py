"""dlib's ResNet with a gallery: shapes, layers, gradients, and the mirror image."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch.nn import functional
from torch.utils.flop_counter import FlopCounterMode

from brain.recognition.classifier import Classifier
from brain.recognition.config import CamConfig
from brain.recognition.resnet import FaceResNet
from tests import tiny

FIELD = np.random.default_rng(0).integers(0, 256, (170, 170, 3), dtype=np.uint8)
SIDES = {"stage1": (32, 35), "stage2": (64, 17), "stage3": (128, 8), "stage4": (256, 4), "stage5": (256, 2)}


@pytest.fixture(scope="module")
def resnet() -> FaceResNet:
    return tiny.random_resnet()


def test_it_has_dlibs_size(resnet: FaceResNet) -> None:
    convolutions = [module for module in resnet.modules() if isinstance(module, torch.nn.Conv2d)]
    assert len(convolutions) == 29
    own = [p for name, p in resnet.named_parameters() if not name.startswith("gallery.")]
    assert sum(parameter.numel() for parameter in own) == 5_607_488


@pytest.mark.parametrize("layer", SIDES)
def test_the_head_goes_on_from_any_layer(resnet: FaceResNet, layer: str) -> None:
    x = resnet.preprocess(FIELD)
    features = resnet.forward_features(x, layer)
    channels, side = SIDES[layer]
    assert features.shape == (1, channels, side, side)
    assert (features >= 0).all()
    torch.testing.assert_close(resnet.forward_head(features, layer), resnet(x))
    earlier = resnet.forward_features(x, "stage1")
    if layer != "stage1":
        torch.testing.assert_close(resnet.forward_features(earlier, layer, start="stage1"), features)


@pytest.mark.parametrize("layer", SIDES)
def test_maps_have_the_side_of_the_layer(layer: str) -> None:
    network = tiny.random_resnet(cam=CamConfig("layercam", layer))
    assert network.map_size == SIDES[layer][1]
    assert network.forward_with_activations(FIELD).features.shape[1] == network.map_size


def test_a_logit_is_a_cosine_times_the_scale(resnet: FaceResNet) -> None:
    x = resnet.preprocess(FIELD)
    descriptor = resnet.describe(resnet.forward_features(x))
    cosines = functional.cosine_similarity(descriptor, torch.from_numpy(tiny.gallery().means))
    torch.testing.assert_close(resnet(x)[0], 20 * cosines)


def test_a_face_and_its_mirror_image_get_the_same_name() -> None:
    network = tiny.random_resnet(mirrored=True)
    plain, mirrored = (
        network.forward_with_activations(f) for f in (FIELD, np.ascontiguousarray(FIELD[:, ::-1]))
    )
    torch.testing.assert_close(plain.logits, mirrored.logits, atol=1e-4, rtol=0)
    assert not torch.allclose(plain.forward_logits, mirrored.forward_logits, atol=1e-4)
    x = network.preprocess(FIELD)
    torch.testing.assert_close(plain.forward_logits, network(x)[0], atol=1e-4, rtol=0)
    descriptors = network.describe(network.forward_features(torch.cat([x, x.flip(3)])))
    torch.testing.assert_close(network.descriptor(plain), functional.normalize(descriptors.sum(0), dim=0))


def test_without_the_mirror_image_the_forward_pass_decides() -> None:
    activations = tiny.random_resnet(mirrored=False).forward_with_activations(FIELD)
    torch.testing.assert_close(activations.logits, activations.forward_logits)


def test_gradients_are_those_of_each_logit_alone(resnet: FaceResNet) -> None:
    activations = resnet.forward_with_activations(FIELD)
    gradients = resnet.logit_gradients(activations, [5, 2])
    assert gradients.shape == (2, 64, 17, 17)
    for label, found in zip([5, 2], gradients, strict=True):
        features = activations.features.clone()[None].requires_grad_(True)
        (expected,) = torch.autograd.grad(resnet.forward_head(features)[0, label], features)
        torch.testing.assert_close(found, expected[0])
    means = resnet.mean_logit_gradients(activations, [5, 2])
    torch.testing.assert_close(means, gradients.mean((2, 3)))


def test_an_offset_is_added_and_the_weights_are_shared(resnet: FaceResNet) -> None:
    offset = torch.arange(7.0)
    moved = resnet.with_logit_offset(offset)
    x = resnet.preprocess(FIELD)
    torch.testing.assert_close(moved(x), resnet(x) + offset)
    assert moved.stem.weight.data_ptr() == resnet.stem.weight.data_ptr()


def test_many_inputs_are_answered_as_one_is(resnet: FaceResNet) -> None:
    x = resnet.preprocess(FIELD)
    many = resnet.predict_batched(torch.cat([x, 1 - x]).repeat(11, 1, 1, 1))
    torch.testing.assert_close(many[0], resnet(x)[0], atol=1e-4, rtol=0)
    torch.testing.assert_close(many[::2], many[:1].expand(11, -1), atol=1e-4, rtol=0)


def test_it_is_a_classifier_like_any_other(resnet: FaceResNet) -> None:
    assert isinstance(resnet, Classifier)
    assert resnet.is_small
    assert resnet.dtype is torch.float32


@pytest.mark.parametrize("layer", ["stage1", "stage2", "stage3"])
def test_gradients_cost_what_torch_counts(layer: str) -> None:
    network = tiny.random_resnet(cam=CamConfig("layercam", layer))
    x = torch.rand(1, 3, 150, 150, requires_grad=True)  # ordinary convolutions, as for the gradient
    with FlopCounterMode(display=False) as whole:
        network(x)
    features = network.forward_features(x).detach().requires_grad_(True)
    with FlopCounterMode(display=False) as gradient:
        network.forward_head(features)[0, 0].backward()  # type: ignore[no-untyped-call]
    counted = gradient.get_total_flops() / whole.get_total_flops()
    assert network.gradient_passes == pytest.approx(counted, abs=0.06)


@pytest.mark.parametrize("layer", ["stage1", "stage4"])
def test_gradients_go_back_from_what_naming_kept(layer: str) -> None:
    network = tiny.random_resnet()
    activations = network.forward_with_activations(FIELD, layer)
    several = network.logit_gradients(activations, [4, 0, 2])
    torch.testing.assert_close(several, Classifier.logit_gradients(network, activations, [4, 0, 2]))


def test_gradients_of_logits_cost_no_forward_pass() -> None:
    network = tiny.random_resnet()
    assert network.gradients_cost(1) == pytest.approx(network.gradient_passes / 2)
    assert network.gradients_cost(5) == pytest.approx(5 * network.gradient_passes / 2)
    activations = network.forward_with_activations(FIELD)
    with FlopCounterMode(display=False) as counter:
        network.logit_gradients(activations, [4, 0])
    operations = map(str, counter.get_flop_counts()["Global"])
    assert {each for each in operations if "conv" in each} == {"aten.convolution_backward"}
