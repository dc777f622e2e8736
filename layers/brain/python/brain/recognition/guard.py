"""Converts errors of a network to BRAIN's own error."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import torch
from torch import Tensor

from brain.core.errors import ForwardPassFailed

HINT_WEIGHTS = "The weights do not load. Run `brain model check` or install the model again."

T = TypeVar("T")


def guarded(compute: Callable[[], T]) -> T:
    """Compute without gradients.

    Raises:
        ForwardPassFailed: code 4, torch cannot run the network.
    """
    try:
        with torch.inference_mode():
            return compute()
    except (RuntimeError, MemoryError) as error:
        raise ForwardPassFailed("forward-pass", HINT_WEIGHTS) from error


def require_finite(logits: Tensor) -> None:
    """Check a network's output.

    Raises:
        ForwardPassFailed: code 4, a logit is infinite or not a number.
    """
    if not torch.isfinite(logits).all():
        raise ForwardPassFailed("not-finite", HINT_WEIGHTS)
