"""An imported network without its weights: operators and the values between them. Imports no torch.

It is stored as JSON in the metadata of `weights.safetensors`, and the weights as the file's tensors.
Operators and attributes are those of ONNX (https://onnx.ai/onnx/operators), inputs and outputs are names of
values. The operators stand in the order in which they run.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

Attribute = int | float | str | tuple[int, ...] | tuple[float, ...]


@dataclass(frozen=True)
class Node:
    """One use of an operator; the name of an input that is left out is empty."""

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
    """A value that everything after it is computed from.

    Attributes:
        name: of the value.
        node: number of the operator that computes it.
        channels, side: it is a map of (1, channels, side, side).
        work: share of the network's multiplications that are done once it is computed, 0 to 1.
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
        constants: by name; the tensor of the same name in the file holds the numbers.
        layers: from the input to the output.
    """

    input: str
    output: str
    nodes: tuple[Node, ...]
    constants: Mapping[str, Constant]
    layers: tuple[Layer, ...]

    @classmethod
    def from_stored(cls, stored: Mapping[str, Any]) -> Graph:
        """The graph that `dataclasses.asdict` turned into JSON.

        Raises:
            TypeError, KeyError: it is none.
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
