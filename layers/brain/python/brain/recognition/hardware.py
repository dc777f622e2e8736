"""Adapts to the processor: the number format to compute in, and the number of threads.

AMX is made for bfloat16, but was not measured here. With AVX512-BF16 alone, convolutions in bfloat16 take
longer than those in float32 by Winograd's minimal filtering: `make bench` measures it by size of network.
"""

from __future__ import annotations

from pathlib import Path

import cv2
import torch

CPUINFO = Path("/proc/cpuinfo")
AMX_BFLOAT16, AVX512_BFLOAT16 = "amx_bf16", "avx512_bf16"
# Below this, even a hundred forward passes take no noticeable time.
WORTHWHILE_PARAMETERS = 1_000_000
MB_PER_PROCESSOR = 1769

DTYPES = {"float32": torch.float32, "bfloat16": torch.bfloat16}


def choose_dtype(wish: str, parameters: int, cpuinfo: Path = CPUINFO) -> torch.dtype:
    """The number format to compute in.

    Args:
        wish: `float32`, `bfloat16`, or `auto`: bfloat16 on a processor with AMX, except for a tiny network,
            else float32.
        parameters: number of parameters of the network.
        cpuinfo: the contents of /proc/cpuinfo.
    """
    if wish != "auto":
        return DTYPES[wish]
    pays = parameters >= WORTHWHILE_PARAMETERS and AMX_BFLOAT16 in _flags(cpuinfo)
    return torch.bfloat16 if pays else torch.float32


def has_bfloat16(cpuinfo: Path = CPUINFO) -> bool:
    """Whether the processor multiplies bfloat16 in hardware; False if that is unknown."""
    return not {AMX_BFLOAT16, AVX512_BFLOAT16}.isdisjoint(_flags(cpuinfo))


def _flags(cpuinfo: Path) -> set[str]:
    """The instruction sets of the processor; none if they are unknown."""
    try:
        lines = cpuinfo.read_text(encoding="ascii", errors="replace").splitlines()
    except OSError:
        return set()
    flags = next((line.partition(":")[2] for line in lines if line.startswith("flags")), "")
    return set(flags.split())


def use_threads(function_memory: int | None) -> None:
    """Use one thread per whole processor that a Lambda function's memory buys, and at least one.

    The container shows more processors than the function may use. Threads that wait for their share of time
    would hold up all others.

    Args:
        function_memory: in MB; None, outside Lambda, leaves the choice to the libraries.
    """
    if function_memory is not None:
        threads = max(1, function_memory // MB_PER_PROCESSOR)
        torch.set_num_threads(threads)
        cv2.setNumThreads(threads)
