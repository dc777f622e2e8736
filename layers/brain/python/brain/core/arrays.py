"""Arrays in JSON: base64 of their bytes in row-major order.

NumPy is imported on use, because the API reads results without it.
"""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    import numpy as np

LEVELS = 127


def encode(array: np.ndarray) -> str:
    """Encode an array of one-byte integers."""
    return base64.b64encode(array.tobytes()).decode("ascii")


def decode(data: str, dtype: Literal["uint8", "int8"], height: int, width: int) -> np.ndarray:
    """Decode the output of `encode` to a (height, width) array."""
    import numpy

    return numpy.frombuffer(base64.b64decode(data), dtype=dtype).reshape(height, width)


def is_zero(data: str) -> bool:
    """Whether every byte of an encoded array is zero. Does not need NumPy."""
    return not any(base64.b64decode(data))


def quantize(array: np.ndarray) -> tuple[np.ndarray, float]:
    """Quantize a float array symmetrically to int8.

    Returns:
        The int8 steps and the scale, which is the largest magnitude: value = step * scale / 127, with an
        error of at most scale / 254.
    """
    import numpy

    scale = float(f"{float(abs(array).max()):.6g}")
    steps = numpy.rint(array * (LEVELS / scale)) if scale else numpy.zeros_like(array)
    return steps.clip(-LEVELS, LEVELS).astype(numpy.int8), scale


def dequantize(steps: np.ndarray, scale: float) -> np.ndarray:
    """Undo `quantize`, in float64."""
    return steps * (scale / LEVELS)
