"""What the processor can do: the number format to compute in, and how many threads there is time for.

Convolutions in bfloat16 take half the time where the processor multiplies bfloat16 itself (AMX or
AVX512-BF16), and more time elsewhere. `make bench` measures what it saves at which size of network.
"""

from __future__ import annotations

from pathlib import Path

import cv2
import torch

CPUINFO = Path("/proc/cpuinfo")
HARDWARE_BFLOAT16 = {"amx_bf16", "avx512_bf16"}
# Below this even a hundred passes, as the checks take, are over before anybody would notice.
WORTHWHILE_PARAMETERS = 1_000_000
MB_PER_PROCESSOR = 1769

DTYPES = {"float32": torch.float32, "bfloat16": torch.bfloat16}


def choose_dtype(wish: str, parameters: int, cpuinfo: Path = CPUINFO) -> torch.dtype:
    """The number format to compute in.

    Args:
        wish: `float32` or `bfloat16` is obeyed; `auto` is bfloat16 on a processor that has it in hardware,
            for any but a tiny network, else float32.
        parameters: how many numbers the network consists of.
        cpuinfo: what Linux says of the processor.
    """
    if wish != "auto":
        return DTYPES[wish]
    pays = parameters >= WORTHWHILE_PARAMETERS and has_bfloat16(cpuinfo)
    return torch.bfloat16 if pays else torch.float32


def has_bfloat16(cpuinfo: Path = CPUINFO) -> bool:
    """Whether the processor multiplies bfloat16 itself; False where nothing says so."""
    try:
        lines = cpuinfo.read_text(encoding="ascii", errors="replace").splitlines()
    except OSError:
        return False
    flags = next((line.partition(":")[2] for line in lines if line.startswith("flags")), "")
    return not HARDWARE_BFLOAT16.isdisjoint(flags.split())


def use_threads(function_memory: int | None) -> None:
    """Compute on as many threads as a Lambda function's memory buys whole processors; one at least.

    The container shows more processors than the function may use, and threads that wait for their
    share of time hold up all others.

    Args:
        function_memory: in MB; None, outside Lambda, leaves the libraries' own choice.
    """
    if function_memory is not None:
        threads = max(1, function_memory // MB_PER_PROCESSOR)
        torch.set_num_threads(threads)
        cv2.setNumThreads(threads)
