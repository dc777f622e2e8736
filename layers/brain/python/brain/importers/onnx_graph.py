"""Converts an ONNX file to a graph that `brain.recognition.onnx` runs, and its tensors."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch

from brain.core.errors import RefusedError
from brain.importers import onnx_nodes
from brain.importers.onnx_file import HINT, OnnxFile
from brain.recognition.onnx.graph import Constant, Graph, Layer, Node
from brain.recognition.onnx.operators import PRODUCTS, compute
from brain.recognition.onnx.tracing import Trace, TraceError, trace

PIXELS = "pixels"
SHORTEST_DESCRIPTOR = 16
LARGEST_INPUT = 512
# A map with fewer cells says nothing about places.
SMALLEST_MAP = 4

Tensors = dict[str, np.ndarray]


@dataclass(frozen=True)
class Converted:
    """A network and its tensors.

    Attributes:
        size: side of its input in pixels.
        descriptor_size: length of its descriptors.
        channels_last: whether the input of the file's network is (B, S, S, 3).
        normalises: whether the network itself subtracts a mean.
    """

    graph: Graph
    tensors: Tensors
    size: int
    descriptor_size: int
    channels_last: bool
    normalises: bool


def convert(file: OnnxFile, size: int | None = None) -> Converted:
    """Check a file's graph, and convert it to the stored form.

    Args:
        size: side of the input in pixels, if the file leaves it open.

    Raises:
        RefusedError: the message says what is wrong, or names the first unsupported operator.
    """
    name, side, channels_last = the_input(file, size)
    tensors = file.tensors
    nodes = onnx_nodes.for_any_batch(onnx_nodes.prepare(file), tensors)
    normalises = begins_with_normalisation(nodes, name)
    if channels_last:
        nodes.insert(0, Node("Transpose", (PIXELS,), (name,), {"perm": (0, 2, 3, 1)}))
        name = PIXELS
    single = traced(nodes, name, (1, 3, side, side), tensors)
    output, descriptor_size = the_output(file, single)
    nodes = folded(nodes, single, for_two_faces(nodes, name, side, output, tensors), tensors)
    nodes = needed_for(output, nodes)
    layers = layers_of(nodes, name, traced(nodes, name, (1, 3, side, side), tensors))
    if not layers:
        raise RefusedError("the network has no layer whose activations are a map", HINT)
    used = dict.fromkeys(each for node in nodes for each in node.inputs if each in tensors)
    short = {each: f"{number:03}_{re.sub(r'[^0-9A-Za-z]+', '_', each)}" for number, each in enumerate(used)}
    nodes = [replace(node, inputs=tuple(short.get(each, each) for each in node.inputs)) for node in nodes]
    kept = {short[each]: tensors[each] for each in used}
    constants = {each: Constant(tensor.shape, tensor.dtype.name) for each, tensor in kept.items()}  # type: ignore[arg-type]
    graph = Graph(name, output, tuple(nodes), constants, tuple(layers))
    return Converted(graph, kept, side, descriptor_size, channels_last, normalises)


def the_input(file: OnnxFile, size: int | None) -> tuple[str, int, bool]:
    """Name and side of the input, and whether its channels come last.

    Raises:
        RefusedError: the input is not a square picture with three channels.
    """
    if len(file.inputs) != 1:
        raise RefusedError(f"the network has {len(file.inputs)} inputs, not one picture", HINT)
    ((name, shape),) = file.inputs.items()
    if len(shape) == 4 and (shape[1] == 3 or shape[3] == 3):
        channels_last = shape[1] != 3
        height, width = shape[1:3] if channels_last else shape[2:]
        side = max(height, 0) or size
        if side and (width <= 0 or width == side) and side <= LARGEST_INPUT:
            return name, side, channels_last
    stated = " x ".join(str(each) if each > 0 else "?" for each in shape)
    raise RefusedError(
        f"the input {name} is {stated}, not a square picture of three channels",
        f"The picture has at most {LARGEST_INPUT} pixels a side; --alignment states a size left open.",
    )


def the_output(file: OnnxFile, found: Trace) -> tuple[str, int]:
    """Name and length of the descriptor.

    Raises:
        RefusedError: there is no output that can be a descriptor, or more than one output.
    """
    shapes = {name: found.values[name].shape for name in file.outputs if name in found.values}
    sizes = {
        name: shape[1:].numel()
        for name, shape in shapes.items()
        if len(shape) > 1 and shape[1:].numel() == shape[1] >= SHORTEST_DESCRIPTOR
    }
    if len(sizes) != 1:
        stated = ", ".join(f"{name} {tuple(shape)}" for name, shape in shapes.items()) or "nothing"
        raise RefusedError(f"the network gives {stated}, not one descriptor", HINT)
    ((name, size),) = sizes.items()
    return name, size


def begins_with_normalisation(nodes: Sequence[Node], name: str) -> bool:
    """Whether the first operations on the input are a subtraction and a multiplication.

    InsightFace recognises files that expect raw pixels in the same way (`arcface_onnx.py`).
    """
    first = [node for node in nodes if name in node.inputs]
    if len(first) != 1 or first[0].operator != "Sub":
        return False
    return any(node.operator in ("Mul", "Div") for node in nodes if first[0].outputs[0] in node.inputs)


def traced(
    nodes: Sequence[Node], name: str, shape: Sequence[int], tensors: Mapping[str, np.ndarray]
) -> Trace:
    """A dry run.

    Raises:
        RefusedError: the message names the operator that cannot be run.
    """
    try:
        return trace(nodes, (name, shape), {each: as_tensor(array) for each, array in tensors.items()})
    except TraceError as error:
        raise RefusedError(str(error), HINT) from error


def for_two_faces(
    nodes: Sequence[Node], name: str, side: int, output: str, tensors: Mapping[str, np.ndarray]
) -> Trace:
    """A dry run with two faces.

    Raises:
        RefusedError: the network only takes one face at a time.
    """
    hint = "Export it with a first dimension that is left open."
    try:
        found = traced(nodes, name, (2, 3, side, side), tensors)
    except RefusedError as error:
        raise RefusedError(f"the network takes one face at a time: {error}", hint) from error
    if found.values[output].shape[0] != 2:
        raise RefusedError("the network takes one face at a time", hint)
    return found


def folded(nodes: Sequence[Node], single: Trace, double: Trace, tensors: Tensors) -> list[Node]:
    """The nodes that depend on the input. The values of all others become tensors.

    Args:
        single, double: dry runs with one face and with two. A shape that is equal in both is constant.
    """
    left = []
    for node in nodes:
        first, second = single.values[node.outputs[0]], double.values[node.outputs[0]]
        if not first.is_meta and first.shape == second.shape and torch.equal(first, second):
            tensors[node.outputs[0]] = first.contiguous().numpy()
        elif node.inputs and all(not name or name in tensors for name in node.inputs):
            values = compute(node, [as_tensor(tensors[name]) if name else None for name in node.inputs])
            tensors.update(
                {name: value.contiguous().numpy() for name, value in zip(node.outputs, values, strict=False)}
            )
        else:
            left.append(node)
    return left


def as_tensor(array: np.ndarray) -> torch.Tensor:
    """An array as a tensor. Memory-mapped arrays are not written to."""
    return torch.from_numpy(np.require(array, requirements=["C", "A", "W"]))


def needed_for(output: str, nodes: Sequence[Node]) -> list[Node]:
    """The nodes that an output depends on."""
    wanted, kept = {output}, []
    for node in reversed(nodes):
        if wanted.intersection(node.outputs):
            wanted.update(node.inputs)
            kept.append(node)
    return kept[::-1]


def layers_of(nodes: Sequence[Node], name: str, found: Trace) -> list[Layer]:
    """The maps through which all computation passes: the last such map before each layer with weights.

    So a layer ends after a convolution's norm and activation, or after the sum that ends a residual block.
    """
    last = {each: number for number, node in enumerate(nodes) for each in node.inputs}
    total, done = sum(found.products), 0
    alive, layers = {name}, list[Layer]()
    for number, node in enumerate(nodes):
        alive = {each for each in alive if last.get(each, -1) > number}
        alive.update(each for each in node.outputs if last.get(each, -1) > number)
        done += found.products[number]
        if len(alive) != 1 or not alive.intersection(node.outputs):
            continue
        shape = found.values[node.outputs[0]].shape
        if len(shape) != 4 or shape[2] != shape[3] or shape[2] < SMALLEST_MAP or not done:
            continue
        layer = Layer(node.outputs[0], number, shape[1], shape[2], done / total)
        since = nodes[layers[-1].node + 1 : number + 1] if layers else ()
        if layers and not any(each.operator in PRODUCTS for each in since):
            layers.pop()
        layers.append(layer)
    return layers
