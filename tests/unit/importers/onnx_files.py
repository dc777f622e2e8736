"""Writes ONNX files: networks of torch, and graphs node by node."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import torch
from onnx import TensorProto, helper, numpy_helper
from torch import Tensor, nn

from brain.recognition.resnet import FaceResNet

OPSET = 20


def export(network: nn.Module, path: Path, size: int, *, batch: bool = True, channels: int = 3) -> Path:
    """Write a network of torch; `batch` leaves the number of faces open."""
    axes = {"x": {0: "n"}, "y": {0: "n"}} if batch else None
    with warnings.catch_warnings():
        warnings.simplefilter(
            "ignore"
        )  # torch calls this exporter deprecated; the other one needs onnxscript
        torch.onnx.export(
            network.eval(),
            (torch.zeros(1, channels, size, size),),
            str(path),
            dynamo=False,
            input_names=["x"],
            output_names=["y"],
            dynamic_axes=axes,
        )
    return path


class Descriptor(nn.Module):
    """dlib's network as others would have it: aligned faces in, descriptors out."""

    def __init__(self, network: FaceResNet) -> None:
        super().__init__()
        self.network = network

    def forward(self, x: Tensor) -> Tensor:
        """(B, 3, 150, 150) -> (B, 128), not normalised."""
        features = self.network.forward_features(x, self.network.layers[-1])
        found: Tensor = self.network.embedding(features.mean((2, 3)))
        return found


class IResNetBlock(nn.Module):
    """A block of InsightFace's iresnet: norm, convolution, norm, PReLU, convolution, norm."""

    def __init__(self, channels: int, width: int, stride: int) -> None:
        super().__init__()
        self.body = nn.Sequential(
            nn.BatchNorm2d(channels),
            nn.Conv2d(channels, width, 3, 1, 1, bias=False),
            nn.BatchNorm2d(width),
            nn.PReLU(width),
            nn.Conv2d(width, width, 3, stride, 1, bias=False),
            nn.BatchNorm2d(width),
        )
        changes = stride > 1 or channels != width
        shortcut = nn.Sequential(nn.Conv2d(channels, width, 1, stride, bias=False), nn.BatchNorm2d(width))
        self.shortcut = shortcut if changes else nn.Identity()

    def forward(self, x: Tensor) -> Tensor:
        """The sum of both."""
        found: Tensor = self.body(x) + self.shortcut(x)
        return found


def iresnet18(widths: Sequence[int] = (8, 16, 24, 32), size: int = 112, descriptor: int = 64) -> nn.Module:
    """The shape of InsightFace's iresnet18, thinner, with random weights and statistics."""
    channels = widths[0]
    layers: list[nn.Module] = [
        nn.Conv2d(3, channels, 3, 1, 1, bias=False),
        nn.BatchNorm2d(channels),
        nn.PReLU(channels),
    ]
    for width in widths:
        layers += [IResNetBlock(channels, width, 2), IResNetBlock(width, width, 1)]
        channels = width
    side = size // 16
    layers += [nn.BatchNorm2d(channels), nn.Dropout(0.4), nn.Flatten()]
    layers += [nn.Linear(channels * side * side, descriptor), nn.BatchNorm1d(descriptor)]
    return with_statistics(nn.Sequential(*layers))


class Bottleneck(nn.Module):
    """An inverted residual of MobileFaceNet."""

    def __init__(self, channels: int, width: int, stride: int) -> None:
        super().__init__()
        inner = 2 * channels
        self.adds = stride == 1 and channels == width
        self.body = nn.Sequential(
            nn.Conv2d(channels, inner, 1, bias=False),
            nn.BatchNorm2d(inner),
            nn.PReLU(inner),
            nn.Conv2d(inner, inner, 3, stride, 1, groups=inner, bias=False),
            nn.BatchNorm2d(inner),
            nn.PReLU(inner),
            nn.Conv2d(inner, width, 1, bias=False),
            nn.BatchNorm2d(width),
        )

    def forward(self, x: Tensor) -> Tensor:
        """With the shortcut where sizes agree."""
        found: Tensor = self.body(x) + x if self.adds else self.body(x)
        return found


def mobilefacenet() -> nn.Module:
    """The shape of MobileFaceNet, thinner, with random weights: a global depthwise convolution at the end."""
    return with_statistics(
        nn.Sequential(
            nn.Conv2d(3, 8, 3, 2, 1, bias=False),
            nn.BatchNorm2d(8),
            nn.PReLU(8),
            Bottleneck(8, 16, 2),
            Bottleneck(16, 16, 1),
            Bottleneck(16, 24, 2),
            Bottleneck(24, 24, 1),
            Bottleneck(24, 32, 2),
            nn.Conv2d(32, 64, 1, bias=False),
            nn.BatchNorm2d(64),
            nn.PReLU(64),
            nn.Conv2d(64, 64, 7, groups=64, bias=False),
            nn.BatchNorm2d(64),
            nn.Conv2d(64, 32, 1, bias=False),
            nn.Flatten(),
        )
    )


def with_statistics(network: nn.Module, seed: int = 0) -> nn.Module:
    """Norms with means, variances and slopes as a trained network has them: none is 0 or 1."""
    generator = torch.Generator().manual_seed(seed)

    def uniform(tensor: Tensor, low: float, high: float) -> Tensor:
        return torch.rand(tensor.shape, generator=generator) * (high - low) + low

    with torch.no_grad():
        for module in network.modules():
            if isinstance(module, nn.BatchNorm2d | nn.BatchNorm1d):
                module.running_mean = uniform(module.weight, -0.2, 0.2)
                module.running_var = uniform(module.weight, 0.5, 1.5)
                module.weight.copy_(uniform(module.weight, 0.5, 1.5))
                module.bias.copy_(uniform(module.bias, -0.2, 0.2))
            elif isinstance(module, nn.PReLU):
                module.weight.copy_(uniform(module.weight, 0.1, 0.4))
            elif isinstance(module, nn.Conv2d | nn.Linear):
                module.weight.copy_(
                    torch.randn(module.weight.shape, generator=generator) * module.weight[0].numel() ** -0.5
                )
    return network


def graph(
    nodes: Sequence[onnx.NodeProto],
    tensors: dict[str, np.ndarray],
    shape: Sequence[int | str] = ("n", 3, 16, 16),
    outputs: Sequence[str] = ("y",),
) -> onnx.ModelProto:
    """A model of these nodes, from the input `x` to the outputs."""
    return helper.make_model(
        helper.make_graph(
            list(nodes),
            "network",
            [helper.make_tensor_value_info("x", TensorProto.FLOAT, shape)],
            [helper.make_tensor_value_info(name, TensorProto.FLOAT, None) for name in outputs],
            [numpy_helper.from_array(array, name) for name, array in tensors.items()],
        ),
        opset_imports=[helper.make_opsetid("", OPSET)],
    )


def node(operator: str, inputs: str, output: str, **attributes: Any) -> onnx.NodeProto:
    """A node; the inputs are separated by spaces, and `-` stands for one that is left out."""
    names = ["" if name == "-" else name for name in inputs.split()]
    return helper.make_node(operator, names, output.split(), **attributes)


def weights(*shape: int, seed: int = 0) -> np.ndarray:
    """Random float32."""
    return np.random.default_rng(seed).standard_normal(shape).astype(np.float32)


def small(*extra: onnx.NodeProto, **tensors: np.ndarray) -> onnx.ModelProto:
    """The smallest recogniser: convolution, ReLU, mean, and a matrix; with more nodes and tensors."""
    nodes = [
        node("Conv", "x w", "c", pads=[1, 1, 1, 1]),
        node("Relu", "c", "r"),
        *extra,
        node("GlobalAveragePool", "r", "m"),
        node("Flatten", "m", "f"),
        node("MatMul", "f v", "y"),
    ]
    return graph(nodes, {"w": weights(8, 3, 3, 3), "v": weights(8, 32, seed=1), **tensors})


def save(model: onnx.ModelProto, path: Path) -> Path:
    """Write a model."""
    path.write_bytes(model.SerializeToString())
    return path
