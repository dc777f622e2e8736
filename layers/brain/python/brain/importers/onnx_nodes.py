"""Converts the nodes of an ONNX file to the stored form: checked, and in the order in which they run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from brain.core.errors import RefusedError
from brain.importers.onnx_file import HINT, FileNode, OnnxFile
from brain.recognition.onnx.graph import Attribute, Node
from brain.recognition.onnx.operators import COVERED

# Constant inputs that are stored as attributes, by operator: input number -> attribute.
SCALARS: Mapping[str, Mapping[int, str]] = {"Clip": {1: "min", 2: "max"}, "Pad": {2: "value"}}
SOFTMAX_ALONG_AN_AXIS = 13


def prepare(file: OnnxFile) -> list[Node]:
    """The nodes in the order in which they run. `Constant` nodes become tensors.

    Raises:
        RefusedError: an operator is not supported, a value is computed twice or never, or there is a cycle.
    """
    for number, node in enumerate(file.nodes):
        if node.operator not in COVERED:
            problem = f"operator {number}, {node.operator} -> {', '.join(node.outputs)}, is not covered"
            raise RefusedError(problem, f"Covered are {', '.join(sorted(COVERED))}.")
        if node.operator == "Softmax" and file.opset < SOFTMAX_ALONG_AN_AXIS:
            problem = f"operator {number}, Softmax, has the meaning that it had before opset 13"
            raise RefusedError(problem, "Export the network again with opset 13 or newer.")
    for node in file.nodes:
        if node.operator == "Constant":
            file.tensors[node.outputs[0]] = constant(node)
    nodes = [node for node in file.nodes if node.operator != "Constant"]
    return [converted(node, file.tensors) for node in in_order(nodes, {*file.tensors, *file.inputs})]


def constant(node: FileNode) -> np.ndarray:
    """The value of a `Constant` node."""
    (value,) = node.attributes.values() or (None,)
    array = np.asarray(value)
    if array.dtype.kind not in "fib":
        raise RefusedError(f"the constant {node.outputs[0]} is not a number", HINT)
    return array.astype(
        np.float32 if array.dtype.kind == "f" else np.int64 if array.dtype.kind == "i" else bool
    )


def in_order(nodes: Sequence[FileNode], known: set[str]) -> list[FileNode]:
    """The nodes in topological order.

    Raises:
        RefusedError: see `prepare`.
    """
    makers = makers_of(nodes, known)
    waiting: list[int] = []
    users: dict[int, list[int]] = {}
    for number, node in enumerate(nodes):
        needed = {name for name in node.inputs if name and name not in known}
        if unknown := needed - makers.keys():
            raise RefusedError(
                f"{node.operator} -> {node.outputs[0]} needs {min(unknown)}, which is nowhere", HINT
            )
        waiting.append(len({makers[name] for name in needed}))
        for maker in {makers[name] for name in needed}:
            users.setdefault(maker, []).append(number)
    # Kahn, "Topological Sorting of Large Networks", Communications of the ACM 5, 1962.
    ready = [number for number, count in enumerate(waiting) if count == 0]
    ordered: list[FileNode] = []
    for number in ready:
        ordered.append(nodes[number])
        for user in users.get(number, ()):
            waiting[user] -= 1
            if waiting[user] == 0:
                ready.append(user)
    if len(ordered) < len(nodes):
        node = next(node for node, count in zip(nodes, waiting, strict=True) if count > 0)
        raise RefusedError(f"{node.operator} -> {node.outputs[0]} is part of a cycle", HINT)
    return ordered


def makers_of(nodes: Sequence[FileNode], known: set[str]) -> dict[str, int]:
    """The position of the node that computes each value.

    Raises:
        RefusedError: a value is computed twice.
    """
    makers: dict[str, int] = {}
    for number, node in enumerate(nodes):
        for name in filter(None, node.outputs):
            if name in makers or name in known:
                raise RefusedError(f"{name} is computed twice", HINT)
            makers[name] = number
    return makers


def converted(node: FileNode, tensors: Mapping[str, np.ndarray]) -> Node:
    """A node in the stored form."""
    inputs, attributes = list(node.inputs), dict(node.attributes)
    for number, name in SCALARS.get(node.operator, {}).items():
        if number < len(inputs) and inputs[number] in tensors:
            attributes[name] = float(tensors[inputs[number]].reshape(-1)[0])
            inputs[number] = ""
    while inputs and not inputs[-1]:
        inputs.pop()
    stored = {name: as_attribute(node, name, value) for name, value in attributes.items()}
    return Node(node.operator, tuple(inputs), node.outputs, stored)


def as_attribute(node: FileNode, name: str, value: Any) -> Attribute:
    """An attribute in the stored form, in which a tensor of one number is a number."""
    if isinstance(value, np.ndarray) and value.size == 1:
        return value.reshape(-1)[0].item()  # type: ignore[no-any-return]
    if isinstance(value, int | float | str | tuple):
        return value
    raise RefusedError(f"{node.operator} -> {node.outputs[0]}: its {name} is not covered", HINT)


def for_any_batch(nodes: Sequence[Node], tensors: dict[str, np.ndarray]) -> list[Node]:
    """Make nodes that were exported for a single face work for any number: a reshape keeps the first size.

    For a single face, the input's first size is 1, so a shape that begins with 1 means the same.
    """
    result = []
    for node in nodes:
        shape = tensors.get(node.inputs[1]) if node.operator == "Reshape" and len(node.inputs) > 1 else None
        if shape is not None and len(shape) > 1 and shape[0] == 1 and not node.attributes.get("allowzero"):
            name = f"{node.outputs[0]}_shape"
            tensors[name] = np.array([0, *shape[1:]], np.int64)
            node = replace(node, inputs=(node.inputs[0], name))
        result.append(node)
    return result
