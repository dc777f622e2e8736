"""ONNX files that were made to do harm: refused at once, without much memory and without any other file."""

from __future__ import annotations

import resource
import time
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper

from brain.core.errors import RefusedError
from brain.importers import onnx_file
from brain.importers.onnx_graph import convert
from tests.unit.importers.onnx_files import graph, node, save, small, weights

MIB = 1 << 20


@pytest.fixture
def frugal() -> Iterator[None]:
    """What happens takes less than 200 MiB and five seconds of a processor."""
    start, before = time.process_time(), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    yield
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 200 * 1024
    assert time.process_time() - start < 5


def refuse(path: Path, message: str) -> None:
    with pytest.raises(RefusedError, match=message):
        convert(onnx_file.read(path))


@pytest.mark.usefixtures("frugal")
@pytest.mark.parametrize("place", ["/etc/hostname", "../../secret.bin", "beside.bin"])
def test_weights_in_another_file_are_not_looked_for(tmp_path: Path, place: str) -> None:
    (tmp_path / "beside.bin").write_bytes(weights(8, 3, 3, 3).tobytes())
    model = small()
    tensor = model.graph.initializer[0]
    tensor.ClearField("raw_data")
    tensor.data_location = TensorProto.EXTERNAL
    tensor.external_data.add(key="location", value=place)
    refuse(save(model, tmp_path / "own.onnx"), "w are in another file")


@pytest.mark.usefixtures("frugal")
def test_a_weight_that_claims_to_be_huge(tmp_path: Path) -> None:
    model = small()
    model.graph.initializer[0].dims[:] = [1 << 30, 1 << 30, 3, 3]
    refuse(save(model, tmp_path / "own.onnx"), "w has 216 numbers, not 1073741824 x")


@pytest.mark.usefixtures("frugal")
@pytest.mark.parametrize("domain", ["ai.onnx.contrib", "com.microsoft", "../lib.so"])
def test_operators_of_others(tmp_path: Path, domain: str) -> None:
    extra = node("Relu", "r", "z")
    extra.domain = domain
    refuse(save(small(extra), tmp_path / "own.onnx"), "is not one of ONNX's own")


@pytest.mark.usefixtures("frugal")
def test_a_function_of_the_file_cannot_stand_in_for_an_operator(tmp_path: Path) -> None:
    model = small()
    own = helper.make_function(
        "mine", "Twice", ["a"], ["b"], [node("Add", "a a", "b")], [helper.make_opsetid("", 20)]
    )
    model.functions.append(own)
    model.graph.node.insert(2, helper.make_node("Twice", ["r"], ["z"], domain="mine"))
    refuse(save(model, tmp_path / "own.onnx"), r"mine\.Twice")


@pytest.mark.usefixtures("frugal")
def test_a_cycle(tmp_path: Path) -> None:
    extra = [node("Add", "r b", "a"), node("Relu", "a", "b")]
    refuse(save(small(*extra), tmp_path / "own.onnx"), "Add -> a is part of a cycle")


@pytest.mark.usefixtures("frugal")
def test_a_value_that_is_computed_twice_or_never(tmp_path: Path) -> None:
    refuse(save(small(node("Relu", "x", "r")), tmp_path / "own.onnx"), "r is computed twice")
    refuse(save(small(node("Add", "r nowhere", "z")), tmp_path / "own.onnx"), "needs nowhere")


@pytest.mark.usefixtures("frugal")
def test_a_value_that_doubles_again_and_again(tmp_path: Path) -> None:
    names = ["r", *(f"d{number}" for number in range(60))]
    doubling = [
        helper.make_node("Concat", [first, first], [second], axis=1) for first, second in pairwise(names)
    ]
    refuse(save(small(*doubling), tmp_path / "own.onnx"), r"Concat -> d\d+: .*too large")


@pytest.mark.usefixtures("frugal")
def test_integers_that_multiply(tmp_path: Path) -> None:
    extra = [
        node("Shape", "r", "s"),
        node("Reshape", "s column", "t"),
        *(node("Concat", "t t t t t t t t", f"t{number}", axis=0) for number in range(1)),
        node("Concat", " ".join(["t0"] * 200), "u", axis=0),
        node("Transpose", "u", "v2"),
        node("Mul", "u v2", "z"),
    ]
    model = small(*extra, column=np.array([4, 1], np.int64))
    refuse(save(model, tmp_path / "own.onnx"), "too large")


@pytest.mark.usefixtures("frugal")
@pytest.mark.parametrize(
    "extra",
    [
        node("Expand", "r s", "z"),
        node("ConstantOfShape", "s", "z"),
        node("Reshape", "r s", "z"),
        node("Pad", "r s", "z"),
    ],
)
def test_a_shape_that_is_huge(tmp_path: Path, extra: onnx.NodeProto) -> None:
    shape = np.array([1 << 40] * 8 if extra.op_type == "Pad" else [1 << 20, 8, 1 << 20, 1 << 20], np.int64)
    refuse(save(small(extra, s=shape), tmp_path / "own.onnx"), rf"operator \d, {extra.op_type}")


@pytest.mark.usefixtures("frugal")
def test_a_convolution_that_would_take_hours(tmp_path: Path) -> None:
    extra = [node("Conv", "r k", "z", pads=[60, 60, 60, 60])]
    huge = np.zeros((256, 8, 90, 90), np.float16)
    nodes = [*small(*extra).graph.node]
    for number in range(40):
        nodes.insert(3, node("Conv", "r k", f"z{number}", pads=[60, 60, 60, 60]))
    tensors = {"w": weights(8, 3, 3, 3), "v": weights(8, 32), "k": huge}
    refuse(save(graph(nodes, tensors), tmp_path / "own.onnx"), "multiplications for one face")


@pytest.mark.usefixtures("frugal")
@pytest.mark.parametrize(
    ("message", "problem"),
    [
        (b"\x0a\x00", "20,000 operators"),  # a NodeProto without content
        (b"\x0a\x04\x2a\x00\x2a\x00", "20,000 operators"),  # one with two attributes
        (b"\x5a\x00", "150,000 fields"),  # an input
        (b"\x52\x00", "150,000 fields"),  # a doc_string
    ],
)
def test_millions_of_messages_that_take_more_memory_than_bytes(
    tmp_path: Path, message: bytes, problem: str
) -> None:
    write_graph(tmp_path / "own.onnx", message * (4 * MIB))
    refuse(tmp_path / "own.onnx", f"more than {problem}")


@pytest.mark.usefixtures("frugal")
def test_integers_that_are_packed_by_the_million(tmp_path: Path) -> None:
    # TensorProto { dims: 8 Mi, data_type: INT64, int64_data: zeros, name: "s" }
    tensor = b"\x08" + varint(8 * MIB) + b"\x10\x07" + field(7, bytes(8 * MIB)) + field(8, b"s")
    write_graph(tmp_path / "own.onnx", small().graph.SerializeToString() + field(5, tensor))
    refuse(tmp_path / "own.onnx", "too many integers")


def test_a_file_that_is_cut_off_anywhere(tmp_path: Path) -> None:
    data = small().SerializeToString()
    for length in range(0, len(data) - 1, 37):
        (tmp_path / "own.onnx").write_bytes(data[:length])
        with pytest.raises(RefusedError):
            convert(onnx_file.read(tmp_path / "own.onnx"))


def test_a_file_with_any_byte_changed_is_read_or_refused(tmp_path: Path) -> None:
    data = bytearray(small().SerializeToString())
    random = np.random.default_rng(0)
    for place in random.integers(0, len(data), 200).tolist():
        changed = data.copy()
        changed[place] ^= int(random.integers(1, 256))
        (tmp_path / "own.onnx").write_bytes(changed)
        try:
            convert(onnx_file.read(tmp_path / "own.onnx"))
        except RefusedError:
            continue


def write_graph(path: Path, graph_message: bytes) -> None:
    """A model of opset 20 with a graph's bytes."""
    path.write_bytes(field(8, b"\x10\x14") + field(7, graph_message))


def field(number: int, content: bytes) -> bytes:
    """A field of bytes in protocol buffers' wire format."""
    return varint(number << 3 | 2) + varint(len(content)) + content


def varint(number: int) -> bytes:
    """An integer in protocol buffers' wire format."""
    parts = []
    while number > 0x7F:
        parts.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes([*parts, number])
