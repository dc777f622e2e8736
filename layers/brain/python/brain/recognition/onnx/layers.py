"""ONNX operators of a network's layers: convolutions, pools, norms, matrix products.

Each takes its inputs, None for an omitted one, and its attributes.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor
from torch.nn import functional

from brain.recognition.onnx.shapes import Attributes, Inputs, given, integer, number, whole_numbers

Pads = tuple[int, int, int, int]  # top, left, bottom, right


def optional(inputs: Inputs, index: int) -> Tensor | None:
    """An input that may be omitted."""
    return inputs[index] if index < len(inputs) else None


def two(attributes: Attributes, name: str) -> tuple[int, int]:
    """An attribute of one number for each direction, 1 by default."""
    down, across = whole_numbers((), 0, attributes, name) or [1, 1]
    return down, across


def pads_of(attributes: Attributes, size: Sequence[int], kernel: Sequence[int]) -> Pads:
    """The padding of a convolution or pool over maps of a size."""
    automatic = attributes.get("auto_pad", "NOTSET")
    if automatic in ("SAME_UPPER", "SAME_LOWER"):
        strides, dilations = two(attributes, "strides"), two(attributes, "dilations")
        missing = [
            max((-(-side // stride) - 1) * stride + dilation * (k - 1) + 1 - side, 0)
            for side, k, stride, dilation in zip(size, kernel, strides, dilations, strict=True)
        ]
        less, more = [each // 2 for each in missing], [-(-each // 2) for each in missing]
        before, after = (less, more) if automatic == "SAME_UPPER" else (more, less)
        return before[0], before[1], after[0], after[1]
    top, left, bottom, right = whole_numbers((), 0, attributes, "pads") or [0, 0, 0, 0]
    return top, left, bottom, right


def padded(x: Tensor, pads: Pads, value: float) -> Tensor:
    """Pad maps, by different widths if necessary."""
    top, left, bottom, right = pads
    return functional.pad(x, (left, right, top, bottom), value=value) if any(pads) else x


def conv(inputs: Inputs, attributes: Attributes) -> Tensor:
    """Conv, in two dimensions."""
    x, weight = given(inputs, 0), given(inputs, 1)
    pads = pads_of(attributes, x.shape[2:], weight.shape[2:])
    even = pads[:2] == pads[2:]
    return functional.conv2d(
        x if even else padded(x, pads, 0.0),
        weight,
        optional(inputs, 2),
        two(attributes, "strides"),
        pads[:2] if even else 0,
        two(attributes, "dilations"),
        integer(attributes, "group", 1),
    )


def max_pool(inputs: Inputs, attributes: Attributes) -> Tensor:
    """MaxPool, in two dimensions."""
    x, kernel = given(inputs, 0), two(attributes, "kernel_shape")
    x = padded(x, pads_of(attributes, x.shape[2:], kernel), float("-inf"))
    ceil = bool(integer(attributes, "ceil_mode", 0))
    return functional.max_pool2d(x, kernel, two(attributes, "strides"), 0, two(attributes, "dilations"), ceil)


def average_pool(inputs: Inputs, attributes: Attributes) -> Tensor:
    """AveragePool, in two dimensions."""
    x, kernel = given(inputs, 0), two(attributes, "kernel_shape")
    pads = pads_of(attributes, x.shape[2:], kernel)
    strides, ceil = two(attributes, "strides"), bool(integer(attributes, "ceil_mode", 0))
    mean = functional.avg_pool2d(padded(x, pads, 0.0), kernel, strides, 0, ceil)
    if not any(pads) or integer(attributes, "count_include_pad", 0):
        return mean
    inside = padded(torch.ones_like(x[:1, :1]), pads, 0.0)
    return mean / functional.avg_pool2d(inside, kernel, strides, 0, ceil)


def global_average_pool(inputs: Inputs, attributes: Attributes) -> Tensor:
    """GlobalAveragePool."""
    x = given(inputs, 0)
    return x.mean(tuple(range(2, x.dim())), keepdim=True)


def global_max_pool(inputs: Inputs, attributes: Attributes) -> Tensor:
    """GlobalMaxPool."""
    x = given(inputs, 0)
    return x.amax(tuple(range(2, x.dim())), keepdim=True)


def batch_normalization(inputs: Inputs, attributes: Attributes) -> Tensor:
    """BatchNormalization, as it is at inference."""
    x, scale, bias, mean, variance = (given(inputs, index) for index in range(5))
    epsilon = number(attributes, "epsilon", 1e-5)
    return functional.batch_norm(x, mean, variance, scale, bias, training=False, eps=epsilon)


def instance_normalization(inputs: Inputs, attributes: Attributes) -> Tensor:
    """InstanceNormalization."""
    x, scale, bias = (given(inputs, index) for index in range(3))
    return functional.instance_norm(x, weight=scale, bias=bias, eps=number(attributes, "epsilon", 1e-5))


def layer_normalization(inputs: Inputs, attributes: Attributes) -> Tensor:
    """LayerNormalization."""
    x, scale = given(inputs, 0), given(inputs, 1)
    axis = integer(attributes, "axis", -1) % x.dim()
    epsilon = number(attributes, "epsilon", 1e-5)
    return functional.layer_norm(x, x.shape[axis:], scale, optional(inputs, 2), epsilon)


def lp_normalization(inputs: Inputs, attributes: Attributes) -> Tensor:
    """LpNormalization. 0 stays 0."""
    x, power = given(inputs, 0), integer(attributes, "p", 2)
    return functional.normalize(x, power, integer(attributes, "axis", -1))


def gemm(inputs: Inputs, attributes: Attributes) -> Tensor:
    """Gemm: alpha * a @ b + beta * c."""
    a, b, c = given(inputs, 0), given(inputs, 1), optional(inputs, 2)
    a = a.t() if integer(attributes, "transA", 0) else a
    b = b.t() if integer(attributes, "transB", 0) else b
    product = number(attributes, "alpha", 1.0) * (a @ b)
    return product if c is None else product + number(attributes, "beta", 1.0) * c
