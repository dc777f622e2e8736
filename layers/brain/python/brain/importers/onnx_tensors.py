"""Tensors in ONNX files: TensorProto in protocol buffers' wire format, mapped where the file holds raw bytes.

Field numbers are those of `onnx.proto` (https://github.com/onnx/onnx/blob/main/onnx/onnx.proto).
"""

from __future__ import annotations

import math
from collections.abc import Iterable

import numpy as np

from brain.importers.wire import Field, Value, varints

DIMS, TYPE, SEGMENT, FLOATS, INT32S, INT64S, NAME, RAW, DOUBLES, EXTERNAL, LOCATION = (
    1,
    2,
    3,
    4,
    5,
    7,
    8,
    9,
    10,
    13,
    14,
)
FLOAT16, BFLOAT16 = 10, 16
STORED: dict[int, str] = {
    1: "<f4",
    2: "u1",
    3: "i1",
    5: "<i2",
    6: "<i4",
    7: "<i8",
    9: "?",
    FLOAT16: "<f2",
    11: "<f8",
    BFLOAT16: "<u2",
}
MOST_DIMENSIONS = 8
# Weights are floats. A longer list of integers than this, in bytes, does not describe a shape.
MOST_PACKED = 1 << 20


def read_tensor(found: Iterable[Field]) -> tuple[str, np.ndarray]:
    """A tensor's name and its numbers as float32, int64 or bool, copied only if necessary.

    Args:
        found: the fields of its message.

    Raises:
        ValueError, IndexError: the tensor is damaged, of an unsupported type, or stored in another file.
    """
    name, kind, shape = "", 0, list[int]()
    parts: dict[int, list[Value]] = {}
    for number, value in found:
        if number == DIMS:
            shape += varints(value)
        elif number == TYPE and isinstance(value, int):
            kind = value
        elif number == NAME and not isinstance(value, int):
            name = text(value)
        else:
            parts.setdefault(number, []).append(value)
    if EXTERNAL in parts or any(parts.get(LOCATION, ())):
        raise ValueError(f"the numbers of {name} are in another file")
    if SEGMENT in parts or kind not in STORED or len(shape) > MOST_DIMENSIONS:
        raise ValueError(f"{name} is stored in a way that is not covered")
    stored = _numbers(kind, parts)
    if any(size < 0 for size in shape) or math.prod(shape) != len(stored):
        raise ValueError(f"{name} has {len(stored)} numbers, not {' x '.join(map(str, shape)) or 1}")
    # torch requires aligned numbers, which protocol buffers do not guarantee.
    return name, np.require(_converted(kind, stored), requirements="A").reshape(shape)


def text(value: np.ndarray) -> str:
    """Bytes as text."""
    return value.tobytes().decode("utf-8", "replace")


def signed(number: int) -> int:
    """A varint as the signed 64-bit integer that it stands for."""
    return number - (1 << 64) if number >= 1 << 63 else number


def _numbers(kind: int, parts: dict[int, list[Value]]) -> np.ndarray:
    """The stored numbers of a tensor, flat."""
    if RAW in parts:
        (raw,) = parts[RAW]
        return np.frombuffer(raw, STORED[kind])  # type: ignore[arg-type]
    if FLOATS in parts or DOUBLES in parts:
        number, dtype = (FLOATS, "<f4") if FLOATS in parts else (DOUBLES, "<f8")
        return np.concatenate([np.frombuffer(part, dtype) for part in parts[number]])  # type: ignore[arg-type]
    packed = parts.get(INT64S if kind == 7 else INT32S, [])
    if sum(len(part) for part in packed if not isinstance(part, int)) > MOST_PACKED:
        raise ValueError("a tensor has too many integers")
    wide = [signed(each) for part in packed for each in varints(part)]
    if kind in (FLOAT16, BFLOAT16):
        return np.array(wide, np.uint16).view(STORED[kind])
    return np.array(wide, np.int64)


def _converted(kind: int, stored: np.ndarray) -> np.ndarray:
    if kind == BFLOAT16:
        return (stored.astype(np.uint32) << 16).view(np.float32)
    if kind == 9:
        return stored.astype(np.bool_)
    return stored.astype(np.float32 if kind in (1, FLOAT16, 11) else np.int64, copy=False)
