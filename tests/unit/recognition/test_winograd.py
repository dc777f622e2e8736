"""Minimal filtering gives what an ordinary convolution gives."""

from __future__ import annotations

import pytest
import torch
from torch import nn
from torch.nn import functional

from brain.recognition import winograd
from brain.recognition.winograd import WinogradConv2d, convolution, convolve_each, convolve_padded


def layer_of(tile: int, channels: int = 64, width: int = 70) -> WinogradConv2d:
    torch.manual_seed(0)
    return WinogradConv2d(channels, width, tile).requires_grad_(False)


@pytest.mark.parametrize("tile", [2, 4])
@pytest.mark.parametrize("shape", [(1, 64, 8, 8), (3, 64, 7, 13), (2, 64, 1, 2)])
def test_it_equals_an_ordinary_convolution(tile: int, shape: tuple[int, ...]) -> None:
    layer = layer_of(tile)
    x = torch.randn(shape)
    expected = functional.conv2d(x, layer.weight, layer.bias, padding=1)
    for found in (layer(x), layer(x.contiguous(memory_format=torch.channels_last))):
        assert found.shape == expected.shape
        assert (found - expected).abs().max() <= 2e-4 * expected.std()
    assert torch.allclose(convolve_padded(layer, functional.pad(x, (1, 1, 1, 1))), layer(x))


@pytest.mark.parametrize("tile", [2, 4])
@pytest.mark.parametrize("shape", [(1, 64, 8, 8), (2, 64, 7, 14)])
def test_a_pool_may_follow(tile: int, shape: tuple[int, ...]) -> None:
    layer, x = layer_of(tile), torch.randn(shape)
    plain = functional.conv2d(x, layer.weight, layer.bias, padding=1)
    (found,) = layer.convolve_each([x], 1, pool=True)
    assert torch.allclose(found, functional.max_pool2d(plain, 2), atol=1e-3)
    (ordinary,) = convolve_each(nn.Conv2d(64, 70, 3), [x], 0, pool=True)
    assert ordinary.shape[2:] == ((shape[2] - 2) // 2, (shape[3] - 2) // 2)


def test_large_maps_are_computed_in_bands(monkeypatch: pytest.MonkeyPatch) -> None:
    layer, x = layer_of(4), torch.randn(2, 64, 30, 21)
    whole = layer(x)
    monkeypatch.setattr(winograd, "BAND_BYTES", (1, 1))
    assert torch.allclose(layer(x), whole, atol=1e-4)


@pytest.mark.parametrize("most", [1, 200_000, 1 << 23])
def test_inputs_of_several_sizes_are_computed_together(most: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(winograd, "BAND_BYTES", (1, most))
    layer = layer_of(4)
    xs = [torch.randn(batch, 64, *size) for batch, size in ((1, (12, 9)), (2, (30, 21)), (1, (3, 5)))]
    for x, found in zip(xs, layer.convolve_each(xs, 1), strict=True):
        assert torch.allclose(found, functional.conv2d(x, layer.weight, layer.bias, padding=1), atol=1e-4)


def test_changed_weights_count_at_once() -> None:
    layer, x = layer_of(2), torch.randn(1, 64, 4, 4)
    before = layer(x)
    layer.weight.mul_(2)
    assert layer.bias is not None
    layer.bias.mul_(2)
    assert torch.allclose(layer(x), 2 * before, atol=1e-4)


def test_filters_are_made_from_a_copy_as_long_as_the_weights_are_the_same() -> None:
    layer, x = layer_of(2), torch.randn(1, 64, 4, 4)
    before, read = layer(x), []

    def copy() -> torch.Tensor:
        read.append(True)
        return layer.weight.clone()

    layer = layer_of(2)
    layer.transform_from(copy)
    assert torch.equal(layer(x), before)
    assert torch.equal(layer(x), before)
    assert len(read) == 1
    layer.weight.mul_(2)
    assert not torch.equal(layer(x), before)
    assert len(read) == 1


def test_gradients_are_those_of_an_ordinary_convolution() -> None:
    layer, x = layer_of(4), torch.randn(1, 64, 6, 6, requires_grad=True)
    (found,) = torch.autograd.grad(layer(x).sum(), x)
    (expected,) = torch.autograd.grad(functional.conv2d(x, layer.weight, layer.bias, padding=1).sum(), x)
    assert torch.allclose(found, expected)


def test_other_formats_are_computed_as_ever() -> None:
    layer, x = layer_of(4).to(torch.bfloat16), torch.randn(1, 64, 6, 6, dtype=torch.bfloat16)
    assert torch.equal(layer(x), functional.conv2d(x, layer.weight, layer.bias, padding=1))


def test_few_channels_are_not_worth_it() -> None:
    assert type(convolution(3, 64, 4)) is nn.Conv2d
    assert type(convolution(32, 64, 4)) is nn.Conv2d
    assert type(convolution(64, 64, 4)) is WinogradConv2d
