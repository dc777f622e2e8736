"""The graph of an imported network: operators and the values between them. Imports no torch.

It is stored as JSON in the metadata of `weights.safetensors`, whose tensors are the weights. Operators and
attributes are those of ONNX (https://onnx.ai/onnx/operators). Inputs and outputs are names of values. The
operators are stored in the order in which they run.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

Attribute = int | float | str | tuple[int, ...] | tuple[float, ...]


@dataclass(frozen=True)
class Node:
    """One use of an operator. The name of an omitted input is empty."""

    operator: str
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    attributes: Mapping[str, Attribute]


@dataclass(frozen=True)
class Constant:
    """A tensor that belongs to the network: a weight, or integers that describe a shape."""

    shape: tuple[int, ...]
    dtype: Literal["float32", "int64", "bool"]


@dataclass(frozen=True)
class Layer:
    """A value from which everything after it is computed.

    Attributes:
        name: of the value.
        node: index of the operator that computes it.
        channels, side: shape of the value: (1, channels, side, side).
        work: share of the network's multiplications up to this value, 0 to 1.
    """

    name: str
    node: int
    channels: int
    side: int
    work: float


@dataclass(frozen=True)
class Graph:
    """A network from an input (B, 3, S, S) to a descriptor (B, D).

    Attributes:
        constants: by name; the file's tensor of the same name contains the numbers.
        layers: from the input to the output.
    """

    input: str
    output: str
    nodes: tuple[Node, ...]
    constants: Mapping[str, Constant]
    layers: tuple[Layer, ...]

    @classmethod
    def from_stored(cls, stored: Mapping[str, Any]) -> Graph:
        """Read a graph from the JSON of `dataclasses.asdict`.

        Raises:
            TypeError, KeyError: the JSON is not a graph.
        """
        return cls(
            stored["input"],
            stored["output"],
            tuple(_node(node) for node in stored["nodes"]),
            {
                name: Constant(tuple(constant["shape"]), constant["dtype"])
                for name, constant in stored["constants"].items()
            },
            tuple(Layer(**layer) for layer in stored["layers"]),
        )


def _node(stored: Mapping[str, Any]) -> Node:
    attributes = {
        name: tuple(each) if isinstance(each, list) else each for name, each in stored["attributes"].items()
    }
    return Node(stored["operator"], tuple(stored["inputs"]), tuple(stored["outputs"]), attributes)
