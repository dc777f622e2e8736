"""Checks an imported network before it is moved into place: does it run, and does onnxruntime agree?"""

from __future__ import annotations

import importlib.util
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from brain.core.errors import ForwardPassFailed, RefusedError
from brain.importers.onnx_graph import Converted
from brain.recognition.onnx.network import ImportedNetwork

BATCH = 16
TOLERANCE = 1e-4
HINT = "The file's operators do not compute what they should; export the network again."


@dataclass(frozen=True)
class Checked:
    """The largest differences between descriptors of length 1.

    Attributes:
        batch: a face alone against the same face in a batch of 16.
        onnxruntime: against onnxruntime; None if that is not installed.
    """

    batch: float
    onnxruntime: float | None


def check(network: ImportedNetwork, converted: Converted, path: Path) -> Checked:
    """Run a network on noise and on grey.

    Args:
        path: the ONNX file that it was imported from.

    Raises:
        RefusedError: its answers are not finite, not repeatable, always the same, or differ from
            onnxruntime's.
        ForwardPassFailed: code 4, it does not run.
    """
    x = torch.rand(BATCH, 3, converted.size, converted.size, generator=torch.Generator().manual_seed(0))
    x = x * 2 - 1
    x[-1] = 0.0
    try:
        with torch.inference_mode():
            many, again = describe(network, x), describe(network, x)
            alone = torch.cat([describe(network, each[None]) for each in x])
    except (RuntimeError, ValueError) as error:
        raise ForwardPassFailed("forward-pass", f"The network does not run: {error}") from error
    if not torch.isfinite(many).all():
        raise RefusedError("the network's answers are not finite", HINT)
    if not torch.equal(many, again):
        raise RefusedError("the network answers differently each time", HINT)
    if difference(many[:1].expand_as(many), many) < TOLERANCE:
        raise RefusedError("the network answers the same to every picture", HINT)
    batch = difference(alone, many)
    if batch > TOLERANCE:
        raise RefusedError(f"a face alone and among {BATCH} get different descriptors ({batch:.1e})", HINT)
    return Checked(batch, against_onnxruntime(converted, path, x, alone))


def describe(network: ImportedNetwork, x: Tensor) -> Tensor:
    """Preprocessed inputs -> descriptors of length 1."""
    return network.describe(network.forward_features(x))


def against_onnxruntime(converted: Converted, path: Path, x: Tensor, expected: Tensor) -> float | None:
    """The largest difference from onnxruntime's descriptors over all faces; None if it is not installed.

    Raises:
        RefusedError: the difference is larger than rounding explains, or onnxruntime refuses the file.
    """
    if importlib.util.find_spec("onnxruntime") is None:
        return None
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 4
    try:
        # The bytes rather than the path, so that the file cannot refer to others beside it.
        session = onnxruntime.InferenceSession(path.read_bytes(), options, providers=["CPUExecutionProvider"])
        name, output = session.get_inputs()[0].name, converted.graph.output
        pictures = x.permute(0, 2, 3, 1) if converted.channels_last else x
        rows = [session.run([output], {name: each[None].numpy()})[0] for each in pictures.contiguous()]
    except Exception as error:
        # onnxruntime's exceptions have no common base.
        raise RefusedError(f"onnxruntime refuses the file: {error}", HINT) from error
    found = functional.normalize(torch.from_numpy(np.concatenate(rows)).flatten(1))
    largest = difference(found, expected)
    if not largest <= TOLERANCE:
        raise RefusedError(f"onnxruntime gives other descriptors (by up to {largest:.1e})", HINT)
    return largest


def difference(first: Tensor, second: Tensor) -> float:
    """The largest difference between two tensors."""
    return float((first - second).abs().max())
