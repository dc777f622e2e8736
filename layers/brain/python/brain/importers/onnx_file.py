"""ONNX files: a ModelProto in protocol buffers' wire format.

Only the fields that matter are read, so no schema is needed. The weights stay where they are in the
memory-mapped file, so memory is bounded by the file's size. No other file that it refers to is opened, and
nothing in it is executed. Field numbers are those of `onnx.proto`:

    ModelProto       graph = 7, opset_import = 8 { domain = 1, version = 2 }
    GraphProto       node = 1, initializer = 5, input = 11, output = 12, sparse_initializer = 15
    NodeProto        input = 1, output = 2, op_type = 4, attribute = 5, domain = 7
    AttributeProto   name = 1, f = 2, i = 3, s = 4, t = 5, floats = 7, ints = 8
    ValueInfoProto   name = 1, type = 2 { tensor_type = 1 { shape = 2 { dim = 1 { dim_value = 1 } } } }
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from brain.core.errors import RefusedError
from brain.importers.contents import mapped
from brain.importers.onnx_tensors import read_tensor, signed, text
from brain.importers.wire import Value, fields, varints

MOST_FIELDS, MOST_NODES = 150_000, 20_000
HINT = "Export the network again, as one file, with operators of ONNX alone."
STANDARD_DOMAINS = ("", "ai.onnx")


@dataclass(frozen=True)
class FileNode:
    """A node as stored in the file. Attributes that are tensors are arrays."""

    operator: str
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    attributes: dict[str, Any]


@dataclass
class OnnxFile:
    """The contents of a file.

    Attributes:
        opset: version of the operators.
        inputs: name and dimensions of each input, 0 for an open dimension; without initialisers.
        tensors: initialisers by name.
    """

    opset: int = 0
    nodes: list[FileNode] = field(default_factory=list)
    inputs: dict[str, tuple[int, ...]] = field(default_factory=dict)
    outputs: list[str] = field(default_factory=list)
    tensors: dict[str, np.ndarray] = field(default_factory=dict)


def read(path: Path) -> OnnxFile:
    """Read a file.

    Raises:
        RefusedError: the file is damaged, is not an ONNX file, refers to another file, or uses operators that
            are not ONNX's.
    """
    try:
        return _Reader().model(mapped(str(path)))
    except OSError as error:
        raise RefusedError(f"there is no readable file at {path} ({error.strerror})", HINT) from error
    except (ValueError, IndexError, TypeError, OverflowError) as error:
        raise RefusedError(f"{path.name} cannot be read as an ONNX file: {error}", HINT) from error


class _Reader:
    """Reads the messages of one file, and gives up if there are more fields than any network has."""

    def __init__(self) -> None:
        self._left = MOST_FIELDS

    def fields(self, message: Value) -> Iterator[tuple[int, Any]]:
        if isinstance(message, int):
            raise ValueError("a number stands where a message should")
        for found in fields(message):
            self._left -= 1
            if self._left < 0:
                raise ValueError(f"it has more than {MOST_FIELDS:,} fields")
            yield found

    def model(self, message: np.ndarray) -> OnnxFile:
        file, graphs = OnnxFile(), []
        for number, value in self.fields(message):
            if number == 7:
                graphs.append(value)
            elif number == 8:
                opset = dict(self.fields(value))
                if 1 not in opset or text(opset[1]) in STANDARD_DOMAINS:
                    file.opset = opset[2]
        if len(graphs) != 1 or not file.opset:
            raise ValueError("it holds no graph")
        self.graph(graphs[0], file)
        return file

    def graph(self, message: Value, file: OnnxFile) -> None:
        for number, value in self.fields(message):
            if number == 1:
                file.nodes.append(self.node(value))
                if len(file.nodes) > MOST_NODES:
                    raise ValueError(f"it has more than {MOST_NODES:,} operators")
            elif number == 5:
                name, tensor = read_tensor(self.fields(value))
                file.tensors[name] = tensor
            elif number == 11:
                name, shape = self.value_info(value)
                file.inputs[name] = shape
            elif number == 12:
                file.outputs.append(self.value_info(value)[0])
            elif number == 15:
                raise ValueError("it has sparse weights, which are not covered")
        file.inputs = {name: shape for name, shape in file.inputs.items() if name not in file.tensors}

    def node(self, message: Value) -> FileNode:
        operator, domain = "", ""
        inputs, outputs, attributes = list[str](), list[str](), {}
        for number, value in self.fields(message):
            if number == 1:
                inputs.append(text(value))
            elif number == 2:
                outputs.append(text(value))
            elif number == 4:
                operator = text(value)
            elif number == 5:
                name, attribute = self.attribute(value)
                attributes[name] = attribute
            elif number == 7:
                domain = text(value)
        if domain not in STANDARD_DOMAINS:
            raise ValueError(f"the operator {domain}.{operator} is not one of ONNX's own")
        return FileNode(operator, tuple(inputs), tuple(outputs), attributes)

    def attribute(self, message: Value) -> tuple[str, Any]:
        """Name and value; None for kinds that no supported operator has, such as a graph."""
        name = ""
        value: Any = None
        floats, ints = list[float](), list[int]()
        for number, found in self.fields(message):
            if number == 1:
                name = text(found)
            elif number == 2:
                value = float(np.frombuffer(found, "<f4")[0])
            elif number == 3:
                value = signed(found)
            elif number == 4:
                value = text(found)
            elif number == 5:
                value = read_tensor(self.fields(found))[1]
            elif number == 7:
                floats += np.frombuffer(found, "<f4").tolist()
            elif number == 8:
                ints += [signed(each) for each in varints(found)]
        return name, value if value is not None else tuple(floats or ints)

    def value_info(self, message: Value) -> tuple[str, tuple[int, ...]]:
        """Name and dimensions of an input or output."""
        name, shape = "", list[int]()
        for number, value in self.fields(message):
            if number == 1:
                name = text(value)
            elif number == 2:
                for tensor in self.inside(value, 1):
                    for dimensions in self.inside(tensor, 2):
                        shape += [self.dimension(each) for each in self.inside(dimensions, 1)]
        return name, tuple(shape)

    def inside(self, message: Value, wanted: int) -> Iterator[Any]:
        return (value for number, value in self.fields(message) if number == wanted)

    def dimension(self, message: Value) -> int:
        return next((signed(value) for value in self.inside(message, 1)), 0)
