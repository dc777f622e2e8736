"""The ONNX operators that imported networks may use, in torch.

An import refuses all operators that are not in `OPERATORS`. Nothing here reads a file or runs code from a
network.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import reduce

import torch
from torch import Tensor
from torch.nn import functional

from brain.recognition.onnx import layers, shapes
from brain.recognition.onnx.graph import Node
from brain.recognition.onnx.shapes import Attributes, Inputs, given, integer, number, whole_numbers

Operator = Callable[[Inputs, Attributes], Tensor]
# Operators that count as layers: multiplications are counted by their weights.
PRODUCTS = {"Conv", "Gemm", "MatMul"}


def elementwise(function: Callable[[Tensor], Tensor]) -> Operator:
    """An operator with one input and no attributes."""
    return lambda inputs, attributes: function(given(inputs, 0))


def pairwise(function: Callable[[Tensor, Tensor], Tensor]) -> Operator:
    """An operator that combines two or more inputs, one after the other."""
    return lambda inputs, attributes: reduce(function, [each for each in inputs if each is not None])


def reduction(function: Callable[[Tensor, tuple[int, ...], bool], Tensor]) -> Operator:
    """An operator that reduces the named axes, or all of them."""

    def operator(inputs: Inputs, attributes: Attributes) -> Tensor:
        x, axes = given(inputs, 0), whole_numbers(inputs, 1, attributes, "axes")
        if not axes and integer(attributes, "noop_with_empty_axes", 0):
            return x
        return function(x, tuple(axes or range(x.dim())), bool(integer(attributes, "keepdims", 1)))

    return operator


def divide(a: Tensor, b: Tensor) -> Tensor:
    """Div; integers are divided towards zero."""
    return a / b if a.is_floating_point() or b.is_floating_point() else torch.div(a, b, rounding_mode="trunc")


def prelu(inputs: Inputs, attributes: Attributes) -> Tensor:
    """PRelu. A slope with as many numbers as there are channels is one per channel, whatever its shape."""
    x, slope = given(inputs, 0), given(inputs, 1)
    if x.dim() > 1 and slope.numel() in (1, x.shape[1]):
        return functional.prelu(x, slope.reshape(-1))
    return torch.where(x < 0, slope * x, x)


def clip(inputs: Inputs, attributes: Attributes) -> Tensor:
    """Clip to an interval."""
    low, high = layers.optional(inputs, 1), layers.optional(inputs, 2)
    least = number(attributes, "min", float("-inf")) if low is None else float(low)
    most = number(attributes, "max", float("inf")) if high is None else float(high)
    return given(inputs, 0).clamp(least, most)


def hard_sigmoid(inputs: Inputs, attributes: Attributes) -> Tensor:
    """HardSigmoid."""
    alpha, beta = number(attributes, "alpha", 0.2), number(attributes, "beta", 0.5)
    return (alpha * given(inputs, 0) + beta).clamp(0, 1)


def gelu(inputs: Inputs, attributes: Attributes) -> Tensor:
    """Gelu, exact or approximated by tanh."""
    return functional.gelu(given(inputs, 0), approximate=str(attributes.get("approximate", "none")))


def leaky_relu(inputs: Inputs, attributes: Attributes) -> Tensor:
    """LeakyRelu."""
    return functional.leaky_relu(given(inputs, 0), number(attributes, "alpha", 0.01))


def elu(inputs: Inputs, attributes: Attributes) -> Tensor:
    """Elu."""
    return functional.elu(given(inputs, 0), number(attributes, "alpha", 1.0))


def softmax(inputs: Inputs, attributes: Attributes) -> Tensor:
    """Softmax along an axis."""
    return given(inputs, 0).softmax(integer(attributes, "axis", -1))


def where(inputs: Inputs, attributes: Attributes) -> Tensor:
    """Where."""
    return torch.where(given(inputs, 0), given(inputs, 1), given(inputs, 2))


OPERATORS: Mapping[str, Operator] = {
    "Abs": elementwise(torch.abs),
    "Add": pairwise(torch.add),
    "AveragePool": layers.average_pool,
    "BatchNormalization": layers.batch_normalization,
    "Cast": shapes.cast,
    "Clip": clip,
    "Concat": shapes.concat,
    "ConstantOfShape": shapes.constant_of_shape,
    "Conv": layers.conv,
    "Div": pairwise(divide),
    "Dropout": elementwise(lambda x: x),
    "Elu": elu,
    "Equal": pairwise(torch.eq),
    "Erf": elementwise(torch.erf),
    "Exp": elementwise(torch.exp),
    "Expand": shapes.expand,
    "Flatten": shapes.flatten,
    "Gather": shapes.gather,
    "Gelu": gelu,
    "Gemm": layers.gemm,
    "GlobalAveragePool": layers.global_average_pool,
    "GlobalMaxPool": layers.global_max_pool,
    "HardSigmoid": hard_sigmoid,
    "HardSwish": elementwise(functional.hardswish),
    "Identity": elementwise(lambda x: x),
    "InstanceNormalization": layers.instance_normalization,
    "LayerNormalization": layers.layer_normalization,
    "LeakyRelu": leaky_relu,
    "Log": elementwise(torch.log),
    "LpNormalization": layers.lp_normalization,
    "MatMul": pairwise(torch.matmul),
    "Max": pairwise(torch.maximum),
    "MaxPool": layers.max_pool,
    "Min": pairwise(torch.minimum),
    "Mul": pairwise(torch.mul),
    "Neg": elementwise(torch.neg),
    "PRelu": prelu,
    "Pad": shapes.pad,
    "Pow": pairwise(torch.pow),
    "Reciprocal": elementwise(torch.reciprocal),
    "ReduceL2": reduction(lambda x, axes, keep: x.square().sum(axes, keepdim=keep).sqrt()),
    "ReduceMax": reduction(lambda x, axes, keep: x.amax(axes, keepdim=keep)),
    "ReduceMean": reduction(lambda x, axes, keep: x.mean(axes, keepdim=keep)),
    "ReduceSum": reduction(lambda x, axes, keep: x.sum(axes, keepdim=keep)),
    "ReduceSumSquare": reduction(lambda x, axes, keep: x.square().sum(axes, keepdim=keep)),
    "Relu": elementwise(torch.relu),
    "Reshape": shapes.reshape,
    "Shape": shapes.shape_of,
    "Sigmoid": elementwise(torch.sigmoid),
    "Slice": shapes.cut,
    "Softmax": softmax,
    "Sqrt": elementwise(torch.sqrt),
    "Squeeze": shapes.squeeze,
    "Sub": pairwise(torch.sub),
    "Sum": pairwise(torch.add),
    "Tanh": elementwise(torch.tanh),
    "Transpose": shapes.transpose,
    "Unsqueeze": shapes.unsqueeze,
    "Where": where,
}
COVERED = {*OPERATORS, "Split", "Constant"}


def compute(node: Node, inputs: Inputs) -> tuple[Tensor, ...]:
    """The outputs of a node, without those that only exist in training.

    Raises:
        ValueError, TypeError, IndexError, RuntimeError: the inputs do not suit the operator.
    """
    attributes = dict(node.attributes)
    if node.operator == "Split":
        return shapes.split(inputs, attributes, len(node.outputs))
    return (OPERATORS[node.operator](inputs, attributes),)
