"""Reads protocol buffers' wire format: the fields of a message, without its schema.

https://protobuf.dev/programming-guides/encoding. The bytes stay where they are in the mapped file.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

VARINT, FIXED64, BYTES, FIXED32 = 0, 1, 2, 5
SIZES = {FIXED64: 8, FIXED32: 4}

Value = int | np.ndarray
Field = tuple[int, Value]


def fields(message: np.ndarray) -> Iterator[Field]:
    """The fields of a message: each field's number, and an integer or a (n,) uint8 view of its bytes.

    Raises:
        ValueError, IndexError: the bytes are not a message.
    """
    at = 0
    while at < len(message):
        key, at = varint(message, at)
        number, wire = key >> 3, key & 7
        if number == 0:
            raise ValueError(f"the bytes before {at} make no sense")
        if wire == VARINT:
            value, at = varint(message, at)
            yield number, value
            continue
        size = SIZES.get(wire)
        if wire == BYTES:
            size, at = varint(message, at)
        if size is None or at + size > len(message):
            raise ValueError(f"the bytes at {at} make no sense")
        yield number, message[at : at + size]
        at += size


def varint(message: np.ndarray, at: int) -> tuple[int, int]:
    """The integer that starts at a position, and the position after it.

    Raises:
        ValueError, IndexError: there is none.
    """
    value = shift = 0
    while True:
        byte = int(message[at])
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, at
        shift += 7
        if shift > 63:
            raise ValueError(f"the bytes before {at} are not an integer")


def varints(value: Value) -> Iterator[int]:
    """A repeated integer: one of them, or several that are packed."""
    if isinstance(value, int):
        yield value
        return
    at = 0
    while at < len(value):
        number, at = varint(value, at)
        yield number
