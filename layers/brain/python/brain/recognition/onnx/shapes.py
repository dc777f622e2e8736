"""ONNX operators that rearrange numbers, and those that compute with shapes.

Each takes its inputs, None for an omitted one, and its attributes. Shapes are integer tensors, as in ONNX.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from brain.recognition.onnx.graph import Attribute

Inputs = Sequence[Tensor | None]
Attributes = dict[str, Attribute]
# More numbers than any layer of a recogniser gives for one face.
MOST_NUMBERS = 1 << 27
FLOATS, BOOL = {1, 10, 11, 16}, 9


def given(inputs: Inputs, index: int) -> Tensor:
    """A required input."""
    found = inputs[index] if index < len(inputs) else None
    if found is None:
        raise ValueError(f"input {index} is missing")
    return found


def whole_numbers(inputs: Inputs, index: int, attributes: Attributes, name: str) -> list[int] | None:
    """Integers that newer versions of an operator take as an input, and older ones as an attribute."""
    if index < len(inputs) and (found := inputs[index]) is not None:
        numbers = found.tolist()
        return [int(each) for each in numbers] if isinstance(numbers, list) else [int(numbers)]
    stored = attributes.get(name)
    if stored is None:
        return None
    return [int(each) for each in stored] if isinstance(stored, tuple) else [int(stored)]


def integer(attributes: Attributes, name: str, default: int) -> int:
    """An integer attribute."""
    return int(attributes.get(name, default))  # type: ignore[arg-type]


def number(attributes: Attributes, name: str, default: float) -> float:
    """A numeric attribute."""
    return float(attributes.get(name, default))  # type: ignore[arg-type]


def bounded(shape: Sequence[int]) -> list[int]:
    """The shape, if a recogniser may have such a shape."""
    if any(size < 0 for size in shape) or math.prod(shape) > MOST_NUMBERS:
        raise ValueError(f"a tensor of shape {tuple(shape)} is too large")
    return list(shape)


def reshape(inputs: Inputs, attributes: Attributes) -> Tensor:
    """Reshape: 0 keeps a size, -1 is inferred."""
    x, shape = given(inputs, 0), whole_numbers(inputs, 1, attributes, "shape") or []
    if not integer(attributes, "allowzero", 0):
        shape = [x.shape[axis] if size == 0 else size for axis, size in enumerate(shape)]
    return x.reshape(shape)


def flatten(inputs: Inputs, attributes: Attributes) -> Tensor:
    """Flatten to a matrix."""
    x = given(inputs, 0)
    axis = integer(attributes, "axis", 1) % (x.dim() + 1)
    return x.reshape(math.prod(x.shape[:axis]), -1)


def transpose(inputs: Inputs, attributes: Attributes) -> Tensor:
    """Transpose; all axes reversed by default."""
    x = given(inputs, 0)
    order = whole_numbers((), 0, attributes, "perm")
    return x.permute(order or list(reversed(range(x.dim()))))


def squeeze(inputs: Inputs, attributes: Attributes) -> Tensor:
    """Squeeze the named axes, or all of size 1."""
    x, axes = given(inputs, 0), whole_numbers(inputs, 1, attributes, "axes")
    return x.squeeze() if axes is None else x.squeeze(tuple(axes))


def unsqueeze(inputs: Inputs, attributes: Attributes) -> Tensor:
    """Unsqueeze: axes refer to the result."""
    x, axes = given(inputs, 0), whole_numbers(inputs, 1, attributes, "axes") or []
    rank = x.dim() + len(axes)
    for axis in sorted(axis % rank for axis in axes):
        x = x.unsqueeze(axis)
    return x


def concat(inputs: Inputs, attributes: Attributes) -> Tensor:
    """Concat along an axis."""
    return torch.cat([each for each in inputs if each is not None], integer(attributes, "axis", 0))


def split(inputs: Inputs, attributes: Attributes, outputs: int) -> tuple[Tensor, ...]:
    """Split along an axis, into as many parts as there are outputs by default."""
    x, axis = given(inputs, 0), integer(attributes, "axis", 0)
    sizes = whole_numbers(inputs, 1, attributes, "split")
    return torch.functional.split(x, sizes or math.ceil(x.shape[axis] / outputs), axis)


def cut(inputs: Inputs, attributes: Attributes) -> Tensor:
    """Slice, with the semantics of Python's slices."""
    x = given(inputs, 0)
    starts = whole_numbers(inputs, 1, attributes, "starts") or []
    ends = whole_numbers(inputs, 2, attributes, "ends") or []
    axes = whole_numbers(inputs, 3, attributes, "axes") or list(range(len(starts)))
    steps = whole_numbers(inputs, 4, attributes, "steps") or [1] * len(starts)
    for start, end, axis, step in zip(starts, ends, axes, steps, strict=True):
        if step > 0:
            x = x[(slice(None),) * (axis % x.dim()) + (slice(start, end, step),)]
        else:
            chosen = range(x.shape[axis])[start:end:step]
            x = x.index_select(axis, torch.tensor(list(chosen), device=x.device))
    return x


def gather(inputs: Inputs, attributes: Attributes) -> Tensor:
    """Gather slices of an axis."""
    x, index = given(inputs, 0), given(inputs, 1)
    axis = integer(attributes, "axis", 0) % x.dim()
    shape = bounded([*x.shape[:axis], *index.shape, *x.shape[axis + 1 :]])
    places = torch.where(index < 0, index + x.shape[axis], index).reshape(-1)
    return x.index_select(axis, places.to(x.device)).reshape(shape)


def pad(inputs: Inputs, attributes: Attributes) -> Tensor:
    """Pad with a constant."""
    x, pads = given(inputs, 0), whole_numbers(inputs, 1, attributes, "pads") or []
    if attributes.get("mode", "constant") != "constant":
        raise ValueError("only padding by a constant is covered")
    value = float(inputs[2]) if len(inputs) > 2 and inputs[2] is not None else number(attributes, "value", 0)
    rank = x.dim()
    bounded([size + pads[axis] + pads[axis + rank] for axis, size in enumerate(x.shape)])
    pairs = [(pads[axis], pads[axis + rank]) for axis in reversed(range(rank))]
    return functional.pad(x, [each for pair in pairs for each in pair], value=value)


def expand(inputs: Inputs, attributes: Attributes) -> Tensor:
    """Expand to a shape, by broadcasting in both directions."""
    x, shape = given(inputs, 0), whole_numbers(inputs, 1, attributes, "shape") or []
    return x.expand(bounded(np.broadcast_shapes(tuple(x.shape), tuple(shape))))


def shape_of(inputs: Inputs, attributes: Attributes) -> Tensor:
    """Shape, or part of it."""
    sizes = list(given(inputs, 0).shape)
    start, end = integer(attributes, "start", 0), attributes.get("end")
    return torch.tensor(sizes[start : None if end is None else int(end)], dtype=torch.int64)  # type: ignore[arg-type]


def cast(inputs: Inputs, attributes: Attributes) -> Tensor:
    """Cast. Here all floats are float32, and all integers are int64."""
    to = integer(attributes, "to", 1)
    return given(inputs, 0).to(torch.float32 if to in FLOATS else torch.bool if to == BOOL else torch.int64)


def constant_of_shape(inputs: Inputs, attributes: Attributes) -> Tensor:
    """ConstantOfShape: filled with one number."""
    shape, value = whole_numbers(inputs, 0, attributes, "shape") or [], attributes.get("value", 0.0)
    return torch.full(bounded(shape), value)  # type: ignore[arg-type]
