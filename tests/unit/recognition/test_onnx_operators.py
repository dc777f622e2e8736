"""Every ONNX operator that is covered, against onnxruntime."""

from __future__ import annotations

from typing import Any

import numpy as np
import onnxruntime
import pytest
import torch
from onnx import TensorProto, helper, numpy_helper

from brain.recognition.onnx.graph import Node
from brain.recognition.onnx.operators import COVERED, compute

X = np.random.default_rng(0).standard_normal((2, 4, 9, 9)).astype(np.float32)
ROWS = X[:, :, 0, 0]
TRUE = np.random.default_rng(1).integers(0, 2, X.shape).astype(bool)


def numbers(*shape: int) -> np.ndarray:
    return np.random.default_rng(sum(shape)).standard_normal(shape).astype(np.float32)


def integers(*values: int) -> np.ndarray:
    return np.array(values, np.int64)


def positive(*shape: int) -> np.ndarray:
    found: np.ndarray = np.abs(numbers(*shape)) + np.float32(0.1)
    return found


Case = tuple[str, list[np.ndarray | None], dict[str, Any]]
KERNEL = numbers(6, 4, 3, 3)
POOL = {"kernel_shape": [3, 3], "strides": [2, 2]}
CASES: list[Case] = [
    ("Abs", [X], {}),
    ("Add", [X, numbers(4, 1, 1)], {}),
    ("AveragePool", [X], POOL),
    ("AveragePool", [X], {**POOL, "pads": [1, 1, 1, 1]}),
    ("AveragePool", [X], {**POOL, "pads": [1, 1, 1, 1], "count_include_pad": 1}),
    ("AveragePool", [X], {**POOL, "pads": [0, 1, 1, 0]}),
    ("BatchNormalization", [X, numbers(4), numbers(4), numbers(4), positive(4)], {"epsilon": 1e-3}),
    ("Cast", [X], {"to": 1}),
    ("Cast", [integers(1, 0, 3)], {"to": 1}),
    ("Clip", [X], {}),
    ("Clip", [X, np.array(-0.5, np.float32), np.array(0.5, np.float32)], {}),
    ("Clip", [X, None, np.array(0.5, np.float32)], {}),
    ("Concat", [X, X[:, :1]], {"axis": 1}),
    ("ConstantOfShape", [integers(2, 3)], {"value": 2.5}),
    ("Conv", [X, KERNEL, numbers(6)], {"pads": [1, 1, 1, 1]}),
    ("Conv", [X, KERNEL], {"strides": [2, 2], "pads": [0, 0, 1, 1]}),
    ("Conv", [X, KERNEL], {"strides": [2, 2], "auto_pad": "SAME_UPPER"}),
    ("Conv", [X[:, :, :8, :8], KERNEL], {"strides": [2, 2], "auto_pad": "SAME_LOWER"}),
    ("Conv", [X, KERNEL], {"dilations": [2, 2], "auto_pad": "VALID"}),
    ("Conv", [X, numbers(8, 1, 3, 3)], {"group": 4}),
    ("Div", [X, positive(4, 1, 1)], {}),
    ("Div", [integers(7, -7), integers(2, 2)], {}),
    ("Dropout", [X], {}),
    ("Elu", [X], {"alpha": 0.7}),
    ("Equal", [integers(1, 2), integers(1, 3)], {}),
    ("Erf", [X], {}),
    ("Exp", [X], {}),
    ("Expand", [ROWS[:, None], integers(2, 3, 4)], {}),
    ("Flatten", [X], {}),
    ("Flatten", [X], {"axis": 2}),
    ("Gather", [X, integers(1, -1)], {"axis": 1}),
    ("Gather", [X, np.array(2, np.int64)], {"axis": 2}),
    ("Gelu", [X], {}),
    ("Gelu", [X], {"approximate": "tanh"}),
    ("Gemm", [ROWS, numbers(4, 5), numbers(5)], {"alpha": 0.5, "beta": 2.0}),
    ("Gemm", [numbers(4, 2), numbers(5, 4)], {"transA": 1, "transB": 1}),
    ("GlobalAveragePool", [X], {}),
    ("GlobalMaxPool", [X], {}),
    ("HardSigmoid", [X], {}),
    ("HardSigmoid", [X], {"alpha": 1 / 6, "beta": 0.5}),
    ("HardSwish", [X], {}),
    ("Identity", [X], {}),
    ("InstanceNormalization", [X, numbers(4), numbers(4)], {"epsilon": 1e-3}),
    ("LayerNormalization", [ROWS, numbers(4), numbers(4)], {"epsilon": 1e-3}),
    ("LayerNormalization", [X, numbers(9, 9)], {"axis": 2}),
    ("LeakyRelu", [X], {"alpha": 0.3}),
    ("Log", [positive(3, 4)], {}),
    ("LpNormalization", [X], {"axis": 1}),
    ("LpNormalization", [X], {"p": 1}),
    ("MatMul", [numbers(2, 3, 4), numbers(2, 4, 5)], {}),
    ("Max", [X, numbers(4, 1, 1)], {}),
    ("MaxPool", [X], POOL),
    ("MaxPool", [X], {**POOL, "pads": [1, 1, 1, 1]}),
    ("MaxPool", [X], {**POOL, "auto_pad": "SAME_UPPER"}),
    ("MaxPool", [X[:, :, :8, :8]], {**POOL, "ceil_mode": 1}),
    ("Min", [X, numbers(4, 1, 1), numbers(1)], {}),
    ("Mul", [X, X], {}),
    ("Neg", [X], {}),
    ("PRelu", [X, positive(4, 1, 1)], {}),
    ("PRelu", [X, positive(1)], {}),
    ("PRelu", [ROWS, positive(4)], {}),
    ("Pad", [X, integers(0, 0, 1, 2, 0, 0, 3, 4)], {}),
    ("Pad", [X, integers(0, 1, 0, 0, 0, 0, 0, 0), np.array(7, np.float32)], {}),
    ("Pow", [positive(3, 4), np.array(0.5, np.float32)], {}),
    ("Reciprocal", [positive(3, 4)], {}),
    ("ReduceL2", [X, integers(1)], {}),
    ("ReduceMax", [X, integers(2, 3)], {"keepdims": 0}),
    ("ReduceMean", [X, integers(-1)], {"keepdims": 0}),
    ("ReduceMean", [X], {}),
    ("ReduceMean", [X], {"noop_with_empty_axes": 1}),
    ("ReduceSum", [X, integers(2, 3)], {}),
    ("ReduceSumSquare", [X, integers(1)], {}),
    ("Relu", [X], {}),
    ("Reshape", [X, integers(0, -1, 9)], {}),
    ("Reshape", [X, integers(2, 2, 162)], {}),
    ("Shape", [X], {}),
    ("Shape", [X], {"start": 1, "end": -1}),
    ("Sigmoid", [X], {}),
    ("Slice", [X, integers(1, 0), integers(9, 2**62), integers(2, 3), integers(2, 3)], {}),
    ("Slice", [X, integers(-1), integers(-(2**62)), integers(1), integers(-1)], {}),
    ("Slice", [X, integers(-3), integers(-1), integers(-1)], {}),
    ("Softmax", [X], {}),
    ("Softmax", [X], {"axis": 1}),
    ("Split", [X], {"axis": 1, "num_outputs": 2}),
    ("Split", [X, integers(1, 3)], {"axis": 1}),
    ("Sqrt", [positive(3, 4)], {}),
    ("Squeeze", [X[:, :1], integers(1)], {}),
    ("Squeeze", [X[:1, :1]], {}),
    ("Sub", [X, X[:1]], {}),
    ("Sum", [X, X[:1], numbers(1)], {}),
    ("Tanh", [X], {}),
    ("Transpose", [X], {}),
    ("Transpose", [X], {"perm": [0, 2, 3, 1]}),
    ("Unsqueeze", [ROWS, integers(0, -1)], {}),
    ("Where", [TRUE, X, numbers(1)], {}),
]


@pytest.mark.parametrize(("operator", "inputs", "attributes"), CASES)
def test_an_operator_computes_what_onnxruntime_does(
    operator: str, inputs: list[np.ndarray | None], attributes: dict[str, Any]
) -> None:
    outputs = ("y", "z") if operator == "Split" else ("y",)
    names = tuple("" if array is None else f"x{number}" for number, array in enumerate(inputs))
    expected = reference(operator, names, outputs, inputs, attributes)
    stored = {name: tuple(value) if isinstance(value, list) else value for name, value in attributes.items()}
    tensors = [None if array is None else torch.from_numpy(np.array(array)) for array in inputs]
    found = compute(Node(operator, names, outputs, stored), tensors)
    assert len(found) == len(expected)
    for mine, theirs in zip(found, expected, strict=True):
        assert mine.shape == theirs.shape
        np.testing.assert_allclose(mine.numpy(), theirs, atol=2e-5, rtol=1e-4)


def reference(
    operator: str,
    names: tuple[str, ...],
    outputs: tuple[str, ...],
    inputs: list[np.ndarray | None],
    attributes: dict[str, Any],
) -> list[np.ndarray]:
    """What onnxruntime computes."""
    stored = dict(attributes)
    if operator == "ConstantOfShape":
        stored["value"] = numpy_helper.from_array(np.array([attributes["value"]], np.float32))
    given = {name: array for name, array in zip(names, inputs, strict=True) if array is not None}
    model = helper.make_model(
        helper.make_graph(
            [helper.make_node(operator, names, outputs, **stored)],
            "one",
            [
                helper.make_tensor_value_info(name, helper.np_dtype_to_tensor_dtype(array.dtype), array.shape)
                for name, array in given.items()
            ],
            [helper.make_tensor_value_info(name, kind(operator, inputs), None) for name in outputs],
        ),
        opset_imports=[helper.make_opsetid("", 20)],
        ir_version=9,
    )
    session = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    found: list[np.ndarray] = session.run(None, given)
    return found


def kind(operator: str, inputs: list[np.ndarray | None]) -> int:
    """The type of an operator's outputs."""
    whole = operator == "Shape" or (
        operator == "Div" and inputs[0] is not None and inputs[0].dtype == np.int64
    )
    return TensorProto.BOOL if operator == "Equal" else TensorProto.INT64 if whole else TensorProto.FLOAT


def test_no_operator_is_left_out() -> None:
    assert {operator for operator, _, _ in CASES} == COVERED - {"Constant"}


@pytest.mark.parametrize(
    ("operator", "inputs", "attributes"),
    [
        ("ReduceMean", [X], {"axes": (2, 3), "keepdims": 0}),  # before opset 18
        ("Squeeze", [X[:, :1]], {"axes": (1,)}),  # before opset 13
        ("Clip", [X], {"min": 0.0, "max": 6.0}),  # before opset 11
        ("Slice", [X], {"starts": (1,), "ends": (3,), "axes": (2,)}),  # before opset 10
        ("Split", [X], {"axis": 1, "split": (1, 3)}),  # before opset 13
        ("Pad", [X], {"pads": (0, 0, 1, 1, 0, 0, 1, 1)}),  # before opset 11
    ],
)
def test_older_operators_have_attributes_for_what_became_inputs(
    operator: str, inputs: list[np.ndarray], attributes: dict[str, Any]
) -> None:
    expected = {
        "ReduceMean": lambda x: [x.mean((2, 3))],
        "Squeeze": lambda x: [x[:, 0]],
        "Clip": lambda x: [x.clip(0, 6)],
        "Slice": lambda x: [x[:, :, 1:3]],
        "Split": lambda x: [x[:, :1], x[:, 1:]],
        "Pad": lambda x: [np.pad(x, ((0, 0), (0, 0), (1, 1), (1, 1)))],
    }[operator](inputs[0])  # type: ignore[no-untyped-call]
    outputs = tuple(f"y{number}" for number in range(len(expected)))
    found = compute(Node(operator, ("x",), outputs, attributes), [torch.from_numpy(inputs[0])])
    for mine, theirs in zip(found, expected, strict=True):
        np.testing.assert_allclose(mine.numpy(), theirs, atol=1e-6)


def test_a_slope_without_dimensions_of_its_own_is_one_per_channel() -> None:
    # MXNet's exports store (C,), which ONNX alone would broadcast along the last axis.
    slope = positive(4)
    (found,) = compute(Node("PRelu", ("x", "s"), ("y",), {}), [torch.from_numpy(X), torch.from_numpy(slope)])
    np.testing.assert_allclose(found.numpy(), np.where(X < 0, X * slope[:, None, None], X), atol=1e-6)
