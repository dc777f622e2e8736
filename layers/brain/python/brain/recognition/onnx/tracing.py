"""A dry run of a graph without its numbers: the shapes of all values, and the work that they take."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from brain.recognition.onnx.graph import Node
from brain.recognition.onnx.network import evaluate
from brain.recognition.onnx.operators import PRODUCTS
from brain.recognition.onnx.shapes import MOST_NUMBERS

# A tensor of integers that is longer than this does not describe a shape.
LONGEST_SHAPE = 4096
MOST_INPUTS = 256
MOST_PRODUCTS = 500_000_000_000


class TraceError(ValueError):
    """An operator cannot be run, or needs more than a recogniser may; the message names it."""


@dataclass(frozen=True)
class Trace:
    """The outcome of a dry run.

    Attributes:
        values: all values; only those that follow from shapes alone contain numbers.
        products: multiplications by the index of the operator.
    """

    values: Mapping[str, Tensor]
    products: Sequence[int]


def trace(nodes: Sequence[Node], x: tuple[str, Sequence[int]], constants: Mapping[str, Tensor]) -> Trace:
    """Run a graph without its numbers, so that no memory is allocated at a file's request.

    Args:
        x: name and shape of the input.
        constants: weights are not read, integers are.

    Raises:
        TraceError: see `TraceError`.
    """
    hollow = {name: _hollow(tensor) for name, tensor in constants.items()}
    values: dict[str, Tensor] = {x[0]: torch.empty(*x[1], device="meta")}
    products: list[int] = []
    for number, node in enumerate(nodes):
        try:
            outputs = dict(_checked(node, values, hollow))
            values.update(outputs)
            products.append(_products(node, outputs, {**values, **hollow}))
        except (ValueError, TypeError, IndexError, KeyError, RuntimeError) as error:
            raise TraceError(f"operator {number}, {node.operator} -> {node.outputs[0]}: {error}") from error
    if sum(products) > MOST_PRODUCTS:
        raise TraceError(f"it takes {sum(products):,} multiplications for one face")
    return Trace(values, products)


def _hollow(tensor: Tensor) -> Tensor:
    """Weights without their numbers; tensors that may describe a shape are unchanged."""
    keeps = not tensor.is_floating_point() or tensor.dim() == 0
    return tensor if keeps and tensor.numel() <= LONGEST_SHAPE else tensor.to("meta")


def _checked(
    node: Node, values: Mapping[str, Tensor], constants: Mapping[str, Tensor]
) -> list[tuple[str, Tensor]]:
    if len(node.inputs) > MOST_INPUTS:
        raise ValueError("it has too many inputs")
    outputs = list(evaluate(node, values, constants))
    for _, output in outputs:
        most = MOST_NUMBERS if output.is_meta else LONGEST_SHAPE
        if output.numel() > most:
            raise ValueError(f"a value of shape {tuple(output.shape)} is too large")
    return outputs


def _products(node: Node, outputs: Mapping[str, Tensor], values: Mapping[str, Tensor]) -> int:
    """How many multiplications a layer takes; 0 for other operators."""
    if node.operator not in PRODUCTS:
        return 0
    out, weight = outputs[node.outputs[0]], values[node.inputs[1]]
    if node.operator == "Conv":
        return out.numel() * math.prod(weight.shape[1:])
    return out.numel() * values[node.inputs[0]].shape[-1]
